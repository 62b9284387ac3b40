"""The first section of the checklist: version files, changelog, notes and the release commit."""

from __future__ import annotations

from contd_release.procedures.options import Words
from contd_release.procedures.release import walk


def bump_version(words: Words, *, as_json: bool) -> None:
    """Walk the checklist up to the release commit, in the release's own worktree."""
    walk(words, as_json=as_json, yes=False, until="prepare")
