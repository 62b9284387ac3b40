"""What the repository lacks: written, or told."""

from __future__ import annotations

from pathlib import Path

from contd_release.adopt import scaffold
from contd_release.adopt.repository import Repository
from contd_release.console import Report, reporting
from contd_release.engine.checklist import Event, Phase, Seen
from contd_release.engine.step import State
from contd_release.errors import NotReady, ReleaseError, raise_all
from contd_release.prepare import fragments
from contd_release.procedures.options import Words
from contd_release.procedures.release import Walking
from contd_release.procedures.selection import here, planned
from contd_release.process.action import Running
from contd_release.records import journal
from contd_release.tools import bumpversion, git


def adopt(*, as_json: bool) -> None:
    """
    Make every claim about the repository true that can be made true without a person.

    Raises:
        ReleaseError: what only a person can settle, all at once; the rest is written all the same.
    """
    repository, report = Repository(git.clone(Path.cwd())), reporting(as_json=as_json)
    written: list[str] = []

    def watch(event: Event) -> None:
        if event.what is Phase.ACTING:
            written.append(event.step.title)
        report.event(event)

    try:
        scaffold.checklist(repository).walk(watch, Running(repository.clone.state / "adopt" / "logs", report.redact))
    finally:
        if written:
            report.says("\nlook at what was written with: git status; then commit and push it")
    report.says("type: invoke doctor")


def examine(*, as_json: bool) -> None:
    """
    Look at the repository, and where nothing is missing in it, at the release that its fragments ask for.

    Raises:
        ReleaseError: everything that is in the way.
    """
    repository, report = Repository(git.clone(Path.cwd())), reporting(as_json=as_json)
    seen = list(scaffold.checklist(repository).status())
    for one in seen:
        report.seen(one, with_commands=False)
    raise_all([error for one in seen if (error := _problem(one))])
    _examine_release(report)


def _examine_release(report: Report) -> None:
    project = here()
    if begun := journal.of(project).under_way():
        report.says(f"\n{project.name} {begun.version} is under way since {begun.at}")
        report.says("type: invoke status")
        return
    current = bumpversion.configuration(lambda path: git.text(project.root, project.commit, path)).current
    least = fragments.at(project, project.commit).least_part(current)
    words = Words(final=True) if current.is_prerelease else Words(part=least)
    walking = Walking(planned(project, words, git.branch(project.root)), report)
    seen = tuple(walking.checklist.status())
    for one in seen:
        if one.section == "prepare" and not one.step.act:
            report.seen(one, with_commands=False)
    walking.checklist.check(seen)
    part = "--final" if current.is_prerelease else f"--part {least}"
    report.says(f"\nnothing keeps {walking.release} from being released")
    report.says(f"type: invoke rehearse, then invoke release {part}")


def _problem(seen: Seen) -> ReleaseError | None:
    if seen.error or seen.found is None:
        return seen.error
    found = seen.found
    if found.state is State.DONE:
        return None
    by_us = found.state is not State.CONFLICT and seen.step.act
    return NotReady(found.detail, seen.step.title, "contd-release adopt" if by_us else found.type_next)
