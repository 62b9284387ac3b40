"""
What a server answered in JSON, read by type: an answer of another shape is no answer.

https://www.rfc-editor.org/rfc/rfc8259
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn, TypeAlias

from contd_release.errors import Unanswered

Value: TypeAlias = object
# More than any list that a release reads; each element costs more memory than its bytes.
_LONGEST: Final = 100_000
_HALF: Final = re.compile("[\ud800-\udfff]")
_LARGEST: Final = 2**53
_NAMES: Final = {dict: "a table", list: "a list", str: "a text", bool: "yes or no", type(None): "null"}


@dataclass(frozen=True)
class Node:
    """
    One value of an answer.

    Args:
        who: who answered.
        where: which value it is, such as `assets[0].name`; empty for the whole answer.
    """

    value: Value
    who: str
    where: str = ""

    def at(self, key: str) -> Node:
        """The value of a key of a table, which has to be there."""
        found = self._table()
        if key not in found:
            raise Unanswered(f"{self.who} answered without {self._below(key)}", expected="an answer as it is described")
        return Node(found[key], self.who, self._below(key))

    def get(self, key: str) -> Node | None:
        """The value of a key of a table; None if it is not there, or null."""
        found = self._table().get(key)
        return None if found is None else Node(found, self.who, self._below(key))

    def text_of(self, key: str) -> str:
        """The text of a key of a table; empty if it is not there, or null."""
        return found.text() if (found := self.get(key)) else ""

    def items(self) -> Iterator[Node]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            self._odd("a list")
        if len(self.value) > _LONGEST:
            raise Unanswered(f"{self.who} answered with a list of {len(self.value)}", expected=f"at most {_LONGEST}")
        return (Node(one, self.who, f"{self.where}[{number}]") for number, one in enumerate(self.value))

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The keys of a table and their values."""
        return ((key, Node(value, self.who, self._below(key))) for key, value in self._table().items())

    def text(self) -> str:
        """A text; none of its characters is half of a pair."""
        if not isinstance(self.value, str) or _HALF.search(self.value):
            self._odd("a text")
        return self.value

    def whole(self) -> int:
        """A whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or abs(self.value) > _LARGEST:
            self._odd("a whole number")
        return self.value

    def number(self) -> float:
        """A number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or abs(self.value) > _LARGEST:
            self._odd("a number")
        return float(self.value)

    def flag(self) -> bool:
        """Yes or no."""
        if not isinstance(self.value, bool):
            self._odd("yes or no")
        return self.value

    def _table(self) -> dict[str, Value]:
        if not isinstance(self.value, dict):
            self._odd("a table")
        return self.value

    def _below(self, key: str) -> str:
        return f"{self.where}.{key[:40]}" if self.where else key[:40]

    def _odd(self, expected: str) -> NoReturn:
        kind = _NAMES.get(type(self.value)) or ("a number" if isinstance(self.value, int | float) else "something else")
        what = f"{kind} as {self.where}" if self.where else kind
        raise Unanswered(f"{self.who} answered with {what}", expected=expected)


def node(content: bytes, who: str) -> Node:
    """
    An answer in JSON.

    Raises:
        Unanswered: it is not JSON.
    """
    try:
        return Node(json.loads(content, parse_constant=_refused), who)
    except (ValueError, RecursionError) as error:
        raise Unanswered(f"{who} answered with something that is not JSON", expected="JSON") from error


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)
