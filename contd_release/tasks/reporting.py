"""
What `invoke report` does: gather, and write three files.
"""

from __future__ import annotations

from pathlib import Path

from contd_release import channels, journal
from contd_release.errors import NotReady, Unwritable
from contd_release.journal import Begun
from contd_release.page import forms, gather
from contd_release.project import Project
from contd_release.release import Release
from contd_release.report import reporting
from contd_release.tasks.announcing import redactor
from contd_release.tasks.choice import here, resumed
from contd_release.version import parse


def write(version: str, to: str, *, as_json: bool) -> None:
    """
    Write the report of a release as HTML, Markdown and JSON.

    Raises:
        NotReady: nothing was released from this clone, or not this version.
        Unwritable: the folder does not take it.
    """
    project, report = here(), reporting(as_json=as_json)
    release = _release(project, version)
    redact = report.redact = redactor(release.project)
    story = gather.story(release, tuple(channels.verified(release.project)), redact)
    folder = Path(to) if to else release.home / "report"
    written = {"html": forms.html(story), "md": forms.markdown(story), "json": forms.as_json(story)}
    for kind, text in written.items():
        _write(folder / f"{project.index_name}-{release.version}.{kind}", redact(text))
    paths = {kind: str(folder / f"{project.index_name}-{release.version}.{kind}") for kind in written}
    report.told("report", "\n".join(paths.values()), version=str(release.version), **paths)


def _release(project: Project, version: str) -> Release:
    """
    The release that is named, or the last one that was begun here.
    """
    wanted = str(parse(version.removeprefix("v"))) if version else None
    begun = journal.of(project).last(Begun, wanted)
    if begun is None:
        raise NotReady(
            f"this clone knows nothing of {wanted or 'any release'}",
            expected="the clone that it was released from: its journal is the evidence",
            type_next="invoke status",
        )
    return resumed(project, begun)


def _write(path: Path, text: str) -> None:
    half = path.with_name(f".{path.name}.half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(text, encoding="utf-8", errors="backslashreplace")
        half.replace(path)
    except OSError as error:
        raise Unwritable(f"{path} cannot be written: {error.strerror}", "a folder that takes files") from error
