"""The only package that prints: a live checklist on a terminal, plain lines elsewhere, JSON lines for machines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    least: Part
    changes: Sequence[str] = ()
    documentation: Sequence[str] = ()
    due: Sequence[str] = ()


def review_text(release: Release, sealed: Sealed, shown: ToReview) -> str:
    """What a person approves: the commit, where it will be public, each digest, and what changed."""
    from contd_release.channels import registry

    lines = [f"{release}", f"  commit  {sealed.commit}", f"  public  {registry.destinations(release)}"]
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
