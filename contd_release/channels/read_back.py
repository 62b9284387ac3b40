"""
Verification: a channel is read back as a consumer would, and compared with what was sealed.

Reading back costs downloads, so the journal remembers that it was done, and against which seal; `invoke verify` doubts
that and does it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contd_release.channels import visibility
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady, ReleaseError
from contd_release.process.action import Action, Call
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Verified
from contd_release.tools.http import Refused
from contd_release.tools.oci.repository import OciRepository


@dataclass(frozen=True)
class Claim:
    """
    What is claimed of a channel once it was read back.

    Args:
        channel: the name under which the journal remembers it.
        how: what was done, in a few words: "installed by pip".
    """

    channel: str
    title: str
    how: str


def consumer(everybody: OciRepository, ours: OciRepository, reference: str) -> OciRepository:
    """
    The repository as users see it: without a login, or with ours if the registry refuses all others.

    Raises:
        Unanswered: the registry did not say whether it lets users in; that is not "private".
    """
    try:
        everybody.digest(reference)
    except Refused:
        return ours
    return everybody


def only_with_login(there: OciRepository, table: str, *, is_meant: bool) -> str:
    """
    The warning that users cannot pull from a repository; empty if they can, or if that is meant.

    Args:
        table: the table of the configuration in which `private = true` says that it is meant.
    """
    if is_meant or there.login is None:
        return ""
    return f"users cannot pull this: {visibility.remedy(there.registry, there.path, table)}"


def read_back(
    release: Release, claim: Claim, checks: tuple[Action, ...], retry: Callable[[ReleaseError], bool] | None = None
) -> Step:
    """Every check of a channel passed against the seal of this release. A check that fails raises."""

    def observe() -> Found:
        sealed = release.sealed()
        if sealed is None:
            return Found(State.ABSENT, "nothing is built yet")
        found = journal.of(release.project).verified(str(release.version), claim.channel, sealed.digest())
        return Found(State.DONE, f"{claim.how}, {found.at}") if found else Found(State.ABSENT, f"not {claim.how} yet")

    def remember() -> None:
        sealed = release.sealed()
        if sealed is None:
            raise NotReady("nothing is sealed", expected="built artifacts", type_next="invoke build")
        journal.of(release.project).append(
            Verified(version=str(release.version), channel=claim.channel, seal=sealed.digest())
        )

    return Step(claim.title, observe, act=(*checks, Call("remember that it was verified", remember)), retry=retry)
