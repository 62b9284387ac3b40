"""Channels that other packages bring: found by their entry point, walked like ours, and told when they are broken."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import plugin
import pytest
from packaging.version import Version

from contd_release.channels import registry
from contd_release.engine.checklist import Checklist, Event, Together
from contd_release.errors import FailedCommand, NotReady, Several, Usage
from contd_release.process.action import Running
from contd_release.project import artifacts, project
from contd_release.project.artifacts import Sealed
from contd_release.project.release import Release

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
SLOW = """
import time
from pathlib import Path
from contd_release.process.action import Call
from contd_release.errors import FailedCommand
from contd_release.engine.step import Found, State, Step

NAME = __name__.removeprefix("contd_")

def is_on(project):
    return NAME in project.settings.channels

def _step(release, what):
    table = release.project.settings.channels[NAME]
    there = Path(table["folder"]) / f"{NAME} {what}"
    def observe():
        return Found(State.DONE if there.exists() else State.ABSENT, str(there.exists()))
    def act():
        began = time.monotonic()
        time.sleep(table["seconds"])
        if table.get("fails"):
            raise FailedCommand(f"{NAME} says no")
        there.write_text(f"{began} {time.monotonic()}")
    return Step(f"{NAME}: {what}", observe, act=(Call("take time", act),), undo=None)

def publish(release):
    return (_step(release, "published"), _step(release, "and once more"))

def verify(release):
    return (_step(release, "verified"),)
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Installs a package with one module that is a channel, as pip leaves it: the module and its dist-info."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def install(name: str, code: str, value: str = "") -> None:
        plugin.install(site, name, code, value)
        # Modules of another test may have had the same name.
        monkeypatch.delitem(sys.modules, f"contd_{name}", raising=False)

    return install


def release_of(folder: Path, tables: str) -> Release:
    """A release of a project with these tables."""
    text = f'[project]\nname = "contd"\n{tables}'
    found = project.read(folder, folder / "state", {"pyproject.toml": text}.get)
    release = Release(found, Version("1.2.0"), Version("1.1.0"), "0" * 40, 1)
    artifacts.seal(release.dist, Sealed("contd", "1.2.0", "0" * 40, 1, ()))
    return release


def walked(release: Release, folder: Path, name: registry.Section = "publish") -> list[Event]:
    """Walk one section of all channels."""
    events: list[Event] = []
    Checklist((Together(tuple(registry.section(name, release))),)).walk(events.append, Running(folder / "logs"))
    return events


def test_what_contributing_shows_is_a_channel(installed: Callable[[str, str], None], tmp_path: Path) -> None:
    """The very block of CONTRIBUTING, in an installed package, turned on as CONTRIBUTING says, publishes."""
    text = CONTRIBUTING.read_text(encoding="utf-8")
    block = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    tables = next(one for one in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "[tool.contd-release" in one)
    entry = next(one for one in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "entry-points" in one)
    assert entry == '[project.entry-points."contd_release.channels"]\nshelf = "contd_shelf"\n'
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    installed("shelf", block)
    release = release_of(tmp_path, tables.replace("/srv/shelf", str(shelf)))
    (release.dist / release.sdist).write_bytes(b"sdist")

    assert list(registry.channels(release.project)) == ["shelf"]
    walked(release, tmp_path)
    assert (shelf / release.sdist).read_bytes() == b"sdist"
    assert [event.what for event in walked(release, tmp_path)] == ["observing", "done"]


def test_channels_go_side_by_side(installed: Callable[[str, str], None], tmp_path: Path) -> None:
    """Two slow channels publish, and verify, at the same time: each begins before the other has ended."""
    tables = ""
    for name in ("here", "there"):
        installed(name, SLOW)
        tables += f'[tool.contd-release.channels.{name}]\nfolder = "{tmp_path}"\nseconds = 0.4\n'
    release = release_of(tmp_path, tables)
    sections: tuple[registry.Section, ...] = ("publish", "verify")
    for section, what in zip(sections, ("published", "verified"), strict=True):
        walked(release, tmp_path, section)
        (a, b), (c, d) = (
            tuple(map(float, (tmp_path / f"{name} {what}").read_text().split())) for name in ("here", "there")
        )
        assert a < d
        assert c < b


def test_a_channel_waits_for_another_only_where_something_is_made(
    installed: Callable[[str, str], None], tmp_path: Path
) -> None:
    """A channel publishes after the one that it names; both are read back at the same time."""
    tables = ""
    for name, code in (("here", SLOW), ("there", f'{SLOW}\nAFTER = "here"\n')):
        installed(name, code)
        tables += f'[tool.contd-release.channels.{name}]\nfolder = "{tmp_path}"\nseconds = 0.4\n'
    release = release_of(tmp_path, tables)
    is_before = {}
    sections: tuple[registry.Section, ...] = ("publish", "verify")
    for section, what in zip(sections, ("published", "verified"), strict=True):
        walked(release, tmp_path, section)
        (_, ended), (began, _) = (
            tuple(map(float, (tmp_path / f"{name} {what}").read_text().split())) for name in ("here", "there")
        )
        is_before[section] = ended < began
    assert is_before == {"publish": True, "verify": False}


def test_one_that_fails_leaves_the_step_of_the_other(installed: Callable[[str, str], None], tmp_path: Path) -> None:
    """What is in flight elsewhere lands, nothing new is begun, and the walk stops with what failed."""
    installed("here", SLOW)
    installed("there", SLOW)
    table = '[tool.contd-release.channels.{}]\nfolder = "{}"\nseconds = {}\nfails = {}\n'
    tables = table.format("here", tmp_path, 0.4, "true") + table.format("there", tmp_path, 1.2, "false")
    with pytest.raises(FailedCommand, match="here says no"):
        walked(release_of(tmp_path, tables), tmp_path)
    assert {"there published"} == {path.name for path in tmp_path.glob("* *")}


def test_all_that_failed_is_told(installed: Callable[[str, str], None], tmp_path: Path) -> None:
    """Two that fail side by side are both told."""
    installed("here", SLOW)
    installed("there", SLOW)
    table = '[tool.contd-release.channels.{}]\nfolder = "{}"\nseconds = 0.2\nfails = true\n'
    release = release_of(tmp_path, table.format("here", tmp_path) + table.format("there", tmp_path))
    began = time.monotonic()
    with pytest.raises(Several) as stopped:
        walked(release, tmp_path)
    assert {"here says no", "there says no"} == {one.what_is for one in stopped.value.errors}
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("import nothing_like_this\n", "", "cannot be imported: No module named 'nothing_like_this'"),
        ("def (\n", "", "cannot be imported: invalid syntax"),
        ("x = 1\n", "contd_broken:missing", "cannot be imported: module 'contd_broken' has no attribute 'missing'"),
        ("x = 1\n", "", "has no is_on: contd_broken"),
    ],
    ids=["import", "syntax", "attribute", "no channel"],
)
def test_a_broken_package_is_told(
    installed: Callable[[str, str, str], None], tmp_path: Path, code: str, value: str, expected: str
) -> None:
    """
    A package that cannot be imported, or brings no channel, is named with what to type; nothing is released without it.
    """
    installed("broken", code, value)
    with pytest.raises(NotReady) as stopped:
        registry.channels(release_of(tmp_path, "").project)
    assert stopped.value.what_is.startswith("the channel broken of contd-broken ")
    assert expected in stopped.value.what_is
    assert stopped.value.type_next == "python -m pip install --force-reinstall contd-broken   (or pip uninstall it)"


def test_a_name_of_ours_is_taken(installed: Callable[[str, str], None], tmp_path: Path) -> None:
    """Nobody takes the place of a channel of ours."""
    installed("pypi", SLOW)
    with pytest.raises(Usage, match="contd-pypi brings a channel 'pypi', and there is one of that name"):
        registry.channels(release_of(tmp_path, "").project)


def test_settings_without_a_package_are_told(tmp_path: Path) -> None:
    """A channel that is asked for and that nobody brings is not silently left out."""
    release = release_of(tmp_path, '[tool.contd-release.channels.shelf]\nfolder = "/srv"\n')
    with pytest.raises(Usage, match="has shelf, and no installed package brings that channel"):
        registry.channels(release.project)


def test_only_names_channels(tmp_path: Path) -> None:
    """A name that is no channel's is refused; one that the project does not use is nothing."""
    release = release_of(tmp_path, "")
    assert registry.chosen(release.project, ("image",)) == {}
    with pytest.raises(Usage, match="there is no channel imgae") as refused:
        registry.chosen(release.project, ("imgae",), "invoke verify")
    assert refused.value.type_next == "invoke verify --only image"
