"""
One look at the world: several steps that ask the same place at the same time share one question.

Without it, a look at a remote would be as many connections as there are steps that ask for its branches and tags, and
each step might see another moment.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextvars import Context, ContextVar, copy_context
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class _Answers:
    """The questions of one look, and their answers, or the answers to come."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._described: dict[Hashable, Future[Any]] = {}

    def get(self, question: Hashable, ask: Callable[[], T]) -> T:
        with self._lock:
            known = self._described.get(question)
            coming: Future[T] = known or self._described.setdefault(question, Future())
        if known is None:
            try:
                coming.set_result(ask())
            except BaseException as error:
                coming.set_exception(error)
                raise
        return coming.result()


_LOOK: ContextVar[_Answers | None] = ContextVar("look", default=None)


def begun() -> Context:
    """
    A context in which questions are asked once; threads that run in copies of it share the answers.

    Within a look that is the same look.
    """
    context = copy_context()
    if context.get(_LOOK) is None:
        context.run(_LOOK.set, _Answers())
    return context


def once(question: Hashable, ask: Callable[[], T]) -> T:
    """
    The answer to a question: the one of this look, if it was asked before; outside of a look it is always asked.

    Raises:
        BaseException: what the first question raised, for each of them.
    """
    answers = _LOOK.get()
    return ask() if answers is None else answers.get(question, ask)
