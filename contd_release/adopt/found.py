"""What each finder found in a working tree, and the list of findings that people read."""

from __future__ import annotations

from dataclasses import dataclass

from contd_release.adopt.find.changelog.changelog import Changelog
from contd_release.adopt.find.chart import Chart
from contd_release.adopt.find.image import Image
from contd_release.adopt.find.package import Package
from contd_release.adopt.find.places import Places
from contd_release.adopt.find.proof.proof import Proof
from contd_release.adopt.find.tags import Tags
from contd_release.adopt.find.tasks import Tasks
from contd_release.adopt.find.today.today import Today
from contd_release.adopt.find.values import Values
from contd_release.adopt.find.versions import Current
from contd_release.adopt.finding import Finding


@dataclass(frozen=True)
class Found:
    """What the finders found in a working tree."""

    package: Package | None
    tags: Tags
    current: Current
    chart: Chart | None
    values: Values | None
    image: Image | None
    places: Places
    changelog: Changelog
    proof: Proof
    today: Today
    tasks: Tasks

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, in the order in which people read them."""
        released = (self.package, self.current, self.tags, self.image, self.chart)
        parts = (*released, self.changelog, self.proof, self.today, self.tasks)
        listed = tuple(Finding(f"{one.says} is the version", one.where, one.reason) for one in self.places.followed)
        return tuple(one for part in parts if part for one in part.findings) + listed + self.places.mentions
