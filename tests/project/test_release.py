"""A release computes every name before its first step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Pypi, Settings
from contd_release.project.version import Part

EPOCH = 1_767_225_599  # 2025-12-31T23:59:59Z


def made(version: str = "1.2.0", settings: Settings | None = None, state: Path = Path("/state")) -> Release:
    """A release of a project whose name needs to be spelled in three ways."""
    news = News(notes="docs/notes")
    project = Project(Path("/home/me/x"), state, "Contd.Release-x", settings or Settings(pypi=Pypi()), news)
    return Release(project, Version(version), Version("1.1.0"), "0" * 40, EPOCH)


@pytest.mark.parametrize("version", ["1.2.0", "1.2.0rc1"])
def test_file_names_are_what_installers_read(version: str) -> None:
    """PEP 625 and PEP 427: what packaging reads back is the name and the version."""
    release = made(version, Settings(pypi=Pypi(wheels=("py3-none-any", "cp311-cp311-linux_x86_64"))))

    expected = (canonicalize_name("Contd.Release-x"), Version(version))
    assert f"contd_release_x-{version}.tar.gz" == release.sdist
    assert expected == parse_sdist_filename(release.sdist)
    assert [expected] * 2 == [parse_wheel_filename(wheel)[:2] for wheel in release.wheels]
    assert f"contd_release_x-{version}-cp311-cp311-linux_x86_64.whl" == release.wheels[1]


def test_without_an_index_there_is_no_wheel() -> None:
    """A project that is no package builds none."""
    assert made(settings=Settings()).wheels == ()


@pytest.mark.parametrize(
    ("version", "tag", "semver"), [("1.2.0", "v1.2.0", "1.2.0"), ("1.2.0rc1", "v1.2.0rc1", "1.2.0-rc.1")]
)
def test_tag_and_spellings(version: str, tag: str, semver: str) -> None:
    """Git and Python spell it one way, charts and images another."""
    release = made(version)

    assert (tag, semver, f"Contd.Release-x {version}") == (release.tag, release.semver, str(release))
    assert f"docs/notes/{version}.md" == release.notes


@pytest.mark.parametrize(
    ("version", "part"),
    [("2.0.0", "major"), ("1.2.0", "minor"), ("1.1.1", "patch"), ("2.0.0a1", "major"), ("1.2.0rc2", "minor")],
)
@pytest.mark.parametrize("branched", [("major", "minor"), (), ("patch",), ("major", "minor", "patch")])
def test_only_some_parts_get_a_branch(version: str, part: Part, branched: tuple[Part, ...]) -> None:
    """The configuration says which; the others go to main, and a pre-release goes where its part goes."""
    release = made(version, Settings(main="trunk", release_branch=branched))

    assert part == release.part
    assert (part in branched) is release.has_branch
    assert (f"release/v{version}" if part in branched else "trunk") == release.branch


def test_everything_is_dated_by_the_release() -> None:
    """In UTC, whatever the machine's time zone is."""
    release = made()

    assert release.date == "2025-12-31"
    assert {
        "GIT_AUTHOR_DATE": f"{EPOCH} +0000",
        "GIT_COMMITTER_DATE": f"{EPOCH} +0000",
        "SOURCE_DATE_EPOCH": str(EPOCH),
    } == release.dates
    assert datetime.fromtimestamp(EPOCH, UTC).date().isoformat() == release.date


def test_nothing_of_it_is_in_the_working_tree() -> None:
    """Logs, artifacts and checkouts are elsewhere, and each purpose has a checkout of its own."""
    release = made()
    places = [release.home, release.dist, release.logs, release.tree, release.source("pypi"), release.source("chart")]

    assert len(places) == len(set(places))
    assert not [place for place in places if place.is_relative_to(release.project.root)]


def test_artifacts_are_those_that_were_sealed(tmp_path: Path) -> None:
    """Before the build there are none."""
    release = made(state=tmp_path)
    assert (release.sealed(), release.artifact(release.sdist)) == (None, None)

    release.dist.mkdir(parents=True)
    (release.dist / release.sdist).write_bytes(b"sdist")
    one = artifacts.measured(release.dist / release.sdist, "sdist")
    artifacts.seal(release.dist, Sealed("contd", "1.2.0", "0" * 40, EPOCH, (one,)))

    assert one == release.artifact(release.sdist)
    assert release.artifact("other") is None


@pytest.mark.parametrize(
    ("previous", "version", "words"),
    [
        ("1.1.0", "1.2.0", "--part minor"),
        ("1.1.0", "1.2.0rc1", "--part minor --pre rc"),
        ("1.2.0rc1", "1.2.0", "--final"),
        ("1.2.0rc1", "1.2.0rc2", "--pre rc"),
        ("1.2.0.dev0", "1.2.0", "--part minor"),
        ("1.1.0", "1.4.0", "--version 1.4.0"),
        ("2026.2.1", "2026.11.0", "--version 2026.11.0"),
        ("2026.2.0rc1", "2026.3.0", "--version 2026.3.0"),
    ],
)
def test_what_is_typed_makes_the_version(previous: str, version: str, words: str) -> None:
    """Of the previous one; a version that no part makes is named."""
    assert replace(made(version), previous=Version(previous)).task == f"invoke release {words}"
