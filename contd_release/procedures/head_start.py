"""
What a release begins with while invoke and the rest of this library are still being imported: the lock is opened, and
the tool that takes longest is started.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from contd_release.process.ahead import Ahead
from contd_release.records import lock
from contd_release.records.journal import Journal
from contd_release.records.lock import Lock
from contd_release.tools import bumpversion, git
from contd_release.tools.git import Clone


@dataclass(frozen=True)
class HeadStart:
    """
    What is there before a walk is.

    Args:
        lock: the lock of the clone, to be acquired; the tools that wait share it.
        ahead: the tools that wait; nothing where a release continues.
    """

    clone: Clone
    lock: Lock
    ahead: Ahead | None


_GIVEN: ContextVar[HeadStart | None] = ContextVar("head start", default=None)


@contextmanager
def given(*, begins: bool) -> Iterator[HeadStart]:
    """
    The head start that this process was given already, or one that it gets now.

    Args:
        begins: whether a release is to begin, and not to continue.

    Raises:
        NotReady: the current folder is in no clone.
        Unwritable: the clone's git directory cannot be written, or its journal not read.
    """
    if start := _GIVEN.get():
        yield start
        return
    clone = git.clone(Path.cwd())
    with lock.opened(clone.state / "lock") as ours, Ahead() as ahead:
        # Who continues needs few of them, and nobody knows how far it comes this time.
        is_new = begins and not Journal(clone.state / "journal.jsonl").under_way()
        if is_new:
            ahead.expect((bumpversion.TOOL,))
        start = HeadStart(clone, ours, ahead if is_new else None)
        token = _GIVEN.set(start)
        try:
            yield start
        finally:
            _GIVEN.reset(token)
