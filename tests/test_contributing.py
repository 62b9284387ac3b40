"""What CONTRIBUTING shows works as it stands."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from packaging.version import Version

from contd_release.channels.withdrawal import Rollback
from contd_release.engine.step import State, Step
from contd_release.errors import Unanswered
from contd_release.process.action import Running
from contd_release.project import project
from contd_release.project.release import Release

CONTRIBUTING = Path(__file__).parents[1] / "CONTRIBUTING.md"
SDIST = "contd-1.2.0.tar.gz"


@pytest.fixture
def shelf(tmp_path: Path) -> ModuleType:
    """The channel of the section "Add a channel in about 30 lines", imported from a file."""
    blocks = re.findall(r"```python\n(.*?)```", CONTRIBUTING.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "contd_shelf.py"
    path.write_text(blocks[0], encoding="utf-8")
    spec = spec_from_file_location("contd_shelf", path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """A release with a built sdist, of a project that keeps a shelf."""
    (tmp_path / "shelf").mkdir()
    table = f'[tool.contd-release.channels.shelf]\nfolder = "{tmp_path}/shelf"\n'
    text = f'[project]\nname = "contd"\n[build-system]\nrequires = []\n{table}'
    found = project.read(tmp_path, tmp_path / "state", {"pyproject.toml": text}.get)
    release = Release(found, Version("1.2.0"), Version("1.1.0"), "0" * 40, 1)
    release.dist.mkdir(parents=True)
    (release.dist / SDIST).write_bytes(b"sdist")
    return release


def only(steps: tuple[Step, ...]) -> Step:
    """The one step there is."""
    (step,) = steps
    return step


def test_the_channel_publishes(shelf: ModuleType, release: Release, tmp_path: Path) -> None:
    """Turned on by its key, the channel finds nothing, acts, and finds what it did."""
    step = only(shelf.publish(release))
    assert shelf.is_on(release.project)
    assert State.ABSENT is step.observe().state
    for action in step.act:
        action.run(Running(tmp_path / "log"))
    assert State.DONE is step.observe().state
    assert [path.name for path in (tmp_path / "shelf").iterdir()] == [SDIST]


def test_the_channel_withdraws(shelf: ModuleType, release: Release, tmp_path: Path) -> None:
    """A rollback finds the published file, takes it away, and finds that it is gone; another file stays."""
    (tmp_path / "shelf" / SDIST).write_bytes(b"sdist")
    step = only(shelf.withdraw(Rollback(release, "it was bad")))
    assert step.observe().state is State.ABSENT
    for action in step.act:
        action.run(Running(tmp_path / "log"))
    assert step.observe().state is State.DONE
    (tmp_path / "shelf" / SDIST).write_bytes(b"other")
    assert step.observe().state is State.CONFLICT


def test_another_file_is_a_conflict(shelf: ModuleType, release: Release, tmp_path: Path) -> None:
    """Something else under our name is not ours to overwrite."""
    (tmp_path / "shelf" / SDIST).write_bytes(b"other")
    assert State.CONFLICT is only(shelf.publish(release)).observe().state


def test_no_shelf_is_no_answer(shelf: ModuleType, release: Release, tmp_path: Path) -> None:
    """A disk that is not mounted does not say that the file is absent."""
    (tmp_path / "shelf").rmdir()
    with pytest.raises(Unanswered, match="shelf is not there"):
        only(shelf.publish(release)).observe()
