"""The plan: the checklist, observed and printed, and not run."""

from __future__ import annotations

from contd_release.console import reporting
from contd_release.procedures.options import Words
from contd_release.procedures.release import Walking
from contd_release.procedures.selection import here


def print_plan(words: Words, *, as_json: bool) -> None:
    """Print every step, its state, and each command that would run."""
    Walking.of(here(), words, reporting(as_json=as_json)).plan()
