"""The version of a chart that counts its own: what git says, raised once for every release."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from packaging.version import Version

from contd_release.channels.chart import version as chart_version
from contd_release.errors import Usage
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Chart, Image, Settings


def git(where: Path, *words: str) -> str:
    """Run git, and say what it printed."""
    return subprocess.check_output(("git", "-C", str(where), *words), text=True).strip()


def release_of(
    root: Path, now: str, *, before: str = "", version: str = "1.3.0", previous: str = "1.2.0", **of_chart: str
) -> Release:
    """A release from a commit whose chart says `now`, and said `before` at the tag of the previous release."""
    git(root.parent, "init", "-q", "-b", "main", str(root))
    (root / "chart").mkdir()
    for says, tag in ((before, f"v{previous}"), (now, "")):
        if says:
            (root / "chart" / "Chart.yaml").write_text(f"name: demo\nversion: {says}\nappVersion: {previous}\n")
            git(root, "add", "--all")
            git(root, "commit", "-q", "--allow-empty", "-m", says)
        if says and tag:
            git(root, "tag", tag)
    chart = Chart("chart", version="own", **of_chart)  # type: ignore[arg-type]
    project = Project(root, root / ".git" / "contd-release", "demo", Settings(chart=chart), News())
    return Release(project, Version(version), Version(previous), git(root, "rev-parse", "HEAD"), 1)


@pytest.mark.parametrize(
    ("before", "now", "version", "expected"),
    [
        ("", "0.4.1", "1.3.0", "0.4.2"),
        ("0.4.1", "0.4.1", "1.3.0", "0.4.2"),
        ("0.4.1", "0.5.0", "1.3.0", "0.5.0"),
        ("0.4.1", "0.4.1", "1.3.0rc1", "0.4.2-rc.1"),
        ("0.4.1", "0.5.0", "1.3.0rc1", "0.5.0-rc.1"),
        ("0.4.2-rc.1", "0.4.2-rc.1", "1.3.0rc2", "0.4.2-rc.2"),
        ("0.4.2-rc.1", "0.4.2-rc.1", "1.3.0", "0.4.2"),
    ],
)
def test_every_release_has_a_higher_one(tmp_path: Path, before: str, now: str, version: str, expected: str) -> None:
    """Its own patch, or what was written by hand since the last release; a pre-release makes it one, too."""
    assert chart_version.of(release_of(tmp_path / "clone", now, before=before, version=version)) == expected


@pytest.mark.parametrize(
    ("part", "version", "expected"),
    [("minor", "1.2.1", "0.5.0"), ("major", "1.2.1", "1.0.0"), ("release", "1.3.0", "0.5.0"),
     ("release", "1.2.1", "0.4.2")],
)  # fmt: skip
def test_the_settings_name_the_part(
    tmp_path: Path, part: Literal["minor", "major", "release"], version: str, expected: str
) -> None:
    """One part for every release, or that of the release."""
    assert chart_version.of(release_of(tmp_path / "clone", "0.4.1", version=version, part=part)) == expected


def test_a_tagged_release_has_what_its_commit_says(tmp_path: Path) -> None:
    """Not what would be computed now; and an earlier one is known by its tag."""
    release = release_of(tmp_path / "clone", "0.9.0", before="0.4.1")

    assert chart_version.of(replace(release, commit=release.base)) == "0.9.0"
    assert chart_version.at(release.project, Version("1.2.0")) == "0.4.1"
    assert chart_version.at(release.project, Version("1.1.0")) == ""


def test_without_the_setting_it_is_the_releases(tmp_path: Path) -> None:
    """In the spelling of charts."""
    release = release_of(tmp_path / "clone", "0.4.1", version="1.3.0rc1")
    same = replace(release.project, settings=Settings(chart=Chart("chart")))

    assert chart_version.of(replace(release, project=same)) == "1.3.0-rc.1"
    assert chart_version.at(same, Version("1.2.0")) == "1.2.0"


def test_a_version_that_cannot_be_raised_is_an_error(tmp_path: Path) -> None:
    """Before anything is done, with the file to edit."""
    with pytest.raises(Usage) as caught:
        chart_version.of(release_of(tmp_path / "clone", "0.4"))

    assert caught.value.expected == "version: with three numbers, such as 0.1.0"
    assert caught.value.type_next == "$EDITOR chart/Chart.yaml"


@pytest.mark.parametrize(
    "line", ["version: 0.4.1", 'version: "0.4.1"', "version:  0.4.1   # ours", "version: '0.4.1'\r"]
)
def test_only_the_version_changes(line: str) -> None:
    """Quotes, comments and line ends stay, and so does every other version of the file."""
    text = f"name: demo\n{line}\nappVersion: 0.4.1\ndependencies:\n  - name: other\n    version: 0.4.1\n"

    assert chart_version.said(text) == (2, "0.4.1")
    assert chart_version.stating(text, "0.4.2") == text.replace(line, line.replace("0.4.1", "0.4.2"), 1)


@pytest.mark.parametrize(("says", "image", "expected"), [("v1.2.0", None, "v1.3.0"), ("v1.2.0", Image(), "1.3.0")])
def test_the_app_version_has_the_v_that_git_says(tmp_path: Path, says: str, image: Image | None, expected: str) -> None:
    """The chart names an image that is published elsewhere; one that the release publishes has no v in its tag."""
    release = release_of(tmp_path / "clone", "0.4.1", previous=says[1:])
    (release.project.root / "chart/Chart.yaml").write_text(
        f"name: demo\nversion: 0.4.1\nappVersion: {says}\n", encoding="utf-8"
    )
    git(release.project.root, "commit", "-qam", "Say it")
    release = replace(release, base=git(release.project.root, "rev-parse", "HEAD"))
    settings = replace(release.project.settings, image=image)
    release = replace(release, project=replace(release.project, settings=settings))
    assert chart_version.of_app(release) == expected
