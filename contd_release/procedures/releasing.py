"""What every task does that walks a release."""

from __future__ import annotations

from contd_release.procedures import head_start
from contd_release.procedures.options import Words


def walk(words: Words, *, as_json: bool, yes: bool, until: str = "", picture: str = "") -> None:
    """Walk the release under way or the one the words begin, alone in this clone."""
    with head_start.given(begins=words.are_given or bool(words.hotfix)) as start:
        from contd_release.procedures import release

        release.walk(words, start, as_json=as_json, yes=yes, until=until, picture=picture)
