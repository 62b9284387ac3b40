"""
The checklist of a release that is tagged already, section by section: what a workflow walks, one job after the other.

The steps are those of the whole checklist. What came before the tag (bump, notes, proof, review) is not done again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from contd_release.channels import registry
from contd_release.console import Json, Lines, reporting
from contd_release.engine.checklist import Checklist, Item, Section
from contd_release.prepare import proof, seal, tagged
from contd_release.procedures import tagged as tags
from contd_release.procedures.checklist import together
from contd_release.procedures.release import Walking
from contd_release.project.release import Release
from contd_release.records import lock

# Whether its own token may release, GitHub does not tell a workflow; and the checks were green when the tag was made.
_KNOWN_BEFORE = ("github",)


@dataclass(frozen=True)
class Part:
    """
    Which part of a tagged release a call is about.

    Args:
        only: the channels; all that the project uses when empty.
        artifacts: the folder of what was built and sealed elsewhere; what is sealed here when empty.
    """

    only: tuple[str, ...] = ()
    artifacts: str = ""

    @property
    def is_given(self) -> bool:
        """Whether the call asks for a part at all."""
        return bool(self.only or self.artifacts)


def part(only: str, artifacts: str) -> Part:
    """The part that the words of a call name: channels with commas between them, and a folder."""
    return Part(tuple(name.strip() for name in only.split(",") if name.strip()), artifacts)


def build(release: Release, *, proved: bool, to: str, as_json: bool) -> None:
    """Build the tagged commit, seal it, and put it into a folder where one is named."""
    report = reporting(as_json=as_json)
    with lock.held(release.project.state / "lock"):
        Walking(release, report, whole=building(release, proved=proved)).walk()
        if to:
            sealed = tagged.handed_over(release, Path(to).absolute())
            report.says(f"{len(sealed.artifacts)} artifacts are in {to}, seal {sealed.digest()[:12]}")


def publish(release: Release, wanted: Part, *, as_json: bool) -> None:
    """Publish what was built of the tagged commit."""
    _walk(release, wanted, publishing(release, wanted.only), as_json=as_json)


def promote(release: Release, wanted: Part, *, as_json: bool) -> None:
    """Make public last what comes last: the GitHub Release, the moving tags."""
    _walk(release, wanted, promoting(release, wanted.only), as_json=as_json)


def taken(release: Release, wanted: Part, report: Lines | Json) -> None:
    """Have the sealed artifacts of the tagged commit here."""
    folder = tags.folder(wanted.artifacts)
    sealed = tagged.taken_over(release, folder) if folder else tagged.required(release)
    if folder:
        report.says(f"{len(sealed.artifacts)} artifacts of {release} are taken over, seal {sealed.digest()[:12]}")


def building(release: Release, *, proved: bool) -> Checklist:
    """Everything that is built, from the tagged commit."""
    proofs = proof.passed(release) if proved else ()
    return Checklist(
        (
            Section("prepare", (together(*_sound(release)), tagged.checked_out(release))),
            Section("prove and build", (together(*proofs, *registry.section("build", release)),)),
            Section("seal", (tagged.standing(release), seal.sealed(release, registry.built))),
        )
    )


def publishing(release: Release, only: Collection[str]) -> Checklist:
    """What is staged and published; each step acts only while the tag stands where it stood."""
    return Checklist(
        (
            Section("prepare", (together(*_sound(release), *_access(release, only)),)),
            _guarded(release, "stage", *registry.section("stage", release, only)),
            _guarded(release, "publish", *registry.section("publish", release, only)),
        )
    )


def promoting(release: Release, only: Collection[str]) -> Checklist:
    """What is promoted."""
    return Checklist(
        (
            Section("prepare", (together(*_sound(release)),)),
            _guarded(release, "promote", *registry.section("promote", release, only)),
        )
    )


def _walk(release: Release, wanted: Part, whole: Checklist, *, as_json: bool) -> None:
    report = reporting(as_json=as_json)
    with lock.held(release.project.state / "lock"):
        taken(release, wanted, report)
        if wanted.only and not registry.chosen(release.project, wanted.only):
            report.says(f"{release.project.name} has no {', '.join(wanted.only)}: nothing to do")
            return
        Walking(release, report, whole=whole).walk()


def _sound(release: Release) -> tuple[Item, ...]:
    """The tag, the commit and the version files agree."""
    return (tagged.standing(release), tagged.stated(release))


def _access(release: Release, only: Collection[str]) -> tuple[tuple[Item, ...], ...]:
    names = [name for name in registry.chosen(release.project, only) if name not in _KNOWN_BEFORE]
    return tuple(registry.section("access", release, names)) if names else ()


def _guarded(release: Release, name: str, *branches: tuple[Item, ...]) -> Section:
    return Section(name, (tagged.guarded(release, together(*branches)),))
