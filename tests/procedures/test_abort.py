"""`invoke abort`: what it puts back, what it refuses, and what it says is left."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.records import journal
from contd_release.records.entries import CheckedOut
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place

AS_IT_WAS = "contd 0.2.0 is aborted; everything is as it was before it began"
LEFT = "contd 0.2.0 is aborted; left as it is, since it is not of this release or cannot be removed:\n"
TAG, BRANCH = "refs/tags/v0.2.0", "refs/heads/release/v0.2.0"


def killed(place: Place, step: str) -> None:
    """Release until this step is done, and kill there."""
    with place.start("release", "--part", "minor", "--yes", "--json") as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line) if line.startswith("{") else {}
            if (event.get("event"), event.get("step", "")[: len(step)]) == ("done", step):
                os.killpg(process.pid, signal.SIGKILL)
                return
    pytest.fail(f"{step} did not come")


def move(place: Place, ref: str) -> str:
    """Let somebody else put a commit of their own under this name, by force."""
    other = place.git("commit-tree", "-m", "Not this", "main^{tree}")
    place.git("push", "-q", "--force", str(place.remote), f"{other}:{ref}")
    return other


def test_an_aborted_release_leaves_nothing(release: Place, world: World) -> None:
    """After a build the remote, the clone and the cache are as they were, and another release can begin."""
    before = remotes.refs(release.remote)
    with release.untouched():
        assert release.say("build", "--part", "minor").code == 0
        said = release.say("abort")
    assert said.code == 0, said.text
    assert remotes.refs(release.remote) == before
    assert not list(release.cache.glob("contd-release/contd-*/v0.2.0*"))
    assert release.say("check", "--part", "minor").code == 0


def test_nothing_to_abort(release: Place) -> None:
    """No release is in progress, and the message says what to type."""
    said = release.say("abort")
    assert said.code == 2
    assert "type:     invoke status" in said.err


@pytest.mark.slow
def test_what_is_public_is_not_denied_when_somebody_moves_the_tag(release: Place, world: World) -> None:
    """Killed when the sdist is on the index; another tag v0.2.0 is forced: nothing is undone, and that is said."""
    killed(release, "contd-0.2.0.tar.gz is on")
    other = move(release, TAG)
    before, files = remotes.refs(release.remote), world.ledger.effects()
    said = release.say("abort")
    assert said.code == 3
    assert f"past the point of no return: the tag v0.2.0 is on origin already, on {other[:12]}" in said.err
    assert "invoke rollback --version" in said.err
    assert (before, files) == (remotes.refs(release.remote), world.ledger.effects())
    assert (release.state / "v0.2.0/dist/artifacts.json").is_file()

    said = release.say("rollback", "--version", "0.2.0", "--reason", "Somebody moved its tag.", "--yes", "--wait", "1")
    assert "contd 0.2.0 is to be withdrawn" in said.out, said.text


@pytest.mark.slow
def test_a_place_that_does_not_answer_refuses(release: Place, world: World) -> None:
    """The tag is somebody else's, and the index is down: what is there is not known, and nothing is undone."""
    killed(release, "release/v0.2.0 is on origin")
    move(release, TAG)
    before = remotes.refs(release.remote)
    world.faults.order("GET /simple/* every 503")
    said = release.say("abort")
    assert said.code == 4
    assert before == remotes.refs(release.remote)
    world.faults.clear()
    said = release.say("abort")
    assert said.code == 0, said.text
    assert f"{LEFT}  - the tag v0.2.0 is on origin already" in said.out
    assert BRANCH not in remotes.refs(release.remote)


def test_a_branch_that_somebody_moved_is_left_and_said(release: Place) -> None:
    """A branch under our name that is at another commit now is not deleted, and not passed over in silence."""
    killed(release, "release/v0.2.0 is on origin")
    other = move(release, BRANCH)
    said = release.say("abort")
    assert said.code == 0, said.text
    assert LEFT in said.out
    assert f"\n  - release/v0.2.0 is on origin already, at {other[:12]}; ours is " in said.out
    assert other == remotes.refs(release.remote)[BRANCH]


def lose_cache(place: Place) -> Place:
    """The folder of the caches is emptied."""
    shutil.rmtree(place.cache)
    return place


def change_home(place: Place) -> Place:
    """The same clone, from another home with a cache of its own."""
    home = place.directory / "another"
    return replace(place, env=place.env | {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")})


def move_clone(place: Place) -> Place:
    """The clone is somewhere else."""
    place.clone.rename(place.directory / "moved")
    return replace(place, clone=place.directory / "moved")


def copy_clone(place: Place) -> Place:
    """A copy of the clone goes on; the clone that it was copied from is there as well."""
    shutil.copytree(place.clone, place.directory / "copied", symlinks=True)
    return replace(place, clone=place.directory / "copied")


@pytest.mark.slow
@pytest.mark.parametrize("change", [lose_cache, change_home, move_clone])
@pytest.mark.parametrize("step", ["release/v0.2.0 is on origin", "a person approves"])
def test_put_back_wherever_the_cache_and_the_clone_are(
    release: Place, world: World, change: Callable[[Place], Place], step: str
) -> None:
    """Before the line everything is put back: the branch on the remote, the checkouts, what git knows of them."""
    before = remotes.refs(release.remote)
    killed(release, step)
    place = change(release)
    said = place.say("abort")
    assert (said.code, said.out.strip().splitlines()[-1]) == (0, AS_IT_WAS), said.text
    assert before == remotes.refs(release.remote)
    assert dict(world.ledger.effects()) == {}
    assert len(place.git("worktree", "list").splitlines()) == 1
    assert [*release.directory.rglob("v0.2.0*")] == []
    assert place.say("plan", "--part", "minor").code == 0


@pytest.mark.slow
@pytest.mark.parametrize("change", [lose_cache, change_home, move_clone])
@pytest.mark.parametrize(
    "step", ['"Release 0.2.0" is committed', "release/v0.2.0 is on origin", "v0.2.0 and release/v0.2.0 are on origin"]
)
def test_continued_wherever_the_cache_and_the_clone_are(
    release: Place, world: World, change: Callable[[Place], Place], step: str
) -> None:
    """The commit is the one that was made, and everything is published once."""
    killed(release, step)
    place = change(release)
    said = place.say("release", "--yes")
    assert said.code == 0, said.text
    assert {1} == set(world.ledger.effects().values())
    assert len(world.ledger.effects()) == 2
    refs = remotes.refs(release.remote)
    assert {TAG, BRANCH, "refs/heads/main"} == refs.keys()
    assert refs[BRANCH] == refs["refs/heads/main"] == place.git("rev-parse", "v0.2.0^{commit}")


def test_a_copied_clone_has_checkouts_of_its_own(release: Place, beginning: Beginning) -> None:
    """Two clones with the same journal do not share a worktree, and an abort in one leaves that of the other."""
    killed(release, '"Release 0.2.0" is committed')
    copied = copy_clone(release)
    tree = beginning("").tree
    assert tree.is_dir()
    assert copied.say("abort").code == 0
    assert tree.is_dir()


@pytest.mark.slow
def test_the_folder_of_the_checkouts_is_noted(release: Place, beginning: Beginning, tmp_path: Path) -> None:
    """Where a release continues from another folder, that is noted as well, and an abort cleans both."""
    killed(release, '"Release 0.2.0" is committed')
    entries = journal.of(beginning("").project)
    first = entries.latest(CheckedOut, "0.2.0")
    assert first
    shutil.rmtree(first.folder)
    assert change_home(release).say("build").code == 0
    second = entries.latest(CheckedOut, "0.2.0")
    assert second
    assert second.folder.startswith(str(release.directory / "another"))
    (Path(first.folder) / "v0.2.0-pypi").mkdir(parents=True)
    assert AS_IT_WAS in release.say("abort").out
    assert [[*Path(one.folder).glob("v0.2.0*")] for one in (first, second)] == [[], []]


def test_what_cannot_be_removed_is_said(release: Place, beginning: Beginning, tmp_path: Path) -> None:
    """A link where a checkout would be is not followed, and the last words name it."""
    killed(release, '"Release 0.2.0" is committed')
    link = beginning("").source("elsewhere")
    (tmp_path / "mine").mkdir()
    link.symlink_to(tmp_path / "mine")
    said = release.say("abort")
    assert f"{LEFT}  - {link} could not be removed" in said.out
    assert (tmp_path / "mine").is_dir()
