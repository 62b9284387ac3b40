"""A plan is the checklist, not run: every command is printed, and nothing changes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from syrupy.assertion import SnapshotAssertion

import contd_release
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--part", "minor"),
        ("release", "--part", "minor", "--dry-run", "--yes"),
        ("--dry", "release", "--part", "minor"),
        ("check", "--part", "minor"),
    ],
    ids=" ".join,
)
def test_nothing_changes(release: Place, world: World, words: tuple[str, ...]) -> None:
    """Not a file, not a ref, not a journal, nothing in a cache, nothing in the world."""
    before = release.everything()
    said = release.say(*words)
    assert said.code == 0, said.text
    assert before == release.everything()
    assert dict(world.ledger.effects()) == {}


def test_invoke_itself(release: Place) -> None:
    """`invoke --dry release` in the repository, by its own tasks.py, is the same plan."""
    before = release.everything()
    argv = (sys.executable, "-m", "invoke", "--dry", "release", "--part", "minor")
    env = release.environment({"PYTHONDONTWRITEBYTECODE": "1"})
    done = subprocess.run(argv, cwd=release.clone, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert before == release.everything()
    assert release.say("plan", "--part", "minor").out == done.stdout


def test_every_step_and_every_command_is_told(release: Place, snapshot: SnapshotAssertion) -> None:
    """What is printed is what is run: both come from one argv."""
    out = release.say("plan", "--part", "minor").out.replace(str(release.directory), "PLACE")
    out = out.replace(str(Path(contd_release.__file__).parent), "LIBRARY")
    out = re.sub(r"127\.0\.0\.1:\d+", "HOST", out.replace(sys.executable, "python"))
    out = re.sub(r"(?<=contd-)[0-9a-f]{12}(?=/)", "CLONE", out)
    out = re.sub(r"(bump-my-version|towncrier|build|twine|nox|Python) \d[\d.]+", r"\1 VERSION", out)
    assert snapshot == re.sub(r"\b[0-9a-f]{12,64}\b", "HASH", out)


def test_a_step_of_which_nothing_is_known(release: Place) -> None:
    """What was expected stands below its step, and all of it is told once more at the end."""
    nowhere = release.directory / "nowhere.toml"
    nowhere.write_text('[pypi]\nindex = "http://127.0.0.1:1/"\nrepository = "http://127.0.0.1:1/"\n', encoding="utf-8")
    said = release.say("plan", "--part", "minor", env={"CONTD_RELEASE_CONFIG": str(nowhere)})
    assert said.code == 4
    refused = "http://127.0.0.1:1: ConnectionError: Connection refused"
    told = refused + "\n{0}expected: an answer\n{0}type:     contd-release plan --part minor   (when"
    assert told.format(" " * 6) in said.out
    assert told.format(" " * 2) in said.err


def test_a_plan_for_machines(release: Place) -> None:
    """One JSON object a step, with its state and, unless it is done, what would be run."""
    said = release.say("plan", "--part", "minor", "--json")
    told = [json.loads(line) for line in said.out.splitlines()]
    steps = {one["step"]: one for one in told if one["event"] == "seen"}
    assert steps["git knows who releases"]["state"] == "done"
    tagged = steps["v0.2.0 is tagged"]
    assert tagged["state"] == "absent"
    assert [action for action in tagged["actions"] if "git tag -a v0.2.0 -m 'Release v0.2.0' COMMIT" in action]
    assert not [one for one in told if release.env["TWINE_PASSWORD"] in json.dumps(one)]
