"""A release that is killed anywhere, what else may happen to it, and what the world has before and after an abort."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from released import NAME, Lab

from contd_release.records import lock
from contd_release.records.entries import Ended
from contd_release.records.journal import Journal
from contd_release.sandbox import remotes
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Asset, Release
from contd_release.sandbox.world import World
from tests.conftest import Place, Said

TAG, BRANCH = "refs/tags/v0.2.0", "refs/heads/release/v0.2.0"
State: TypeAlias = dict[str, str]


@dataclass
class Room:
    """Everything there is, in one folder: the world, the clone, the home; it can be kept and brought back."""

    folder: Path
    kept: Path
    clone: str = "clone"
    home: str = "home"

    @contextmanager
    def lab(self) -> Iterator[Lab]:
        """The world while it runs."""
        with World(self.folder / "world") as world:
            yield Lab(self.folder, world)

    def keep(self) -> None:
        """Remember everything as it is now, once no command of a killed walk runs any more."""
        with lock.held(self.folder / self.clone / ".git/contd-release/lock"):
            shutil.rmtree(self.kept, ignore_errors=True)
            shutil.copytree(self.folder, self.kept, symlinks=True)

    def bring_back(self) -> None:
        """Let everything be as it was."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder, symlinks=True)
        self.clone, self.home = "clone", "home"

    def say(self, lab: Lab, *words: str) -> Said:
        """Run the product in this very process."""
        home = self.folder / self.home
        env = lab.environment("here") | {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
        return Place(self.folder, self.folder / self.clone, lab.remote, env).say(*words)


def state(lab: Lab) -> State:
    """Every ref of the remote, every file of the index, every manifest and tag of the registry, every release."""
    world, place = lab.world.directory, lab.world.part(Forge).place(NAME)
    found = dict(remotes.refs(lab.remote))
    for kind in ("_manifests", "_tags"):
        found |= {str(path): path.read_text("utf-8") for path in sorted(world.glob(f"registry/**/{kind}/*"))}
    found |= {str(path): "a file" for path in sorted(world.glob("index/records/*.json"))}
    for one in place.shelf(Release):
        found[f"release {one.id}"] = f"{one.tag_name} {'draft' if one.draft else 'public'} {one.body}"
    return found | {f"asset {one.id}": one.name for one in place.shelf(Asset)}


def killed_at_something_new(lab: Lab, known: set[str], is_wanted: Callable[[str], bool]) -> str | None:
    """Release until something wanted happens that was not known, and kill there; what it was, or nothing at the end."""
    if any(Journal(lab.clone / ".git" / "contd-release" / "journal.jsonl").entries(Ended)):
        # The last step was over, and the release with it, before the kill came.
        return None
    begun = () if known else ("--part", "minor")
    process = lab.start("release", *begun, "--yes", "--json", publisher="here")
    acted, said = set[str](), list[str]()
    with process:
        assert process.stdout
        for line in process.stdout:
            said.append(line)
            event = json.loads(line) if line.startswith("{") else {"event": ""}
            acted |= {event["step"]} if event["event"] == "acting" else set()
            if event["event"] != "acting" and not (event["event"] == "done" and event["step"] in acted):
                continue
            what = f"{event['event']} {event['step']}"
            if what not in known and is_wanted(what):
                os.kill(process.pid, signal.SIGKILL)
                return what
    assert process.returncode == 0, "".join(said)
    return None


@dataclass(frozen=True)
class Interference:
    """
    Something that happens between a kill and an abort.

    Args:
        is_foreign: whether it leaves something in the world that this release did not make.
    """

    name: str
    happen: Callable[[Room, Lab], None]
    is_foreign: bool = False


def _tag_moved(_: Room, lab: Lab) -> None:
    lab.git(lab.remote, "tag", "--force", "--annotate", "-m", "Not this", "v0.2.0", "main~0")


def _branch_moved(_: Room, lab: Lab) -> None:
    tree = lab.git(lab.remote, "rev-parse", "main^{tree}")
    other = lab.git(lab.remote, "commit-tree", "-p", "main", "-m", "Not this", tree)
    lab.git(lab.remote, "update-ref", BRANCH, other)


def _draft_edited(_: Room, lab: Lab) -> None:
    shelf = lab.world.part(Forge).place(NAME).shelf(Release)
    for one in shelf:
        shelf.put(replace(one, body="Other words.\n"))


def _cache_lost(room: Room, _: Lab) -> None:
    shutil.rmtree(room.folder / room.home / ".cache", ignore_errors=True)


def _objects_lost(room: Room, lab: Lab) -> None:
    _cache_lost(room, lab)
    clone = room.folder / room.clone
    for ref in lab.git(clone, "for-each-ref", "--format=%(refname)", "refs/remotes").splitlines():
        if "release/" in ref:
            lab.git(clone, "update-ref", "-d", ref)
    lab.git(clone, "worktree", "prune")
    lab.git(clone, "reflog", "expire", "--expire=now", "--all")
    lab.git(clone, "gc", "--quiet", "--prune=now")


def _home_changed(room: Room, _: Lab) -> None:
    room.home = "another-home"


def _clone_moved(room: Room, _: Lab) -> None:
    (room.folder / room.clone).rename(room.folder / "moved")
    room.clone = "moved"


def _tag_lost_here(room: Room, lab: Lab) -> None:
    if lab.git(room.folder / room.clone, "tag", "--list", "v0.2.0"):
        lab.git(room.folder / room.clone, "tag", "--delete", "v0.2.0")


def _seal_lost(room: Room, _: Lab) -> None:
    (room.folder / room.clone / ".git/contd-release/v0.2.0/dist/artifacts.json").unlink(missing_ok=True)


def _image_broken(room: Room, _: Lab) -> None:
    for path in (room.folder / room.clone / ".git/contd-release/v0.2.0/dist").glob("*-image.tar"):
        path.write_bytes(path.read_bytes()[:1000])


BENIGN: Final = (
    Interference("nothing", lambda *_: None),
    Interference("the cache is lost", _cache_lost),
    Interference("the cache and the objects are lost", _objects_lost),
    Interference("HOME is another", _home_changed),
    Interference("the clone is moved", _clone_moved),
)
FOREIGN: Final = (
    Interference("the tag is moved", _tag_moved, is_foreign=True),
    Interference("the branch is moved", _branch_moved, is_foreign=True),
    Interference("the draft is edited", _draft_edited, is_foreign=True),
    Interference("the tag is lost here", _tag_lost_here),
    Interference("the seal is lost", _seal_lost, is_foreign=True),
    Interference("the image is broken", _image_broken, is_foreign=True),
)


@dataclass
class Count:
    """How many aborts were made, and how they ended."""

    points: int = 0
    aborts: int = 0
    as_it_was: int = 0
    refused: int = 0
    told: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.aborts} aborts at {self.points} points: {self.as_it_was} as it was, {self.refused} refused, "
            f"{self.told} said what is left"
        )
