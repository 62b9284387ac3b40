"""One thing that changed since the last final release, and which release that is."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.version import Version

from contd_release.tools.griffe.griffe import Size


@dataclass(frozen=True)
class Change:
    """
    One thing that changed, and the line that shows it.

    Args:
        where: `contd/core.py:12`, at the base of the release or, after `v1.1.0:`, in the last one.
    """

    size: Size
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.size:<8}  {self.where}  {self.what}"


@dataclass(frozen=True)
class Since:
    """The last final release: its version, its tag, and the commit of that."""

    version: Version
    tag: str
    commit: str
