"""Announcements, through the real apprise to the sandbox's chat."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from contd_release.after.announce import announcement as announce
from contd_release.after.announce import outcome, places
from contd_release.after.announce.announcement import Announcement
from contd_release.engine.step import Found, State
from contd_release.errors import (
    FailedCommand,
    NeedsPerson,
    NotReady,
    ReleaseError,
    Several,
    Unanswered,
    Unwritable,
    Usage,
    exit_code,
)
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.records.entries import Announced, Announcing
from contd_release.rehearse import bystander
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox.chat import Chat, Message
from contd_release.sandbox.world import World
from tests.after.conftest import Made

# Each sends real messages by a process of their own.
pytestmark = pytest.mark.slow

pytest.importorskip("apprise", reason="the extra `announce` is not installed")

NOTES = "### Added\n\n- Ledgers can be kept in a file (#12)\n"
LINK = "https://example.org/contd/1.2.0/"
ROOM = "POST /chat/general"


@pytest.fixture
def telling(made: Made, world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Announcement]:
    """An announcement of a verified release to rooms of the chat."""

    def to(*rooms: str, version: str = "1.2.0", testers: tuple[str, ...] = ()) -> Announcement:
        for room in rooms:
            monkeypatch.setenv(f"ROOM_{room.upper()}", f"json://{world.registry}/chat/{room}")
        table = {room: f"env:ROOM_{room.upper()}" for room in rooms}
        release = made.release(version, Settings(announce=table, announce_pre_releases=testers))
        return Announcement(made.verified(release, "pypi"), lambda: NOTES, LINK, ("pypi",))

    return to


def found(announcement: Announcement, name: str = "general") -> Found:
    """What the step of one place says."""
    place = next(one for one in places.places(announcement.release.project.settings) if one.name == name)
    return announce.announced(announcement, place).observe()


def walk(made: Made, announcement: Announcement) -> None:
    """Tell everybody."""
    made.walk(announcement.release, announce.announced_everywhere(announcement))


SENT = Message("json", "general", f"Added\n\n- Ledgers can be kept in a file (#12)\n\nRelease notes: {LINK}",
               "contd 1.2.0 is out")  # fmt: skip


def test_everybody_is_told_once(made: Made, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """Absent before, done after; a second walk sends nothing."""
    announcement = telling("general")
    assert State.ABSENT is found(announcement).state

    walk(made, announcement)
    walk(made, announcement)

    assert chat.messages() == (SENT,)
    assert State.DONE is found(announcement).state
    assert [
        type(one).__name__
        for kind in (Announcing, Announced)
        for one in made.journal(announcement.release).entries(kind)
    ] == ["Announcing", "Announced"]


def test_lost_answer_asks_a_person(made: Made, world: World, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """Sent, but the answer was lost: nothing is sent again, and a person can say that it is there."""
    announcement = telling("general")
    world.faults.order(f"{ROOM} 1 accept-then-drop")

    with pytest.raises(NeedsPerson) as first:
        walk(made, announcement)
    with pytest.raises(NeedsPerson) as second:
        walk(made, announcement)

    assert str(first.value) == (
        "the release message of 1.2.0 to general may or may not have arrived: no answer\n"
        "  expected: a person who looks at general and says whether it is there\n"
        "  type:     invoke announce --version 1.2.0 --done general   (it is there), or "
        "invoke announce --version 1.2.0 --again general   (it is not)"
    )
    assert "its outcome was never written" in second.value.what_is
    assert exit_code(second.value) == 8
    outcome.done(announcement.release, "general")
    walk(made, announcement)
    assert chat.messages() == (SENT,)
    assert "a person says it was sent" in found(announcement).detail


@pytest.mark.slow
def test_person_can_say_again(made: Made, world: World, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """Not sent, and nobody could know: a person says so, and it goes out once."""
    announcement = telling("general")
    world.faults.order(f"{ROOM} 1 drop")
    with pytest.raises(NeedsPerson):
        walk(made, announcement)
    assert chat.messages() == ()

    outcome.again(announcement.release, "general")
    walk(made, announcement)
    walk(made, announcement)

    assert chat.messages() == (SENT,)


@pytest.mark.slow
def test_killed_between_intention_and_outcome_asks(
    made: Made, chat: Chat, telling: Callable[..., Announcement]
) -> None:
    """An intention without an outcome is never sent by itself, and stops nothing but its own place."""
    announcement = telling("general", "other")
    made.journal(announcement.release).append(
        Announcing(version="1.2.0", place="general", kind="release", digest="0" * 64)
    )

    with pytest.raises(NeedsPerson):
        walk(made, announcement)

    assert tuple(one.room for one in chat.messages()) == ("other",)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("order", "error", "code", "reason"),
    [("404", FailedCommand, 6, "answered 404"), ("301", FailedCommand, 6, "answered 301"),
     ("503", NeedsPerson, 8, "answered 503"), ("truncate", NeedsPerson, 8, "no answer")],
)  # fmt: skip
def test_failures_are_told_apart(
    order: str,
    error: type[ReleaseError],
    code: int,
    reason: str,
    made: Made,
    world: World,
    telling: Callable[..., Announcement],
) -> None:
    """Refused is not unknown: only what certainly reached nobody may be sent again without a person."""
    announcement = telling("general")
    world.faults.order(f"{ROOM} 1 {order}")

    with pytest.raises(error, match=reason) as caught:
        walk(made, announcement)

    assert code == exit_code(caught.value)
    if error is FailedCommand:
        assert caught.value.type_next == "invoke announce --version 1.2.0   (when ROOM_GENERAL and the place are well)"
        assert "not sent; refused at" in found(announcement).detail


@pytest.mark.slow
def test_rate_limit_passes(made: Made, world: World, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """What certainly was not taken because of a rate limit is tried again, and goes out once."""
    announcement = telling("general")
    world.faults.order(f"{ROOM} 1 429")

    walk(made, announcement)

    assert chat.messages() == (SENT,)


def test_one_place_does_not_stop_the_others(
    made: Made, world: World, chat: Chat, telling: Callable[..., Announcement]
) -> None:
    """Two places fail, each in its way; the third is told, and the exit code is that of a failure."""
    announcement = telling("general", "second", "third")
    world.faults.order(f"{ROOM} 1 404", "POST /chat/second 1 drop")

    with pytest.raises(Several) as caught:
        walk(made, announcement)

    assert tuple(one.room for one in chat.messages()) == ("third",)
    assert exit_code(caught.value) == 6
    assert len(caught.value.errors) == 2


def test_nothing_unverified_is_announced(made: Made, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """A channel that was not read back, or was read back against another seal, keeps everybody silent."""
    announcement = replace(telling("general"), channels=("pypi", "image"))

    with pytest.raises(NotReady) as caught:
        walk(made, announcement)

    assert str(caught.value) == (
        "1.2.0 was not verified on image, so it is not announced\n"
        "  expected: every channel read back and equal to what was built\n"
        "  type:     invoke verify --version 1.2.0"
    )
    (announcement.release.dist / "artifacts.json").unlink()
    with pytest.raises(NotReady, match="not verified on pypi, image"):
        walk(made, announcement)
    assert chat.messages() == ()
    assert State.ABSENT is found(announcement).state


def test_journal_unwritable_sends_nothing(made: Made, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """Without a written intention nothing leaves."""
    announcement = replace(telling("general"), channels=())
    path = made.journal(announcement.release).path
    path.unlink()
    path.symlink_to(path.parent / "missing" / "journal.jsonl")

    with pytest.raises(Unwritable):
        walk(made, announcement)

    assert chat.messages() == ()


@pytest.mark.slow
def test_outcome_that_cannot_be_written_asks(
    made: Made, world: World, chat: Chat, telling: Callable[..., Announcement]
) -> None:
    """The disk is lost while the message is under way: it is sent, nobody wrote that down, and it is not sent again."""
    announcement = telling("general")
    world.faults.order(f"{ROOM} 1 slow=2")
    path = made.journal(announcement.release).path
    aside = path.with_name("aside")

    def spoil() -> None:
        while not list(made.journal(announcement.release).entries(Announcing)):
            time.sleep(0.05)
        path.rename(aside)
        path.symlink_to(path.parent / "missing" / "journal.jsonl")

    spoiler = Thread(target=spoil)
    spoiler.start()
    with pytest.raises(Unwritable):
        walk(made, announcement)
    spoiler.join()
    aside.rename(path)

    with pytest.raises(NeedsPerson):
        walk(made, announcement)
    assert chat.messages() == (SENT,)


@pytest.mark.slow
def test_pre_release_is_told_where_configured(made: Made, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """A pre-release goes to the named places only, in words of its own."""
    walk(made, telling("general", "testers", version="1.3.0rc1", testers=("testers",)))
    walk(made, telling("general", version="1.3.0rc2"))

    assert tuple((one.room, one.title) for one in chat.messages()) == (
        ("testers", "contd 1.3.0rc1 is ready to be tried"),
    )


@pytest.mark.slow
def test_correction_goes_where_the_release_went(made: Made, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """A correction needs no verification, reaches who was told, and is told once as well."""
    told = telling("general")
    walk(made, told)
    both = telling("general", "silent")
    correction = replace(
        both, kind="correction", notes=lambda: "It loses ledgers. Use 1.2.1.", channels=("pypi", "image")
    )
    walk(made, correction)
    walk(made, correction)

    assert (SENT, Message("json", "general", f"It loses ledgers. Use 1.2.1.\n\nDetails: {LINK}",
                          "contd 1.2.0 is withdrawn")) == chat.messages()  # fmt: skip


def test_preview_is_what_goes_out(made: Made, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """The preview sends nothing and shows title and body to the letter; a place without a URL says so."""
    announcement = telling("general")
    release = announcement.release
    settings = replace(release.project.settings, announce={"general": "env:ROOM_GENERAL", "lost": "env:NOT_SET"})
    shown = list(
        announce.preview(replace(announcement, release=replace(release, project=replace(release.project,
                                                                                        settings=settings))))
    )  # fmt: skip
    assert chat.messages() == ()

    walk(made, announcement)

    assert shown[0].post is not None
    assert [(shown[0].post.title, shown[0].post.body)] == [(one.title, one.text) for one in chat.messages()]
    assert getattr(shown[1].error, "what_is", "") == "the environment variable NOT_SET is not set"


def test_a_url_that_means_nothing_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several places it is this one, and its variable is what to set; of the URL only the scheme is told."""
    monkeypatch.setenv("ROOM_GENERAL", "https://hooks.example.com/secret-token-123")
    with pytest.raises(Usage) as caught:
        places.AnnouncementPlace("general", "ROOM_GENERAL").service()
    assert "general ($ROOM_GENERAL): a URL that begins with https:// cannot be used: " in caught.value.what_is
    assert caught.value.type_next == "export ROOM_GENERAL=…   (then open https://appriseit.com/services/)"
    assert "secret-token" not in str(caught.value)


def test_access_tells_what_is_missing(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is released: a URL that is not there, or means no service, is told without the URL."""
    monkeypatch.setenv("GOOD", "json://127.0.0.1:9/x")
    monkeypatch.setenv("BAD", "canary-secret-without-a-scheme")
    table = {"good": "env:GOOD", "bad": "env:BAD", "unset": "env:UNSET"}

    steps = places.access(made.release(settings=Settings(announce=table)))

    assert [step.observe().state for step in steps] == [State.DONE, State.ABSENT, State.ABSENT]
    bad = steps[1].observe()
    assert bad.detail == "bad ($BAD): a URL that begins with no scheme cannot be used: it means no service"
    assert bad.type_next == "export BAD=…   (then open https://appriseit.com/services/)"
    assert steps[2].observe().detail == "unset: the environment variable UNSET is not set"


@pytest.mark.parametrize("name", ["general", "nowhere"])
def test_answers_only_to_open_questions(name: str, telling: Callable[..., Announcement]) -> None:
    """`--done` and `--again` without an open question, or for no place, are errors."""
    announcement = telling("general")

    with pytest.raises(Usage, match=r"nothing is open at general: it got no message|there is no place 'nowhere'"):
        outcome.again(announcement.release, name)


@pytest.mark.slow
def test_again_after_success_is_refused(made: Made, chat: Chat, telling: Callable[..., Announcement]) -> None:
    """What was sent cannot be sent again by a word."""
    announcement = telling("general")
    walk(made, announcement)

    with pytest.raises(Usage, match="nothing is open at general: it got the message at"):
        outcome.again(announcement.release, "general")


@pytest.mark.parametrize("value", ["discord://123/canary-token", "env:", "env:A B", "$DISCORD"])
def test_url_in_the_configuration_is_refused_unseen(value: str) -> None:
    """A URL in a file is an error that does not repeat it."""
    with pytest.raises(Usage) as caught:
        places.places(Settings(announce={"discord": value}))

    assert "canary" not in str(caught.value)
    assert (
        caught.value.what_is
    ) == "[tool.contd-release.announce] 'discord' is not a plain name with a value of the form env:VARIABLE"


def test_unknown_pre_release_place_is_refused() -> None:
    """A name that is no place is an error at once."""
    with pytest.raises(Usage, match="announce-pre-releases names 'testers', which is no place"):
        places.places(Settings(announce_pre_releases=("testers",)))


_LATER = ("503", "drop", "refuse", "truncate", "accept-then-drop")
CANARY = "canary7Zq2Xw9Lk4Tn8"


@pytest.mark.parametrize("order", ["401", *(pytest.param(one, marks=pytest.mark.slow) for one in _LATER)])
def test_no_secret_leaks(
    order: str,
    made: Made,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """
    Whatever fails, at DEBUG: no part of the URL is in an error, a log, the journal, on a terminal, or in a traceback.
    """
    monkeypatch.setenv("ROOM", f"json://user:{CANARY}@{world.registry}/chat/{CANARY}?+X-Token={CANARY}")
    monkeypatch.setenv("WRONG", f"discord://{CANARY}")
    table = {"room": "env:ROOM", "wrong": "env:WRONG"}
    release = made.verified(made.release(settings=Settings(announce=table)), "pypi")
    announcement = Announcement(release, lambda: NOTES, LINK, ("pypi",))
    if order:
        world.faults.order(f"POST * every {order}")
    with caplog.at_level(logging.DEBUG), pytest.raises(ReleaseError) as caught:
        walk(made, announcement)

    said = [str(caught.value), repr(caught.value), repr(caught.value.args), caplog.text, *capfd.readouterr()]
    error: BaseException | None = caught.value
    while error := error and (error.__cause__ or error.__context__):
        said.append(f"{error!r} {error}")
    kept = [path.read_text(errors="replace") for path in made.folder.rglob("*") if path.is_file()]
    assert not [text for text in (*said, *kept) if re.search(CANARY, text, re.IGNORECASE)]
    assert any("Announcing" in text for text in kept)


def test_offline_is_not_unknown(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that cannot be connected to has certainly not got anything: exit code 4, and no question to a person."""
    monkeypatch.setenv("ROOM", "json://127.0.0.1:9/x")
    monkeypatch.setattr("contd_release.engine.walk.ATTEMPTS", 1)
    release: Release = made.release(settings=Settings(announce={"room": "env:ROOM"}))

    with pytest.raises(Unanswered, match="so it was not delivered: no connection"):
        walk(made, Announcement(release, lambda: NOTES, LINK))


@pytest.mark.slow
def test_bystander_answers_for_a_person(
    made: Made, world: World, chat: Chat, telling: Callable[..., Announcement]
) -> None:
    """In a rehearsal somebody looks into the chat: done where the message is, again where it is not."""
    announcement = telling("general", "second", "third")
    world.faults.order(f"{ROOM} 1 accept-then-drop", "POST /chat/second 1 drop")
    with pytest.raises(Several):
        walk(made, announcement)
    release = announcement.release
    rehearsal = Rehearsal(release.project, "0" * 40, made.folder)
    rehearsal.state.parent.mkdir(parents=True)
    rehearsal.state.symlink_to(release.project.state)

    answers = list(bystander.answers(rehearsal, world))

    assert sorted(answers) == [
        ("announce", "--version", "1.2.0", "--again", "second"),
        ("announce", "--version", "1.2.0", "--done", "general"),
    ]
    outcome.done(release, "general")
    outcome.again(release, "second")
    walk(made, announcement)
    assert sorted(one.room for one in chat.messages()) == ["general", "second", "third"]
    assert list(bystander.answers(rehearsal, world)) == []
