"""R7: ten thousand secrets, in spellings that tools print, whole and cut into chunks."""

from __future__ import annotations

import base64
import html
import json
import random
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from cases import Cases

from contd_release.process.redaction import MASK, Redactor

SECRETS = 10_000
LETTERS = "abcXYZ019-_.~+/=:@%&<>'\"\\$`! ü€"
WORD = "CaNaRy7"
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    lambda text: quote(text, safe=""),
    quote_plus,
    json.dumps,
    html.escape,
    repr,
    shlex.quote,
    lambda text: text.encode().hex(),
    lambda text: base64.b64encode(text.encode()).decode(),
)


def left_of(number: int) -> list[str]:
    """The spellings of one secret that are still readable in what is shown."""
    dice = random.Random(number)  # noqa: S311
    before, after = ("".join(dice.choices(LETTERS, k=dice.randint(0, 9))) for _ in range(2))
    secret = f"{before}{WORD}{after}".strip()
    redact, spelled = Redactor.of([secret]), [spell(secret) for spell in SPELLINGS]
    text = "\n".join(spelled)
    stream, cut = redact.stream(), dice.randint(0, len(text))
    found = (redact(text), stream.feed(text[:cut]) + stream.feed(text[cut:]) + stream.close())
    return [one for shown in found for one in (*spelled, WORD) if one in shown or shown.count(MASK) < len(SPELLINGS)]


def test_a_few_canaries() -> None:
    """The first of them."""
    assert [left_of(number) for number in range(20)] == [[]] * 20


@pytest.mark.slow
def test_ten_thousand_canaries(cases: Cases) -> None:
    """Nothing of a secret is left, in any of nine spellings."""
    for number in range(SECRETS):
        cases.add("canaries")
        assert left_of(number) == []
