"""An alarm as a message: each place for alarms hears of each stranger once, whatever kills us, and of nothing else."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import NoneType

import pytest

from contd_release.after.announce.places import AnnouncementPlace, alarms, places, variables
from contd_release.after.watch import message
from contd_release.after.watch.strangers import Stranger
from contd_release.channels.offer import Offer
from contd_release.engine.checklist import Checklist
from contd_release.errors import FailedCommand, NeedsPerson, ReleaseError, Unwritable, Usage
from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.project.settings import Settings, Watch
from contd_release.records import journal
from contd_release.records.entries import Alarmed, Alarming
from contd_release.sandbox.chat import Chat, Message
from contd_release.sandbox.world import World
from tests.after.watch.alarm_once import STRANGERS, watched

PROGRAM = Path(__file__).with_name("alarm_once.py")
TITLE = "contd: 2 things are public that no release of ours explains"
TEXT = (
    "- pypi contd-9.9-py3-none-any.whl: no release of ours is 9.9. To contain it: yank it\n"
    "- git v9.9: no release of ours is 9.9. To contain it: git push --delete origin v9.9"
)


@pytest.fixture
def project(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with one place for alarms."""
    monkeypatch.setenv("ROOM_GUARDS", f"json://{world.registry}/chat/guards")
    return watched(tmp_path, ("guards",))


def walk(project: Project, strangers: tuple[Stranger, ...] = STRANGERS) -> ReleaseError | None:
    """Raise the alarm; what stopped it."""
    try:
        Checklist((message.sent_everywhere(project, strangers),)).walk(lambda event: None, Running(project.state))
    except ReleaseError as error:
        return error
    return None


def test_places_for_alarms_hear_of_no_release() -> None:
    """A place for alarms is no place for announcements, and the other way round; the URLs of both are masked."""
    settings = Settings(announce={"users": "env:USERS"}, watch=Watch(announce={"guards": "env:GUARDS"}))
    assert (AnnouncementPlace("guards", "GUARDS"),) == alarms(settings)
    assert (AnnouncementPlace("users", "USERS"),) == places(settings)
    assert variables(settings) == ("USERS", "GUARDS")
    assert alarms(Settings()) == ()


def test_a_name_by_a_stranger_is_only_text() -> None:
    """What an attacker may choose calls no one, is no markup, and begins no line."""
    offer = Offer("github", "v1/@everyone [win](https://evil.example)\n- **none**")
    notes = message.Words("contd", (Stranger(offer, "nothing explains it", "look"),)).notes
    assert notes == (
        "- github v1/@everyone \\[win\\](https://evil.example) - \\*\\*none\\*\\*: nothing explains it."
        " To contain it: look\n"
    )


def test_only_what_is_open_can_be_answered(project: Project) -> None:
    """A place that is none, and one to which no alarm is open."""
    with pytest.raises(Usage, match="there is no place 'gards'; did you mean guards") as refused:
        message.answer(project, "gards", "done")
    assert refused.value.type_next == "invoke watch --done guards"
    with pytest.raises(Usage, match="no alarm to guards is open"):
        message.answer(project, "guards", "done")


@pytest.mark.slow
def test_each_stranger_once(project: Project, chat: Chat) -> None:
    """A second look sends nothing; another stranger, or other bytes under a known name, are an alarm of their own."""
    pytest.importorskip("apprise", reason="the extra `announce` is not installed")
    place = alarms(project.settings)[0]
    preview = message.preview(project, place, STRANGERS)
    assert preview is not None
    assert (preview.title, preview.body) == (TITLE, TEXT)
    assert chat.messages() == ()
    assert None is walk(project)
    assert None is walk(project)
    assert (Message("json", "guards", TEXT, TITLE),) == chat.messages()
    assert None is message.preview(project, place, STRANGERS)
    other = replace(STRANGERS[0], offer=replace(STRANGERS[0].offer, digest="sha256:2"))
    assert None is walk(project, (*STRANGERS, other))
    assert [TITLE.replace("2 things are", "1 thing is")] == [one.title for one in chat.messages()[1:]]


@pytest.mark.slow
def test_refused_is_sent_again_and_unknown_is_a_question(project: Project, chat: Chat, world: World) -> None:
    """A refusal is tried at the next look; where the outcome is not known a person answers, and new strangers go on."""
    pytest.importorskip("apprise", reason="the extra `announce` is not installed")
    world.faults.order("POST /chat/guards 1 404")
    assert isinstance(walk(project, STRANGERS[:1]), FailedCommand)
    assert None is walk(project, STRANGERS[:1])
    entries = journal.of(project)
    marks = next(entries.entries(Alarming)).strangers
    entries.append(Alarming(version="", place="guards", strangers="0123", digest=""))
    assert None is walk(project, STRANGERS[:1])
    assert [one.outcome for one in entries.entries(Alarmed)] == ["refused", "sent"]
    entries.append(Alarmed(version="", place="guards", strangers=marks, outcome="again"))
    entries.append(Alarming(version="", place="guards", strangers=marks, digest=""))
    stopped = walk(project, STRANGERS)
    assert isinstance(stopped, NeedsPerson)
    assert "invoke watch --done guards" in stopped.type_next
    assert len(chat.messages()) == 2
    message.answer(project, "guards", "again")
    assert None is walk(project, STRANGERS)
    assert len(chat.messages()) == 3


@pytest.mark.slow
def test_killed_everywhere_and_raised_once(project: Project, world: World, chat: Chat, tmp_path: Path) -> None:
    """Killed before further effects of its life, and continued by what a person who looks at the place says."""
    pytest.importorskip("apprise", reason="the extra `announce` is not installed")
    kills = 0
    for number in (*range(1, 12), 0):
        process = subprocess.run(
            (sys.executable, str(PROGRAM), str(number), str(tmp_path), "guards"),
            start_new_session=True, stderr=subprocess.DEVNULL, check=False, timeout=120,
        )  # fmt: skip
        kills += process.returncode == -signal.SIGKILL
        if process.returncode == 0:
            break
        if isinstance(walk_ended(project), NeedsPerson):
            message.answer(project, "guards", "done" if chat.messages() else "again")
    assert process.returncode == 0
    assert kills > 2
    assert [one.title for one in chat.messages()] == [TITLE]


def walk_ended(project: Project) -> ReleaseError | None:
    """What the step of the place says, without sending."""
    try:
        message.sent(project, alarms(project.settings)[0], STRANGERS).observe()
    except ReleaseError as error:
        return error
    return None


@pytest.mark.slow
@pytest.mark.parametrize(("kept", "sent"), [(0, 0), (1, 1)])
def test_a_journal_that_cannot_be_written(
    project: Project, chat: Chat, monkeypatch: pytest.MonkeyPatch, kept: int, sent: int
) -> None:
    """Without the intention no message is sent; without the outcome a person is asked, and none is sent again."""
    pytest.importorskip("apprise", reason="the extra `announce` is not installed")
    real, lines = os.fsync, list[int]()

    def fsync(descriptor: int) -> None:
        if len(lines) == kept:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        lines.append(descriptor)
        real(descriptor)

    with monkeypatch.context() as disk:
        # The first line also makes the file, whose folder is on the disk then.
        journal.of(project).append(Alarmed(version="", place="another", strangers="", outcome="done"))
        disk.setattr(os, "fsync", fsync)
        assert isinstance(walk(project), Unwritable)
    assert len(chat.messages()) == sent
    assert isinstance(walk(project), NeedsPerson if sent else NoneType)
    assert len(chat.messages()) == 1
