"""
A stand-in for the person who is asked whether a message arrived: it looks into the chat.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from contd_release import lock
from contd_release.journal import Announced, Announcing, Entry
from contd_release.sandbox.chat import Chat, Message
from contd_release.sandbox.rehearsal import Rehearsal
from contd_release.sandbox.world import World


def answers(rehearsal: Rehearsal, world: World) -> Iterator[tuple[str, ...]]:
    """
    The words to answer every open question of the rehearsed release with: `announce --version 1.2.0 --done discord`.

    A place of a rehearsal is the room of its name. The lock comes first: a message may still be on its way from a
    release that was killed.
    """
    with lock.held(rehearsal.state / "lock"):
        there = {(one.room, _digest(one)) for one in world.part(Chat).messages()}
    for one in _open(rehearsal.entries.entries(Entry)):
        said = "--done" if (one.place, one.digest) in there else "--again"
        kind = () if one.kind == "release" else ("--kind", one.kind)
        yield ("announce", "--version", one.version, *kind, said, one.place)


def _open(entries: Iterator[Entry]) -> list[Announcing]:
    """
    The intentions that no outcome follows.
    """
    found: dict[tuple[str, str, str], Announcing] = {}
    for one in entries:
        if isinstance(one, Announcing):
            found[one.version, one.place, one.kind] = one
        elif isinstance(one, Announced):
            found.pop((one.version, one.place, one.kind), None)
    return list(found.values())


def _digest(message: Message) -> str:
    text = f"{message.title}\n\n{message.text}" if message.title else message.text
    return hashlib.sha256(text.encode()).hexdigest()
