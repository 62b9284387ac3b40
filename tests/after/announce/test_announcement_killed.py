"""An announcement, killed again and again, and continued: each place hears of it once, the website gets one commit."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contd_release.after.announce import outcome
from contd_release.rehearse import bystander
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.world import World
from tests.after.announce.announce_once import announcement
from tests.after.conftest import Made

pytest.importorskip("apprise", reason="the extra `announce` is not installed")
pytest.importorskip("feedgen", reason="the extra `website` is not installed")

PROGRAM = Path(__file__).with_name("announce_once.py")
ROOMS = ("one", "two", "three")


def git(where: Path, *words: str) -> str:
    """What git says."""
    return subprocess.run(("git", *words), cwd=where, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.slow
def test_killed_everywhere_and_announced_once(
    made: Made, world: World, chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before each further effect of its life, an answer lost besides, and continued by what a person says."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for room in ROOMS:
        monkeypatch.setenv(f"ROOM_{room.upper()}", f"json://{world.registry}/chat/{room}")
    world.faults.order("POST /chat/two 1 accept-then-drop")
    site = tmp_path / "website.git"
    git(tmp_path, "init", "--quiet", "--bare", str(site))
    announced = announcement(made.folder, str(site), ROOMS)
    made.release("1.2.0", announced.release.project.settings)
    made.verified(announced.release, "pypi")
    root = made.folder / "root"
    root.mkdir()
    git(root, "init", "--quiet")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    rehearsal = Rehearsal(announced.release.project, "0" * 40, made.folder)
    rehearsal.state.parent.mkdir(parents=True)
    rehearsal.state.symlink_to(announced.release.project.state)

    kills = asked = 0
    for number in (*range(1, 60, 3), *[0] * 4):
        process = subprocess.Popen(
            (sys.executable, str(PROGRAM), str(number), str(made.folder), str(site), *ROOMS),
            start_new_session=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        ended = process.wait(120)
        kills += ended == -signal.SIGKILL
        for *_, said, place in bystander.answers(rehearsal, world):
            asked += 1
            (outcome.done if said == "--done" else outcome.again)(announced.release, place)
        if ended == 0:
            break

    assert ended == 0
    assert kills > 5
    assert asked > 0
    assert sorted(ROOMS) == sorted(one.room for one in chat.messages())
    assert git(site, "log", "--format=%s", "gh-pages") == "contd 1.2.0"
