"""One issue for what a look found, and never a second for the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from contd_release.after.watch.strangers import Stranger, lines
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.schedule.issue import Tracker

LABEL: Final = "release-alarm"
_LAG: Final = 30


def raised(strangers: Sequence[Stranger], issues: Tracker) -> Step:
    """An issue lists these strangers. An issue that was closed was a person's answer: they are not reported again."""
    mark = _mark(strangers)
    title = f"{len(strangers)} things are public that no release of ours explains"

    def observe() -> Found:
        for ticket in issues.labelled(LABEL):
            if mark in ticket.body:
                return Found(State.DONE, f"{ticket.url} {'is open' if ticket.is_open else 'was closed'}")
        return Found(State.ABSENT, "no issue says so")

    text = "\n".join(f"    {line}" for line in lines(strangers))
    act = Call(f"open an issue with the label {LABEL}", lambda: issues.open_issue(title, f"{text}\n\n{mark}\n", LABEL))
    return Step("an issue tells of what nothing explains", observe, act=(act,), patience=_LAG)


def _mark(strangers: Sequence[Stranger]) -> str:
    names = "\n".join(f"{one.offer} {one.offer.digest}" for one in strangers)
    return f"<!-- contd-release: strangers {hashlib.sha256(names.encode()).hexdigest()[:16]} -->"
