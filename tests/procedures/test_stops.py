"""Releases that stop on the way: what is told, what is public, and how they go on or are put back."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from syrupy.assertion import SnapshotAssertion

from contd_release.rehearse.running import descendants
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place, Said

MINOR = ("release", "--part", "minor")
SLOW_PROOF = 'proof = ["python -m contd.wait"]'
# It waits for a file in the home, so that a test decides when the proof ends.
WAIT = """
import os, pathlib, subprocess, sys, time
ready = pathlib.Path(os.environ["HOME"], "ready")
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "a child of the proof"])
pathlib.Path(os.environ["HOME"], "began").write_text(f"{os.getpid()} {child.pid}")
while not ready.exists():
    time.sleep(0.05)
child.terminate()
"""


def told(place: Place, said: Said) -> str:
    """The exit code, what is public, and the message, without what differs from run to run."""
    public = [line for line in said.out.splitlines() if line.startswith("public already")]
    text = "\n".join((f"exit code {said.code}", *public, said.err.strip())).replace(str(place.directory), "PLACE")
    text = re.sub(r"127\.0\.0\.1:\d+", "HOST", text)
    text = re.sub(r"v0\.2\.0|[\w-]+-[0-9a-f]{12}(?=/)", lambda one: one[0] if one[0][0] == "v" else "CACHE", text)
    return re.sub(r"\b[0-9a-f]{12,64}\b", "HASH", re.sub(r"\S*/bin/python\S*", "python", text))


def put_back(place: Place, world: World, before: dict[str, str]) -> None:
    """Abort, and see that the remote, the index and this machine are as they were."""
    said = place.say("abort")
    assert said.code == 0, said.text
    assert before == remotes.refs(place.remote)
    assert dict(world.ledger.effects()) == {}
    assert len(place.git("worktree", "list").splitlines()) == 1
    assert place.git("tag", "--list") == ""
    assert [path for path in place.cache.rglob("v0.2.0*") if path.is_dir()] == []
    assert not (place.state / "v0.2.0").exists()
    assert "nothing is under way; 0.2.0 aborted at" in place.say("status").out


@pytest.mark.slow
def test_a_proof_that_fails(release: Place, world: World, snapshot: SnapshotAssertion) -> None:
    """The session, its log and what to run are named, and nothing is public; abort puts everything back."""
    release.replace("pyproject.toml", '"python -c pass"', "'python -c \"raise SystemExit(3)\"'")
    release.publish()
    before, mine = remotes.refs(release.remote), release.mine()
    said = release.say(*MINOR, "--yes")
    assert snapshot == told(release, said)
    log = re.search(r"the log is (.*)", said.err)
    assert log
    assert Path(log[1]).is_file()
    assert before == remotes.refs(release.remote)
    put_back(release, world, before)
    assert mine == release.mine()


def test_nobody_is_there_to_review(release: Place, world: World, snapshot: SnapshotAssertion) -> None:
    """Without a terminal and without --yes the release stops before the line, says so, and can be put back."""
    before, mine = remotes.refs(release.remote), release.mine()
    said = release.say(*MINOR)
    assert snapshot == told(release, said)
    dist = release.state / "v0.2.0/dist"
    for line in (dist / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        assert line in said.out
    assert {"refs/heads/main", "refs/heads/release/v0.2.0"} == remotes.refs(release.remote).keys()
    put_back(release, world, before)
    assert mine == release.mine()


def test_an_artifact_that_is_not_what_was_sealed(release: Place, world: World, snapshot: SnapshotAssertion) -> None:
    """R5: nothing is uploaded, tagged or pushed, and nothing is built again; it can be put back all the same."""
    before = remotes.refs(release.remote)
    assert release.say("build", "--part", "minor").code == 0
    wheel = release.state / "v0.2.0/dist/contd-0.2.0-py3-none-any.whl"
    sealed = wheel.read_bytes()
    wheel.unlink()
    assert snapshot(name="missing") == told(release, release.say("release", "--yes"))
    (wheel.parent / "elsewhere").write_bytes(sealed)
    wheel.symlink_to("elsewhere")
    assert snapshot(name="a link") == told(release, release.say("release", "--yes"))
    wheel.unlink()
    wheel.write_bytes(sealed[:-1] + b"!")
    assert snapshot(name="other bytes") == told(release, release.say("release", "--yes"))
    assert before == remotes.refs(release.remote)
    assert dict(world.ledger.effects()) == {}
    put_back(release, world, before)


@pytest.mark.slow
def test_by_hand(release: Place, world: World) -> None:
    """bump, build, publish and verify walk up to their own ends, and `release` ends what they began."""
    assert release.run("bump", "--part", "minor").code == 0
    assert not (release.state / "v0.2.0/dist").exists()
    assert release.run("build").code == 0
    built = {path.name: path.stat().st_mtime_ns for path in (release.state / "v0.2.0/dist").iterdir()}
    assert {"artifacts.json", "SHA256SUMS", "contd-0.2.0.tar.gz", "contd-0.2.0-py3-none-any.whl"} == built.keys()
    assert {"refs/heads/main"} == remotes.refs(release.remote).keys()
    assert release.run("publish").code == 8
    assert release.run("verify").code == 2
    assert release.run("publish", "--yes").code == 0
    assert len(world.ledger.effects()) == 2
    assert "past the point of no return" in release.run("abort").err
    assert release.run("verify").code == 0
    states = {
        one["step"]: one["state"]
        for line in release.run("status", "--json").out.splitlines()
        if (one := json.loads(line))["event"] == "seen"
    }
    assert {"done": len(states) - 1, "absent": 1} == {
        state: list(states.values()).count(state) for state in states.values()
    }
    assert states["main has the release commit, or a pull request for it"] == "absent"
    assert release.run("release").code == 0
    assert built == {path.name: path.stat().st_mtime_ns for path in (release.state / "v0.2.0/dist").iterdir()}


def test_a_person_at_a_terminal(release: Place, world: World) -> None:
    """A no stops before the line; a yes the next time is asked for again, and goes on."""
    code, screen = at_a_terminal(release, MINOR, "n")
    assert code == 8
    assert "contd 0.2.0 was not approved" in screen
    assert dict(world.ledger.effects()) == {}
    code, screen = at_a_terminal(release, ("release",), "y")
    assert code == 0, screen
    notes = release.git("show", "v0.2.0:changelog.d/0.2.0.md").splitlines()
    assert "these notes will be published:\n" + "".join(
        f"  | {line}".rstrip() + "\n" for line in notes
    ) in screen.replace("\r", "")
    assert "point of no return" in screen
    assert "contd 0.2.0 is out." in screen
    assert len(world.ledger.effects()) == 2


def at_a_terminal(place: Place, words: tuple[str, ...], answer: str) -> tuple[int, str]:
    """Run the product on a terminal of its own, and answer its question."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        place.argv(*words),
        cwd=place.clone,
        env=place.environment({"TERM": "xterm", "COLUMNS": "120", "LINES": "60"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    screen = ""
    for piece in pieces(ours):
        screen += piece
        if answer and "[y/N]" in screen:
            os.write(ours, f"{answer}\n".encode())
            answer = ""
    os.close(ours)
    return process.wait(30), screen


def pieces(terminal: int, patience: float = 60) -> Iterator[str]:
    """What appears on a terminal until the program has gone."""
    while select.select([terminal], [], [], patience)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            return
        if not piece:
            return
        yield piece.decode(errors="replace")


def test_ctrl_c(release: Place, world: World) -> None:
    """Ctrl-C ends every process that the release started; the same command again goes on."""
    release.write("contd/wait.py", WAIT)
    release.replace("pyproject.toml", 'proof = ["python -c pass"]', SLOW_PROOF)
    release.publish()
    process = release.start(*MINOR, "--yes")
    began = release.directory / "home/began"
    wait_for(began)
    pids = [int(pid) for pid in began.read_text(encoding="utf-8").split()]
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130, out
    assert "interrupted" in out
    assert "type:     contd-release release --part minor --yes   (it continues where it stopped)" in out
    assert [pid for pid in pids if is_running(pid)] == []
    (release.directory / "home/ready").touch()
    said = release.say("release", "--yes")
    assert said.code == 0, said.text
    assert len(world.ledger.effects()) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "what"),
    [
        pytest.param("SIGINT", "interrupted", marks=pytest.mark.slow),
        ("SIGTERM", "stopped by SIGTERM"),
        pytest.param("SIGHUP", "stopped by SIGHUP", marks=pytest.mark.slow),
    ],
)
def test_what_is_public_is_said_however_it_is_stopped(release: Place, world: World, how: str, what: str) -> None:
    """After the tag and the wheel, each is named; the file that was on its way may be public, and that is said."""
    world.faults.order("UPLOAD /legacy/ 2- slow=30")
    process = release.start(*MINOR, "--yes")
    end = time.monotonic() + 60
    while sum(one.method == "POST" for one in world.ledger.requests()) < 3 and time.monotonic() < end:
        time.sleep(0.1)
    children = [child for child in descendants(process.pid) if is_running(child)]
    os.kill(process.pid, getattr(signal, how))
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130, out
    index = world.upload_url
    assert (
        f"\npublic already: v0.2.0 and release/v0.2.0 are on origin; contd-0.2.0-py3-none-any.whl is on {index}\n"
        f"perhaps public: contd-0.2.0.tar.gz is on {index}   (type: invoke status)\n"
    ) in out
    assert f"\n{what}\n" in out
    assert children
    assert [child for child in children if is_running(child)] == []
    world.faults.clear()
    said = release.say("release", "--yes")
    assert said.code == 0, said.text
    assert {1} == set(world.ledger.effects().values())


@pytest.mark.slow
def test_what_is_public_is_not_known_before_it_was_looked_at(release: Place, world: World) -> None:
    """A release that continues and cannot ask the index does not say that nothing is public there."""
    assert release.say(*MINOR).code == 8
    world.faults.order("GET /simple/* every 503")
    said = release.say("release", "--yes")
    assert said.code == 4, said.text
    index = world.upload_url
    assert f"\npublic already: nothing\nperhaps public: contd-0.2.0-py3-none-any.whl is on {index}; " in said.out


def test_an_ignored_signal_stays_ignored(release: Place) -> None:
    """`nohup` keeps a release alive when its terminal is closed."""
    code = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    process = subprocess.Popen(
        (sys.executable, "-c", code, *release.argv(*MINOR, "--yes")),
        cwd=release.clone,
        env=release.environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    os.kill(process.pid, signal.SIGHUP)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out


def wait_for(path: Path, patience: float = 60) -> None:
    """Wait until a file is there and has something in it."""
    end = time.monotonic() + patience
    while not (path.exists() and path.stat().st_size):
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether a process lives; one that has ended and was not waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
