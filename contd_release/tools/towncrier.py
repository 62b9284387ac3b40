"""towncrier: the commands that turn fragments into a changelog. Version and date are always passed."""

from __future__ import annotations

from pathlib import Path

from contd_release.process.command import Command, python_module


def draft(where: Path, version: str, date: str, to: Path) -> Command:
    """Write what the section of this version will say to a file of its own; nothing else changes."""
    return _build(where, "--draft", "--version", version, "--date", date, stdout=to)


def build(where: Path, version: str, date: str) -> Command:
    """Write the section into the changelog and remove the fragments."""
    return _build(where, "--yes", "--version", version, "--date", date)


def _build(where: Path, *words: str, stdout: Path | None = None) -> Command:
    return Command(python_module("towncrier", "build", *words), cwd=where, stdout=stdout, timeout=120)
