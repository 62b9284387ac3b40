"""What a channel offers to its users under the name of the project, from any publisher."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Offer:
    """
    A file, a tag or a page.

    Args:
        channel: the channel that has it, or `git`.
        name: the file's name or the tag.
        digest: of its bytes, `sha256:…`, or the commit of a git tag; empty if it has none.
        version: the version that its name states, as PEP 440 spells it; empty if the name states none.
    """

    channel: str
    name: str
    digest: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.channel} {self.name}"


def containment(offer: Offer) -> str:
    """What a person does about an offer of a channel that does not say more."""
    return f"look at who put {offer.name} there"
