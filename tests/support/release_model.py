"""A model of releases that is as small as can be: what is out, and what of it is withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from packaging.version import Version


@dataclass
class Model:
    """What has to be: versions in the order of their release, and which are withdrawn."""

    out: list[Version] = field(default_factory=list)
    bad: set[Version] = field(default_factory=set)

    @property
    def good(self) -> list[Version]:
        """The final versions that were not withdrawn."""
        return [one for one in self.out if not one.is_prerelease and one not in self.bad]

    def best(self, in_line: Callable[[Version], bool]) -> Version | None:
        """The highest good version of a line."""
        return max((one for one in self.good if in_line(one)), default=None)
