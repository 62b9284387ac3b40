"""
A section of a release that is tagged already: what a workflow walks, one job after the other.

The steps are those of the whole checklist. What comes before the tag (bump, notes, proof,
review) is not done again.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Final

from contd_release.channels import registry
from contd_release.console import Report, reporting
from contd_release.engine.checklist import Checklist, Item, Section
from contd_release.errors import Usage
from contd_release.prepare import links, tagged
from contd_release.prepare.committed import current_project
from contd_release.procedures import tagged as tags
from contd_release.procedures.checklist import together
from contd_release.procedures.options import Words
from contd_release.procedures.release import Walking
from contd_release.project.release import Release
from contd_release.records import journal, lock

_NO_WORDS: Final = Words()


@dataclass(frozen=True)
class Scope:
    """
    The part of a tagged release that a call names.

    Args:
        only: the channels; all that the project uses when empty.
        artifacts: the folder of what was built and sealed elsewhere; what is sealed here when empty.
        command: the call without `--only`, for an error about its channels.
    """

    only: tuple[str, ...] = ()
    artifacts: str = ""
    command: str = "invoke publish"

    @property
    def is_given(self) -> bool:
        """Whether the call names a part at all."""
        return bool(self.only or self.artifacts)


def scope(only: str | None, artifacts: str, command: str) -> Scope:
    """
    The scope of `--only image,chart` and `--artifacts FOLDER`.

    Args:
        command: the call without `--only`, for the error.

    Raises:
        Usage: `--only` is there and names no channel, as after a shell variable that is empty.
    """
    names = tuple(name.strip() for name in (only or "").split(",") if name.strip())
    if only is not None and not names:
        raise Usage(
            f"--only {shlex.quote(only)} names no channel",
            expected="one or more channels with commas between them; without --only it is every channel",
            type_next=f"{command} --only pypi",
        )
    return Scope(names, artifacts, command)


def tagged_release(words: Words = _NO_WORDS, *, is_required: bool) -> Release | None:
    """
    The release whose tag is checked out; None if a release is in progress or the words begin one.

    Raises:
        NotReady: a tag is required, and none is checked out.
    """
    if is_required:
        return tags.required(current_project())
    if words.are_given:
        return None
    project = current_project()
    return None if journal.of(project).under_way() else tags.here(project)


def taken(release: Release, wanted: Scope, report: Report) -> None:
    """Have the sealed artifacts of the tagged commit here."""
    folder = tags.folder(wanted.artifacts)
    sealed = tagged.taken_over(release, folder) if folder else tagged.required(release)
    if folder:
        report.says(f"{len(sealed.artifacts)} artifacts of {release} are taken over, seal {sealed.digest()[:12]}")


def walk(release: Release, wanted: Scope, whole: Checklist, *, as_json: bool) -> None:
    """Walk one section of a tagged release, with the artifacts that the call names."""
    report = reporting(as_json=as_json)
    with lock.held(release.project.state / "lock"):
        taken(release, wanted, report)
        if wanted.only and not registry.chosen(release.project, wanted.only):
            report.says(f"{release.project.name} has no {', '.join(wanted.only)}: nothing to do")
            return
        Walking(release, report, whole=whole).walk()


def sound(release: Release) -> tuple[Item, ...]:
    """The tag, the commit and the version files agree, and no link leads out of the commit."""
    return (tagged.standing(release), tagged.stated(release), links.inside(release))


def guarded(release: Release, name: str, *branches: tuple[Item, ...]) -> Section:
    """A section whose steps act only while the tag is at the commit that was checked out."""
    return Section(name, (tagged.guarded(release, together(*branches)),))
