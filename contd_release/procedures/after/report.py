"""The work of `invoke report`: gather the evidence, and write three files."""

from __future__ import annotations

from pathlib import Path

from contd_release.channels import registry
from contd_release.console import reporting
from contd_release.errors import NotReady, Unanswered
from contd_release.prepare.committed import current_project
from contd_release.procedures import tagged
from contd_release.procedures.after.steps import redactor
from contd_release.procedures.sections import comparison
from contd_release.procedures.selection import resumed
from contd_release.process import files
from contd_release.process.files import writing
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Begun
from contd_release.report import forms, gather
from contd_release.report.gather import Public


def write(version: str, to: str, *, offline: bool, as_json: bool) -> None:
    """
    Write the report of a release as HTML, Markdown and JSON.

    Args:
        offline: whether the channels are left out, so that no network is used.

    Raises:
        NotReady: no release is known here, or nothing says what was built.
        Unwritable: the folder does not take it.
    """
    project, report = current_project(), reporting(as_json=as_json)
    release = _release(project, version)
    redact = report.redact = redactor(release.project)
    story = gather.story(release, _public(release, offline=offline), redact)
    folder = Path(to) if to else project.state / release.tag / "report"
    written = {"html": forms.html(story), "md": forms.markdown(story), "json": forms.as_json(story)}
    paths = {kind: str(folder / f"{project.index_name}-{release.version}.{kind}") for kind in written}
    for kind, text in written.items():
        with writing(path := Path(paths[kind])):
            files.write(path, redact(text))
    report.fact("report", "\n".join(paths.values()), version=str(release.version), **paths)


def _release(project: Project, version: str) -> Release:
    """The release that is named, or the last one that was begun here."""
    if version:
        return tagged.of_version(project, version)
    begun = journal.of(project).last(Begun)
    if begun is None:
        raise NotReady(
            "nothing was released from this clone", expected="a version", type_next="invoke report --version 1.2.0"
        )
    return resumed(project, begun)


def _public(release: Release, *, offline: bool) -> Public:
    """
    What was built, and what the channels have of it now. A workflow may have built it, or another machine.

    Raises:
        NotReady: it was not begun here, and nothing says what was built.
    """
    names, is_over = tuple(registry.verified(release.project)), _is_over(release)
    if offline or not (is_over or release.sealed()):
        return Public(release.sealed(), names)
    try:
        built = tagged.with_public_seal(release) if release.sealed() is None else release
    except (NotReady, Unanswered):
        if journal.of(release.project).last(Begun, str(release.version)) is None:
            raise
        return Public(None, names)
    return Public(built.sealed(), names, comparison.looked(built, (), promoted=is_over))


def _is_over(release: Release) -> bool:
    """Whether the release should be promoted by now."""
    begun = journal.of(release.project).under_way()
    return begun is None or begun.version != str(release.version)
