"""The only package that prints: a live checklist on a terminal, plain lines elsewhere, JSON lines for machines."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.console.lines import Lines
from contd_release.console.machine import Json
from contd_release.console.pulse import looked
from contd_release.console.report import Report
from contd_release.console.terminal import Terminal
from contd_release.process.redaction import Redactor
from contd_release.project.artifacts import Sealed
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.project.version import Part

__all__ = ["Json", "Lines", "Report", "Terminal", "ToReview", "looked", "reporting", "review_text"]

# Lines of the notes that the review shows.
_NOTES: Final = 30


def reporting(*, as_json: bool, settings: Settings | None = None) -> Report:
    """The report for a terminal, plain output or JSON; secrets that the settings name are masked."""
    named = tuple(value.removeprefix("env:") for value in settings.announce.values()) if settings else ()
    redact = Redactor.of_environment(named=named)
    if as_json:
        return Json(redact)
    if not sys.stdout.isatty():
        return Lines(redact)
    from rich.console import Console

    return Terminal(redact, console=Console())


@dataclass(frozen=True)
class ToReview:
    """
    What a person reads before approving.

    Args:
        least: the part that the changes ask for, and the lines that show it.
        documentation: the paths of what changed in it since the last release.
        due: deprecations that this release was announced to remove.
        notes: what will be published as the notes, as Markdown, and the file that has them.
    """

    least: Part
    changes: Sequence[str] = ()
    documentation: Sequence[str] = ()
    due: Sequence[str] = ()
    notes: tuple[str, Path] | None = None


def review_text(release: Release, sealed: Sealed, shown: ToReview) -> str:
    """What a person approves: the commit, where it will be public, each digest, and what changed."""
    from contd_release.channels import registry

    lines = list(_notes(*shown.notes)) if shown.notes else []
    lines += [f"{release}", f"  commit  {sealed.commit}", f"  public  {registry.destinations(release)}"]
    lines += [f"  {one.sha256}  {one.name}" for one in sealed.artifacts]
    if shown.changes:
        lines += [f"  what changed asks for {shown.least}:", *(f"    {line}" for line in shown.changes)]
    if shown.due:
        lines += ["  announced to be removed in this version:", *(f"    {one}" for one in shown.due)]
    if shown.documentation:
        lines += ["  changed since the last release, to be reviewed:", *(f"    {one}" for one in shown.documentation)]
    if release.because:
        lines.append(f"  a {release.part} release because {release.because}")
    if release.without_ci:
        lines.append(f"  the checks of {release.base[:12]} were not asked: {release.without_ci}")
    return "\n".join(lines)


def _notes(text: str, path: Path) -> Iterator[str]:
    """The notes, with a bar at their left; of long ones the beginning, and where the rest is."""
    lines = text.strip().splitlines()
    yield "these notes will be published:"
    yield from (f"  | {line}".rstrip() for line in lines[:_NOTES])
    if len(lines) > _NOTES:
        yield f"  … {len(lines) - _NOTES} lines more   (less {shlex.quote(str(path))})"
