"""A table becomes a data class, or every key that is wrong is named with its value and what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from contd_release.errors import Usage
from contd_release.project.parse import structured
from contd_release.project.rules import Rule

EVEN = Rule("an even number of letters", lambda text: len(text) % 2 == 0)


@dataclass(frozen=True)
class Inner:
    """A table within."""

    path: str
    is_on: bool = True


@dataclass(frozen=True)
class Outer:
    """One field of every kind."""

    plain_text: str = "x"
    number: int = 1
    rate: float = 1.5
    flag: bool = False
    word: Literal["here", "there"] = "here"
    words: tuple[Literal["a", "b"], ...] = ()
    inner: Inner | None = None
    table: Mapping[str, str] = field(default_factory=dict)
    anything: Mapping[str, Any] = field(default_factory=dict)
    even: str = field(default="ab", metadata=EVEN.metadata)
    evens: tuple[str, ...] = field(default=(), metadata=EVEN.metadata)


def wrong(table: object) -> list[str]:
    """The lines of what is said of a table."""
    with pytest.raises(Usage) as caught:
        structured(table, Outer, "tool.x")
    assert caught.value.type_next == "$EDITOR pyproject.toml"
    return caught.value.what_is.splitlines()


def test_nothing_gives_the_defaults() -> None:
    """Every key may be left out that has a default."""
    assert Outer() == structured({}, Outer, "tool.x")


def test_every_kind_of_value_is_read() -> None:
    """Hyphens in TOML are underscores here, lists are tuples, and a whole number is a number."""
    table = {
        "plain-text": "y",
        "number": 2,
        "rate": 3,
        "flag": True,
        "word": "there",
        "words": ["b", "a"],
        "inner": {"path": "p", "is-on": False},
        "table": {"k": "v"},
        "anything": {"k": [1, {"x": None}]},
        "even": "abcd",
        "evens": ["", "ab"],
    }

    expected = Outer(
        "y", 2, 3, True, "there", ("b", "a"), Inner("p", False), {"k": "v"}, {"k": [1, {"x": None}]}, "abcd", ("", "ab")
    )
    assert expected == structured(table, Outer, "tool.x")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"plain-text": 3}, "plain-text is 3; expected a string"),
        ({"plain-text": ["x"]}, "plain-text is ['x']; expected a string"),
        ({"number": True}, "number is True; expected a whole number"),
        ({"number": 1.0}, "number is 1.0; expected a whole number"),
        ({"number": "1"}, "number is '1'; expected a whole number"),
        ({"rate": True}, "rate is True; expected a number"),
        ({"rate": "1.5"}, "rate is '1.5'; expected a number"),
        ({"rate": float("nan")}, "rate is nan; expected a number"),
        ({"rate": float("inf")}, "rate is inf; expected a number"),
        ({"flag": 1}, "flag is 1; expected true or false"),
        ({"flag": "true"}, "flag is 'true'; expected true or false"),
        ({"word": "nowhere"}, "word is 'nowhere'; expected one of here, there"),
        ({"word": ["here"]}, "word is ['here']; expected one of here, there"),
        ({"words": "a"}, "words is 'a'; expected a list"),
        ({"words": ["a", "c"]}, "words is 'c'; expected one of a, b"),
        ({"inner": 7}, "inner is 7; expected a table"),
        ({"inner": ["path"]}, "inner is ['path']; expected a table"),
        ({"inner": {}}, "inner.path is missing; expected a string"),
        ({"inner": {"path": 1}}, "inner.path is 1; expected a string"),
        ({"inner": {"path": "p", "is-on": 0}}, "inner.is-on is 0; expected true or false"),
        ({"inner": {"path": "p", "x": 0}}, "inner has the unknown key x; known are is-on, path"),
        ({"table": 7}, "table is 7; expected a table"),
        ({"table": {"k": 1}}, "table has k = 1; expected a string"),
        ({"anything": "x"}, "anything is 'x'; expected a table"),
        ({"even": "abc"}, "even is 'abc'; expected an even number of letters"),
        ({"even": 2}, "even is 2; expected a string"),
        ({"evens": ["ab", "abc"]}, "evens is 'abc'; expected an even number of letters"),
    ],
)
def test_what_is_wrong_is_named(table: dict[str, object], said: str) -> None:
    """Key, value, and what was expected."""
    assert [f"[tool.x] {said}"] == wrong(table)


def test_a_key_with_an_underscore_is_unknown() -> None:
    """There is one spelling, so that a search finds it."""
    known = "anything, even, evens, flag, inner, number, plain-text, rate, table, word, words"

    assert [f"[tool.x] has the unknown key plain_text; known are {known}"] == wrong({"plain_text": "x"})


def test_everything_is_told_at_once() -> None:
    """Unknown, missing and wrong, on every level."""
    lines = wrong({"flag": 1, "number": "1", "inner": {"x": 1}, "bogus": 1, "other": 2})

    known = "anything, even, evens, flag, inner, number, plain-text, rate, table, word, words"
    assert lines == [
        "[tool.x] number is '1'; expected a whole number",
        "[tool.x] flag is 1; expected true or false",
        "[tool.x] inner.path is missing; expected a string",
        "[tool.x] inner has the unknown key x; known are is-on, path",
        f"[tool.x] has the unknown key bogus; known are {known}",
        f"[tool.x] has the unknown key other; known are {known}",
    ]


@pytest.mark.parametrize("table", [3, "x", [], None])
def test_what_is_no_table_is_told(table: object) -> None:
    """A misplaced value is a message, not a traceback."""
    assert [f"[tool.x] is {table!r}"] == wrong(table)
