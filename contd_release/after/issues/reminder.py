"""One issue when a release is due, and never a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contd_release.after.issues.notice import Notice, Ticket, Tracker, opened
from contd_release.engine.step import Step
from contd_release.schedule.due import DueRow, command, sentence
from contd_release.schedule.plan import SMALLEST_FIRST

LABEL: Final = "release-due"


def reminded(rows: Sequence[DueRow], issues: Tracker) -> Step | None:
    """
    An issue says that a release is due; None if none is.

    An open reminder covers all that is due. A closed one was a person's answer: the same release is not asked for
    again until another one has been made.
    """
    due = [row for row in rows if row.is_due]
    if not due:
        return None
    row = max(due, key=lambda one: SMALLEST_FIRST.index(one.part))

    def is_covered_by(ticket: Ticket) -> bool:
        return (ticket.is_open and _BEGIN in ticket.body) or marker(row) in ticket.body

    notice = Notice(LABEL, title(row), body(rows, row), is_covered_by)
    return opened(f"an issue says that the {row.part} release is due", notice, issues)


def title(row: DueRow) -> str:
    """The issue's title."""
    return f"The {row.part} release is {row.verdict.value}"


def body(rows: Sequence[DueRow], row: DueRow) -> str:
    """The issue's text, with the mark by which it is found again."""
    lines = "\n".join(f"- {sentence(one)}" for one in rows)
    return f"{lines}\n\nTo release:\n\n    {command(rows)}\n\n{marker(row)}\n"


def marker(row: DueRow) -> str:
    """The mark of this reminder: the part, and the release it follows."""
    return f"{_BEGIN}{row.part} after {row.last.version if row.last else 'nothing'} -->"


_BEGIN: Final = "<!-- contd-release: due "
