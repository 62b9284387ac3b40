"""A plug-in is a whole channel in a rollback, `verify`, the report and a rehearsal, or it is refused."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import plugin
import pytest
from packaging.version import Version

from contd_release.channels import base, registry
from contd_release.channels.plugin import HOOKS
from contd_release.channels.readings import Verdict
from contd_release.channels.withdrawal import Rollback
from contd_release.engine.checklist import Checklist
from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.procedures.rollback import checklist as rolling
from contd_release.procedures.rollback import rollback
from contd_release.procedures.rollback import tag as tags
from contd_release.procedures.rollback.rollback import RollbackRequest
from contd_release.process.action import Running
from contd_release.process.redaction import Redactor
from contd_release.project import artifacts, project
from contd_release.project.artifacts import Sealed
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.rehearse.end_state import published
from contd_release.report import gather
from contd_release.report.gather import Public
from contd_release.sandbox.pointers import Pointers
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
SDIST = "contd-1.2.0.tar.gz"
Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a package with a module that is a channel."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def install(name: str, code: str) -> None:
        plugin.install(site, name, code)
        monkeypatch.delitem(sys.modules, f"contd_{name}", raising=False)

    return install


@pytest.fixture
def shelf(install: Install, tmp_path: Path) -> Path:
    """The folder of the channel that CONTRIBUTING shows, with the channel installed."""
    install("shelf", re.findall(r"```python\n(.*?)```", CONTRIBUTING.read_text(encoding="utf-8"), re.DOTALL)[0])
    (tmp_path / "shelf").mkdir()
    return tmp_path / "shelf"


def read(root: Path, state: Path, tables: str) -> Project:
    """A project with these tables."""
    return project.read(root, state, {"pyproject.toml": f'[project]\nname = "contd"\n{tables}'}.get)


@pytest.fixture
def release(shelf: Path, place: Place) -> Release:
    """A release of a real clone, built and sealed, of a project that keeps a shelf."""
    found = read(place.clone, place.state, f'[tool.contd-release.channels.shelf]\nfolder = "{shelf}"\n')
    release = Release(found, Version("1.2.0"), Version("0.1.0"), place.git("rev-parse", "HEAD"), 1_800_000_000)
    release.dist.mkdir(parents=True)
    (release.dist / SDIST).write_bytes(b"sdist")
    built = (artifacts.measured(release.dist / SDIST, "sdist"),)
    artifacts.seal(release.dist, Sealed("contd", "1.2.0", release.base, release.epoch, built))
    return release


def walk(release: Release, name: registry.Section) -> None:
    """Walk one section of all channels."""
    for items in registry.section(name, release):
        Checklist(items).walk(lambda _: None, Running(release.home / "log"))


def test_a_rollback_takes_the_file_away(release: Release, shelf: Path) -> None:
    """The table, the checklist and the guard of the tag know the published file, and that it is gone afterwards."""
    walk(release, "publish")
    rollback = Rollback(release, "it was bad")
    row = next(one for one in rolling.table(rollback) if one.place == "shelf")
    assert row.there == f"{shelf / SDIST} is ours"
    assert row.undone == f"{SDIST} is off the shelf"
    assert row.instead
    assert list(tags.pointing(release)) == ["shelf"]

    (step,) = [step for _, step in rolling.checklist(rollback).steps() if step.title == f"{SDIST} is off the shelf"]
    Checklist((step,)).walk(lambda _: None, Running(release.home / "log"))
    assert list(shelf.iterdir()) == []
    assert list(tags.pointing(release)) == []
    assert next(one for one in rolling.table(rollback) if one.place == "shelf").there == "nothing of this version"


def test_no_answer_keeps_the_tag(release: Release, shelf: Path) -> None:
    """A tag is not deleted while a plug-in cannot say whether it has the version."""
    shelf.rmdir()
    with pytest.raises(Unanswered, match="shelf is not there"):
        list(tags.pointing(release))


def test_it_is_verified_and_reported(release: Release, shelf: Path) -> None:
    """`verify` compares what is there, the journal remembers it, and the report has the place."""
    walk(release, "publish")
    ((name, reading),) = registry.readings(release)
    assert (name, reading.look().verdict) == ("shelf", Verdict.SAME)
    walk(release, "verify")
    sealed = release.sealed()
    assert sealed
    assert journal.of(release.project).verified("1.2.0", "shelf", sealed.digest())
    names = tuple(registry.verified(release.project))
    (place,) = gather.story(release, Public(sealed, names), Redactor.of_environment()).places
    assert place.channel == "shelf"
    assert place.found


def test_another_file_is_not_verified(release: Release, shelf: Path) -> None:
    """Other bytes under our name stop the verification, and keep the tag."""
    (shelf / SDIST).write_bytes(b"other")
    with pytest.raises(base.Conflict, match="another file"):
        walk(release, "verify")
    assert list(tags.pointing(release)) == ["shelf"]


def test_a_rehearsal_points_it_at_the_world(release: Release, world: World) -> None:
    """The rehearsed release publishes into the world, and what is there is part of the end state."""
    pointers = Pointers(release.project, release.base)
    overlay = pointers.overlay(world)
    assert f'[channels."shelf"]\nfolder = "{world.directory}/channels/shelf"' in overlay
    (world.directory / "channels" / "shelf" / SDIST).write_bytes(b"sdist")
    assert published(world) == {f"shelf/{SDIST}": artifacts.sha256_of(release.dist / SDIST)[0]}


def test_a_rehearsal_leaves_out_what_it_cannot_point_elsewhere(install: Install, place: Place, world: World) -> None:
    """A plug-in without `rehearsed` is turned off in a rehearsal, which says so: nothing real is published."""
    install("mirror", "def is_on(project):\n    return True\n")
    pointers = Pointers(read(place.clone, place.state, ""), place.git("rev-parse", "HEAD"))
    assert [str(one) for one in pointers.skipped] == [
        "the channel mirror was not rehearsed: contd-mirror does not say how to point it at a sandbox; "
        "type: python -m pip install --upgrade contd-mirror"
    ]
    assert '\nchannels."mirror" = false\n' in pointers.overlay(world)
    off = read(place.clone, place.state, '[tool.contd-release]\nchannels."mirror" = false\n')
    assert list(registry.channels(off)) == []


def test_publish_without_withdraw(install: Install, place: Place) -> None:
    """A channel that withdraws nothing is shown as such, with what to do instead."""
    install(
        "mirror",
        "from contd_release.channels.base import Found, State, Step\n\n"
        "PLACE = 'the mirror'\n\n"
        "def is_on(project):\n    return True\n\n"
        "def publish(release):\n"
        "    return (Step('it is mirrored', lambda: Found(State.DONE, 'mirrored'), undo=None),)\n",
    )
    found = read(place.clone, place.state, "")
    release = Release(found, Version("1.2.0"), Version("0.1.0"), place.git("rev-parse", "HEAD"), 1)
    (mirror,) = registry.channels(found).values()
    (row,) = mirror.remains(Rollback(release, "it was bad"))
    assert (row.place, row.there, row.undone) == ("the mirror", "mirrored", "")
    assert row.cannot == "it stays: this channel withdraws nothing"
    assert row.instead == "take it away by hand; use 1.2.1"
    assert mirror.is_public(release)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def verfiy(release): ...", "has verfiy, which is no hook: verify is"),
        ("def withdrawn(rollback): ...", "has withdrawn, which is no hook: withdraw is"),
        ("def unpublish(release): ...", "has unpublish, which is no hook: publish is"),
        ("def mirrored(release): ...", "has mirrored(release), which is no hook"),
        ("def mirrored(it: 'Release'): ...", "has mirrored(it), which is no hook"),
        ("verifi = lambda release: ()", "has verifi, which is no hook: verify is"),
        ("from functools import partial\npublsh = partial(print)", "has publsh, which is no hook: publish is"),
        ("AFTRE = 'image'", "has AFTRE, which is no hook: AFTER is"),
        ("AFTER = 3", "has AFTER = 3"),
        ("verify = True", "has verify, which is no function of one argument"),
        ("def publish(): ...", "has publish, which is no function of one argument"),
        ("AFTER = 'imgae'", "comes AFTER 'imgae', and there is no such channel"),
    ],
    ids=lambda text: text[:24],
)
def test_a_hook_that_is_none_is_refused(install: Install, tmp_path: Path, code: str, expected: str) -> None:
    """A misspelt or unknown hook stops when the plug-in is loaded, with its name and the near one."""
    install("mirror", f"def is_on(project):\n    return True\n\n{code}\n")
    with pytest.raises(NotReady) as stopped:
        registry.channels(read(tmp_path, tmp_path / "state", ""))
    assert stopped.value.what_is == f"the channel mirror of contd-mirror {expected}"
    assert stopped.value.type_next.startswith("python -m pip install --force-reinstall contd-mirror")


@pytest.mark.parametrize(
    "code",
    [
        "def _verfiy(release): ...",
        "def names(release, tag): ...",
        "def looks(): ...",
        "from contd_release.channels.base import *",
        "class Verify: ...",
        "PLACE = 'the mirror'",
    ],
    ids=lambda text: text[:24],
)
def test_helpers_are_allowed(install: Install, tmp_path: Path, code: str) -> None:
    """A helper with an underscore, other arguments, or from another package is no hook."""
    install("mirror", f"def is_on(project):\n    return True\n\n{code}\n")
    assert list(registry.channels(read(tmp_path, tmp_path / "state", ""))) == ["mirror"]


def test_a_wish_has_the_option_wish(install: Install, place: Place) -> None:
    """`--wish` asks for what a plug-in names in `WISHES`, and a name that no channel knows is an error."""
    install("mirror", "WISHES = ('empty-mirror',)\n\ndef is_on(project):\n    return True\n")
    found = read(place.clone, place.state, "")
    words = RollbackRequest("1.2.0", "it was bad", frozenset({"revert", "delete-chart"}), ("empty-mirror",))
    wishes = rollback.chosen(found, words).wishes
    assert wishes == {"revert", "empty-mirror"}
    assert rolling.typed(found, wishes) == " --wish empty-mirror --revert"

    with pytest.raises(Usage, match="no channel of contd knows the wish empty-miror"):
        rollback.chosen(found, replace(words, named=("empty-miror",)))


def test_a_plugin_takes_the_artifacts_of_its_name(install: Install, tmp_path: Path) -> None:
    """Where a plug-in does not say what it takes, that is what has its name; `takes` says otherwise."""
    install("mirror", "def is_on(project):\n    return True\n")
    install("store", "def is_on(project):\n    return True\n\n\ndef takes(artifact):\n    return True\n")
    found = registry.channels(read(tmp_path, tmp_path / "state", ""))
    built = artifacts.Artifact("contd.tar", "mirror", "0" * 64, 1)
    assert {name: one.takes(built) for name, one in found.items()} == {"mirror": True, "store": True}
    other = replace(built, kind="wheel")
    assert {name: one.takes(other) for name, one in found.items()} == {"mirror": False, "store": True}


def test_access_is_checked_again_by_tag(install: Install, release: Release) -> None:
    """A plug-in that does not say what a workflow checks of its access checks all of it."""
    code = "def is_on(project):\n    return True\n\n\ndef access(release):\n    return ('one',)\n"
    install("mirror", code)
    install("store", f"{code}\n\ndef access_by_tag(release):\n    return ()\n")
    assert sum(1 for _ in registry.section("access_by_tag", release)) == 1
    assert sum(1 for _ in registry.section("access", release)) == 2


def test_every_part_of_the_protocol_is_a_hook() -> None:
    """What the protocol declares, a plug-in may offer."""
    parts = {name for name in vars(base.Channel) if not name.startswith("_")}
    assert parts == {*HOOKS}
