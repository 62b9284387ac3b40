"""A stand-in for the person who is asked whether a message arrived: it looks into the chat."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from contd_release.process.redaction import Secret
from contd_release.project.release import MERGES, REQUESTS
from contd_release.records import lock
from contd_release.records.entries import Announced, Announcing, Entry, Withdrawing
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox import remotes
from contd_release.sandbox.chat import Chat, Message
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Pull, Review
from contd_release.sandbox.github.store import now
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
    for package in rehearsal.packages:
        with lock.held(package.state / "lock"):
            there = {(one.room, _digest(one)) for one in world.part(Chat).messages()}
        named = ("--package", package.project.table) if package.project.table else ()
        for one in _open(package.entries.entries(Entry)):
            said = "--done" if (one.place, one.digest) in there else "--again"
            kind = () if one.kind == "release" else ("--kind", one.kind)
            yield ("announce", *named, "--version", one.version, *kind, said, one.place)


@contextmanager
def busy(rehearsal: Rehearsal, world: World) -> Iterator[None]:
    """
    Meanwhile a person does what a release or a rollback asks for: yanks a withdrawn version on the index's page, and
    merges the pull request of a release.
    """
    over = Event()
    threads = [Thread(target=one, args=(rehearsal, world, over), daemon=True) for one in (_yank, _merge)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _merge(rehearsal: Rehearsal, world: World, over: Event) -> None:
    """
    Merge every pull request of a release by squash, and that of a hotfix to main by a merge commit; refused once where
    it lacks a check or a review, which come.
    """
    place, token = world.part(Forge).place(rehearsal.pointers.repository), world.accounts.publisher.password
    http = Http(f"{world.api_url}/repos/{place.name}/", headers={"Authorization": Secret(f"Bearer {token.reveal()}")})
    github = rehearsal.project.settings.github
    while not over.wait(_LOOK):
        for pull in place.shelf(Pull):
            if pull.state != "open" or not pull.head.startswith((REQUESTS, MERGES)):
                continue
            method = "squash" if pull.head.startswith(REQUESTS) else "merge"
            # It lists them in GitHub's words, and the walk that waits shows them in ours.
            if http.send("PUT", f"pulls/{pull.number}/merge", json={"merge_method": method}).status == 200:
                continue
            rehearsal.be_green(world, pull.head_sha)
            given = {one.login for one in place.shelf(Review) if one.number == pull.number}
            for number in range(max(github.approvals if github else 0, 1)):
                if (login := f"reviewer-{number + 1}") not in given:
                    review = Review(id=place.new_id(), created_at=now(), login=login, number=pull.number)
                    place.shelf(Review).put(review)


def _yank(rehearsal: Rehearsal, world: World, over: Event) -> None:
    account, name = world.accounts.publisher, rehearsal.project.index_name
    basic = b64encode(f"{account.user}:{account.password.reveal()}".encode()).decode()
    while not over.wait(_LOOK):
        # The table asks the index before anything is done, the step after everything else is.
        withdrawing = {one.version for one in rehearsal.entries.entries(Withdrawing)}
        marks = {
            ref.removeprefix(f"refs/tags/{rehearsal.project.withdrawal}") for ref in remotes.refs(rehearsal.remote)
        }
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
