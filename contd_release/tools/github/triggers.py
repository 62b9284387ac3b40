"""
Which tags start a workflow, by its own filters.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
"""

from __future__ import annotations

import re
from typing import Final

_MEANS: Final = {"**": ".*", "*": "[^/]*"}


def patterns(text: str) -> tuple[str, ...] | None:
    """The filters for tags in a workflow; None where it has none, or is no workflow that can be read."""
    import yaml

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    # YAML 1.1 reads the key `on` as true.
    on = (found.get("on") or found.get(True)) if isinstance(found, dict) else None
    push = on.get("push") if isinstance(on, dict) else None
    tags = push.get("tags") if isinstance(push, dict) else None
    if isinstance(tags, str):
        return (tags,)
    return tuple(map(str, tags)) if isinstance(tags, list) else None


def matches(filters: tuple[str, ...], tag: str) -> bool:
    """Whether a tag passes these filters; the last one that knows it decides, and `!` leaves it out."""
    passed = False
    for one in filters:
        if _knows(one.removeprefix("!"), tag):
            passed = not one.startswith("!")
    return passed


def _knows(pattern: str, tag: str) -> bool:
    """Whether a filter is about a tag; one that cannot be read is about none."""
    try:
        return re.fullmatch(_expression(pattern), tag) is not None
    except (re.error, OverflowError, RecursionError):
        return False


def _expression(pattern: str) -> str:
    """A filter as a regular expression: `?` and `+` are about the character before them, as they are there."""
    words = re.findall(r"\\.|\*\*|\*|\[[^\]]*\]|[?+]|.", pattern)
    return "".join(
        _MEANS.get(word, word if word in "?+" or word.startswith("[") else re.escape(word.removeprefix("\\") or word))
        for word in words
    )
