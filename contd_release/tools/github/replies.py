"""What GitHub answers, held against the shape that its description promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from contd_release.errors import Unanswered
from contd_release.tools.http import Reply, refused

Shape = TypeVar("Shape")


def shaped(reply: Reply, make: Callable[[Any], Shape]) -> Shape:
    """
    What `make` reads out of a reply.

    Raises:
        Unanswered: the reply has another shape than GitHub's description says.
    """
    try:
        return make(reply.json())
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise Unanswered(
            f"{reply.url} answered with something else than GitHub describes: {error!r}",
            expected="an answer as in GitHub's description of its API",
        ) from error


def answered(reply: Reply, what: str) -> Reply:
    """
    The reply to a question, if it is an answer.

    Raises:
        Refused: 401 or 403.
        Unanswered: any other status than 200.
    """
    refused(reply, what)
    if reply.status != 200:
        raise Unanswered(f"{what}: GitHub answered {reply.status} {reply.said()}", expected="200")
    return reply


def listed(found: Any) -> list[Any]:
    """A list. An empty object would read as an empty one, and so as "nothing is there"."""
    if not isinstance(found, list):
        raise TypeError(f"{type(found).__name__} where a list is expected")
    return found
