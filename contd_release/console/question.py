"""The yes or no that a person types at a terminal."""

from __future__ import annotations

from contd_release.process.system import terminal


def is_confirmed(question: str) -> bool:
    """
    Whether a person answers this question with yes.

    What was typed before the question was on the screen answers something else, so it is discarded.
    """
    terminal.forget_typed()
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        return False
