"""One issue for what a look found, and never a second for the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from contd_release.after.issues.notice import Notice, Tracker, opened
from contd_release.after.watch.strangers import Stranger, count, lines
from contd_release.engine.step import Step

LABEL: Final = "release-alarm"


def raised(strangers: Sequence[Stranger], issues: Tracker) -> Step:
    """An issue lists these strangers. An issue that was closed was a person's answer: they are not reported again."""
    mark, title = _mark(strangers), f"{count(strangers)} public that no release of ours explains"
    text = "\n".join(f"    {line}" for line in lines(strangers))
    notice = Notice(LABEL, title, f"{text}\n\n{mark}\n", lambda ticket: mark in ticket.body)
    return opened("an issue lists what no release explains", notice, issues)


def _mark(strangers: Sequence[Stranger]) -> str:
    names = "\n".join(f"{one.offer} {one.offer.digest}" for one in strangers)
    return f"<!-- contd-release: strangers {hashlib.sha256(names.encode()).hexdigest()[:16]} -->"
