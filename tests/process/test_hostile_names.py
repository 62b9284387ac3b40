"""R8: ten thousand hostile names, of branches, versions, files and fragments, where they are printed."""

from __future__ import annotations

import random
import unicodedata

import pytest
from cases import Cases

from contd_release.process.printed import visible

NAMES = 10_000
PIECES = (
    "\x1b]0;owned\x07", "\x1b[2J", "\u202e", "\u2066", "\x9b31m", "\r", "\n::error::", "\n::add-mask::x", "##[error]",
    "$(touch owned)", "`id`", "../", "-rf", "--upload-pack=x", "\x00", "\ud800", "\u2028", "name", "v1.0", "é",
    "::set-output",
)  # fmt: skip


def hostile(number: int) -> str:
    """One name, drawn from its number."""
    dice = random.Random(number)  # noqa: S311
    return "".join(dice.choices(PIECES, k=dice.randint(1, 8)))


def harm(name: str) -> list[str]:
    """What of a printed name a terminal or a log of GitHub would obey."""
    shown = visible(name)
    obeyed = [
        f"{one!r}" for one in shown if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl"} and one not in "\t\n"
    ]
    return obeyed + [line for line in shown.splitlines() if line.strip().startswith("::") or "##[" in line]


def test_a_few_hostile_names() -> None:
    """The first of them."""
    assert [harm(hostile(number)) for number in range(100)] == [[]] * 100


@pytest.mark.slow
def test_ten_thousand_hostile_names(cases: Cases) -> None:
    """No control character, no bidirectional override and no workflow command is left."""
    for number in range(NAMES):
        cases.add("names")
        assert harm(hostile(number)) == []
