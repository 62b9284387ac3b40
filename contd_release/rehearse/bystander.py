"""A stand-in for the person who is asked whether a message arrived: it looks into the chat."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from contd_release.process.redaction import Secret
from contd_release.records import lock
from contd_release.records.entries import Announced, Announcing, Entry, Withdrawing
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox import remotes
from contd_release.sandbox.chat import Chat, Message
from contd_release.sandbox.world import World
from contd_release.tools.http import Http

_LOOK: Final = 1.0
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


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


@contextmanager
def yanks(rehearsal: Rehearsal, world: World) -> Iterator[None]:
    """Meanwhile a person does on the index's page what a rollback asks for: a withdrawn version is yanked."""
    over = Event()
    thread = Thread(target=_yank, args=(rehearsal, world, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _yank(rehearsal: Rehearsal, world: World, over: Event) -> None:
    account, name = world.accounts.publisher, rehearsal.project.index_name
    basic = b64encode(f"{account.user}:{account.password.reveal()}".encode()).decode()
    while not over.wait(_LOOK):
        # The table asks the index before anything is done, the step after everything else is.
        withdrawing = {one.version for one in rehearsal.entries.entries(Withdrawing)}
        marks = {ref.removeprefix("refs/tags/withdrawn/v") for ref in remotes.refs(rehearsal.remote)}
        for version in withdrawing & marks:
            if f"yank {name} {version}" in world.ledger.effects():
                continue
            url = f"{world.url}/manage/project/{name}/release/{version}/"
            http = Http(url, headers={"Authorization": Secret(f"Basic {basic}")})
            http.send("POST", url, data=b"do=yank&reason=rehearsed", headers=_FORM)


def _open(entries: Iterator[Entry]) -> list[Announcing]:
    """The intentions that no outcome follows."""
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
