"""A finding: one thing that the repository says, where it says so, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """
    One thing that was found.

    Args:
        what: what is so, as a sentence or a part of one: "the package is contd".
        where: `pyproject.toml:3`, or the file or ref alone where no line says it.
        reason: why that follows from there.
    """

    what: str
    where: str = ""
    reason: str = ""

    def __str__(self) -> str:
        rest = " — ".join(part for part in (self.where, self.reason) if part)
        return f"{self.what}   ({rest})" if rest else self.what
