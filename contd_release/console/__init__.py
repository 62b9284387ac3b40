"""The only room that prints: a checklist that ticks on a terminal, plain lines elsewhere, JSON lines for machines."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from contd_release.console.lines import Lines
from contd_release.console.machine import Json
from contd_release.console.report import Report
from contd_release.console.terminal import Terminal
from contd_release.process.redaction import Redactor
from contd_release.project.artifacts import Sealed
from contd_release.project.release import Release
from contd_release.project.settings import Settings

__all__ = ["Json", "Lines", "Report", "Terminal", "reporting", "review_text"]


def reporting(*, as_json: bool, settings: Settings | None = None) -> Report:
    """The report that fits where this process prints to; what the settings name as secret is never shown."""
    named = tuple(value.removeprefix("env:") for value in settings.announce.values()) if settings else ()
    redact = Redactor.of_environment(named=named)
    if as_json:
        return Json(redact)
    if not sys.stdout.isatty():
        return Lines(redact)
    from rich.console import Console

    return Terminal(redact, console=Console())


def review_text(release: Release, sealed: Sealed, changed: Sequence[str]) -> str:
    """What a person says yes to: the commit, where it will be public, each digest, and what documentation changed."""
    from contd_release.channels import registry

    lines = [f"{release}", f"  commit  {sealed.commit}", f"  public  {registry.destinations(release)}"]
    lines += [f"  {one.sha256}  {one.name}" for one in sealed.artifacts]
    if changed:
        lines += ["  changed since the last release, to be reviewed:", *(f"    {path}" for path in changed)]
    if release.because:
        lines.append(f"  a {release.part} release because {release.because}")
    if release.without_ci:
        lines.append(f"  the checks of {release.base[:12]} were not asked: {release.without_ci}")
    return "\n".join(lines)
