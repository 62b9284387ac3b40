"""A day of releases at a terminal of 80 columns and 24 rows: what a person sees at every second of it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from programs import needed
from syrupy.assertion import SnapshotAssertion
from tmux import Capture, Tmux

from contd_release.process.hints import TYPED
from contd_release.rehearse import bystander
from contd_release.rehearse.rehearsal import Rehearsal, rehearsal_of
from contd_release.sandbox.world import World
from contd_release.tools import git as git_tool
from tests.conftest import git

EXAMPLE = Path(__file__).parents[2] / "examples" / "contd"
CLOCK = re.compile(r"^  contd 0\.2\.\d .* (\d+) s$", re.MULTILINE)
LOOKS_A_SECOND = 5
# The rest of the line at the point of no return, which is as long as the terminal is wide.
LINE = re.compile(r"(point of no return )─+")


@dataclass(frozen=True)
class Day:
    """A clone of the example, a world that it releases into, and a terminal in it."""

    rehearsal: Rehearsal
    world: World
    tmux: Tmux

    def screen(self, found: Capture) -> str:
        """The screen without what differs from run to run."""
        text = found.text.replace(self.world.registry, "HOST").replace(str(self.rehearsal.clone), "CLONE")
        text = re.sub(r"\b[0-9a-f]{12,64}\b", "DIGEST", text)
        text = re.sub(r"\s*\b\d+(\.\d)? s\b", " N s", text)
        text = re.sub(r"\s+\d+ steps? (done|to come)", r" N steps \1", text)
        return re.sub(r"\d{4}-\d\d-\d\dT[\d:]+(\+00:00)?", "TIME", text)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """The example as a repository, with all its channels and no network: its builds are not isolated."""
    needed("tmux")
    needed("buildah")
    source = tmp_path / "contd"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist"))
    settings = (source / "pyproject.toml").read_text(encoding="utf-8")
    quick = settings.replace('repository = "pypi"\n', 'repository = "pypi"\nisolated = false\n')
    (source / "pyproject.toml").write_text(quick, encoding="utf-8")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "Begin")):
        git(source, *words)
    git(source, "remote", "add", "origin", "https://github.com/contd/contd.git")
    rehearsal = replace(rehearsal_of(git_tool.clone(source)), directory=tmp_path / "r")
    rehearsal.prepare()
    with World(rehearsal.directory / "world") as world, bystander.busy(rehearsal, world):
        rehearsal.be_green(world)
        mine = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "LANG": "C.UTF-8"}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {**rehearsal.environment(world), **mine, "PATH": path, "PIP_NO_INDEX": "1"}
        del env[TYPED]
        tmux = Tmux(tmp_path, env)
        tmux.start(rehearsal.clone)
        try:
            yield Day(rehearsal, world, tmux)
        finally:
            tmux.stop()


def shows_what_runs(looks: Sequence[Capture]) -> None:
    """
    Every second has a running step, from the first one to the question or the prompt, and its seconds go on.

    A look may meet a screen that is half drawn, or the moment between two steps; five in a row are a second.
    """
    walked = [one for one in looks if CLOCK.search(one.text)]
    assert walked
    unseen = 0
    for one in walked[:-1]:
        is_over = re.search(r"^public already|^contd .* is ", one.text, re.MULTILINE)
        unseen = 0 if one.running or is_over else unseen + 1
        assert unseen < LOOKS_A_SECOND, one.text
    counted = [int(CLOCK.findall(one.text)[-1]) for one in walked]
    assert counted == sorted(counted)
    passed = walked[-1].at - walked[0].at
    assert abs(counted[-1] - counted[0] - passed) < 3, (counted, passed)


def answered(day: Day, answer: str) -> str:
    """The screen with the question, which is answered."""
    looks = day.tmux.until(lambda one: "[y/N]" in one.text)
    shows_what_runs(looks)
    day.tmux.type(answer)
    return after(day.screen(looks[-1]), "\n  commit")


def after(screen: str, text: str) -> str:
    """What the screen shows below a text, where nothing has scrolled away yet."""
    assert text in screen
    return screen.partition(text)[2]


def words(screen: str) -> str:
    """The words of a screen, one a line, wherever the terminal has wrapped them."""
    return "\n".join(screen.split())


def ended(day: Day) -> str:
    """The screen when the prompt is back."""
    looks = day.tmux.until(lambda one: one.is_prompt)
    shows_what_runs(looks)
    return day.screen(looks[-1])


def commit_fix(day: Day) -> None:
    """What a person does in the worktree of the hotfix."""
    (tree,) = day.rehearsal.directory.glob("clone-hotfix*")
    (tree / "fixed.txt").write_text("fixed\n", encoding="utf-8")
    (tree / "newsfragments" / "+fixed.bugfix.md").write_text("A lost line is found.\n", encoding="utf-8")
    for words in (("add", "-A"), ("commit", "-qm", "Fix it"), ("push", "-q")):
        git(tree, *words)
    day.rehearsal.be_green(day.world, git(tree, "rev-parse", "HEAD"))


@pytest.mark.slow(minutes=2)
@pytest.mark.integration
def test_a_day_of_releases(day: Day, snapshot: SnapshotAssertion) -> None:
    """Release, Ctrl-C, continue, hotfix, rollback: the running step is on the screen at every second."""
    tmux = day.tmux
    tmux.type("clear; invoke release --part minor")
    shows_what_runs(tmux.until(lambda one: "1 wheel are built" in "".join(one.running)))
    tmux.press("C-c")
    interrupted = ended(day)
    assert "✗ contd-0.2.0.tar.gz and 1 wheel are bu… interrupted" in interrupted
    assert snapshot(name="interrupted") == after(interrupted, "to come\n\n")

    tmux.type("clear; invoke release")
    assert snapshot(name="release, asked") == answered(day, "y")
    assert snapshot(name="released") == after(ended(day), "[y/N] y\n")

    tmux.type("clear; invoke hotfix.start --of 0.2.0")
    assert "then: invoke hotfix.finish" in tmux.until(lambda one: one.is_prompt)[-1].text
    commit_fix(day)
    tmux.resize(80, 45)
    tmux.type("clear; invoke hotfix.finish")
    shows_what_runs(tmux.until(lambda one: "passes tests" in "".join(one.running)))
    tmux.resize(120, 120)
    # When the program hears that the terminal is wider is up to tmux, and late on a busy machine.
    assert snapshot(name="hotfix, asked") == words(answered(day, "y"))
    assert snapshot(name="hotfix, released") == LINE.sub(r"\1", after(ended(day), "[y/N] y\n"))

    tmux.resize(80, 24)
    tmux.type('clear; invoke rollback --version 0.2.1 --reason "It loses lines."')
    # Until the screen is cleared it may show the question of the hotfix.
    asked = tmux.until(lambda one: "[y/N]" in one.text and "\nchart\n" in one.text)[-1]
    assert snapshot(name="rollback, asked") == after(day.screen(asked), "\nchart\n")
    tmux.type("y")
    assert snapshot(name="withdrawn") == after(ended(day), "[y/N] y\n")
