"""Numbers and texts as the report writes them."""

from __future__ import annotations

import re
from typing import Final

from contd_release.project.rules import has_control

# Below this, a tenth of a second is worth telling.
_TENTHS: Final = 9.95
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


def span(seconds: float) -> str:
    """A duration in its two largest units."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two(whole, _MINUTE, "min", 1, "s")
    if whole < _DAY:
        return _two(whole, _HOUR, "h", _MINUTE, "min")
    return _two(whole, _DAY, "d", _HOUR, "h")


def visible(text: str) -> str:
    """
    A text that people wrote, with control characters and bidirectional overrides made visible.
    """
    return "".join(f"\\u{ord(one):04x}" if has_control(one) else one for one in text)


def cut(text: str, most: int) -> str:
    """The first line, shortened."""
    first = visible(text).split("\n", 1)[0]
    return first if len(first) <= most else f"{first[: most - 1]}…"


def cell(text: str) -> str:
    """A text as Markdown shows it unchanged in a table or a list: no markup, no HTML, one line."""
    flat = " ".join(visible(text).split())
    return re.sub(r"([\\`*_{}\[\]<>()#|~!$&])", r"\\\1", flat).replace("@", "@\u200b").replace("://", ":\u200b//")


def _two(seconds: int, large: int, large_name: str, small: int, small_name: str) -> str:
    rest = seconds % large // small
    return f"{seconds // large} {large_name}" + (f" {rest} {small_name}" if rest else "")
