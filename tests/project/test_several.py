"""The table of each package: what it overrides, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.errors import Usage
from contd_release.process.hints import PACKAGE
from contd_release.project import project
from contd_release.project.project import Project

TOWNCRIER = '[tool.towncrier]\ndirectory = "newsfragments"\nfilename = "CHANGELOG.md"\n'
CORE = '[tool.contd-release.packages.core]\nfolder = "packages/core"\n'
CLI = '[tool.contd-release.packages.cli]\nfolder = "packages/cli"\n'


def described(name: str) -> str:
    """The pyproject.toml of one package."""
    return f'[build-system]\n[project]\nname = "acme-{name}"\nversion = "0.1.0"\n{TOWNCRIER}'


def read(settings: str, state: Path = Path("/nowhere")) -> Project:
    """The project of a repository with the folders of two packages and these settings."""
    texts = {"pyproject.toml": settings} | {f"packages/{one}/pyproject.toml": described(one) for one in ("core", "cli")}
    return project.read(Path("/repository"), state, texts.get)


@pytest.fixture(autouse=True)
def _no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (PACKAGE, "GITHUB_REF_TYPE", "GITHUB_REF_NAME"):
        monkeypatch.delenv(name, raising=False)


def test_a_package_is_a_project_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, tags, marks, journal, changelog and fragments of two packages are apart; shared settings hold for both."""
    monkeypatch.setenv(PACKAGE, "core")
    found = read(f'[tool.contd-release]\nmain = "trunk"\n{CORE}{CLI}')
    assert (found.name, found.settings.main) == ("acme-core", "trunk")
    assert (str(found.tags), found.withdrawal) == ("core-v{version}", "withdrawn/core/v")
    assert (found.state, found.clone_state) == (Path("/nowhere/packages/core"), Path("/nowhere"))
    assert (found.package.folder, found.news.changelog) == ("packages/core/", "packages/core/CHANGELOG.md")


def test_the_table_of_a_package_counts_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting of the package lies over the shared one, key by key; a shared tag format is not inherited."""
    monkeypatch.setenv(PACKAGE, "cli")
    shared = '[tool.contd-release]\ntag-format = "v{version}"\n[tool.contd-release.pypi]\nisolated = false\n'
    own = '[tool.contd-release.packages.cli.pypi]\nrepository = "testpypi"\n'
    found = read(shared + CORE + CLI + own)
    assert found.settings.pypi is not None
    assert (found.settings.pypi.repository, found.settings.pypi.isolated) == ("testpypi", False)
    assert found.settings.tag_format == "cli-v{version}"


def test_pages_of_two_packages_are_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A website that all share has a folder for each, as both may have a 1.0.0; a package may name its own."""
    monkeypatch.setenv(PACKAGE, "core")
    shared = '[tool.contd-release.website]\nrepository = "https://example.org/site.git"\n'
    own = '[tool.contd-release.packages.core.website]\nfolder = "engine"\n'
    folders = [found.folder for one in ("", own) if (found := read(shared + CORE + CLI + one).settings.website)]
    assert folders == ["core", "engine"]


def test_pages_are_apart_whatever_files_describe_the_website(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that is laid over the settings and says nothing of the folder leaves it as it was."""
    monkeypatch.setenv(PACKAGE, "core")
    monkeypatch.setenv("CONTD_RELEASE_CONFIG", str(tmp_path / "overlay.toml"))
    (tmp_path / "overlay.toml").write_text('website.branch = "pages"\n', encoding="utf-8")
    shared = '[tool.contd-release.website]\nrepository = "https://example.org/site.git"\nfolder = "docs"\n'
    found = read(shared + CORE + CLI).settings.website
    assert found is not None
    assert (found.branch, found.folder) == ("pages", "docs/core")


def test_a_workflow_knows_the_package_by_the_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tasks of a workflow that a tag starts need no option."""
    monkeypatch.setenv("GITHUB_REF_TYPE", "tag")
    monkeypatch.setenv("GITHUB_REF_NAME", "cli-v1.2.0")
    assert read(CORE + CLI).table == "cli"


@pytest.mark.parametrize(
    ("settings", "wanted", "expected"),
    [
        (CORE + CLI, "", "this repository has 2 packages: cli, core"),
        (CORE + CLI, "cor", "there is no package cor; did you mean core?"),
        ("", "core", "the package core is asked for, and this repository has one package, which needs no name"),
        (
            CORE + CLI.replace("packages/cli", "packages/core/"),
            "core",
            "[tool.contd-release.packages.cli] has the folder of [tool.contd-release.packages.core]: packages/core",
        ),
        (
            f'{CORE}tag-format = "v{{version}}"\n{CLI}tag-format = "{{version}}"\n',
            "core",
            "[tool.contd-release.packages.cli] has the tag-format of [tool.contd-release.packages.core]: v{version}",
        ),
        (
            CORE + CLI.replace("packages/cli", "packages/gone"),
            "core",
            "[tool.contd-release.packages.cli] folder is 'packages/gone', and no package is there in this commit",
        ),
        (
            f'[tool.contd-release.image]\nname = "ghcr.io/acme/all"\n{CORE}{CLI}',
            "core",
            "[tool.contd-release.packages.cli] has the image.name of [tool.contd-release.packages.core]: "
            "ghcr.io/acme/all",
        ),
        (
            f'{CORE}image.name = "ghcr.io/acme/all"\n{CLI}image.name = "ghcr.io/acme/all"\n',
            "core",
            "[tool.contd-release.packages.cli] has the image.name of [tool.contd-release.packages.core]: "
            "ghcr.io/acme/all",
        ),
        (
            f"{CORE}image.run = ['--version']\n{CLI}image.run = ['--version']\n",
            "core",
            "[tool.contd-release.packages.cli] has the image.name of [tool.contd-release.packages.core]: "
            "the name of the GitHub repository",
        ),
        (
            f'[tool.contd-release.chart]\npath = "helm/acme"\n{CORE}{CLI}',
            "core",
            "[tool.contd-release.packages.cli] has the chart of [tool.contd-release.packages.core]: acme",
        ),
        (f"{CORE}[tool.contd-release.packages.cli]\n", "core", "[tool.contd-release.packages.cli] has no folder"),
        (
            CORE.replace('"packages/core"', '"../core"'),
            "core",
            "[tool.contd-release.packages.core] has folder = '../core'",
        ),
        ("[tool.contd-release]\npackages = 3\n", "", "[tool.contd-release.packages] is 3"),
    ],
)
def test_packages_that_cannot_be(monkeypatch: pytest.MonkeyPatch, settings: str, wanted: str, expected: str) -> None:
    """What is wrong is said before anything is done."""
    monkeypatch.setenv(PACKAGE, wanted)
    with pytest.raises(Usage) as caught:
        read(settings)
    assert caught.value.what_is == expected


def test_only_one_package_has_the_shared_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package keeps the shared channels off; a chart that counts its own version may be of both."""
    monkeypatch.setenv(PACKAGE, "core")
    own = '[tool.contd-release]\nchart = {path = "helm/acme", registry = "oci://ghcr.io/acme", version = "own"}\n'
    assert read(own + CORE + CLI).settings.chart is not None
    shared = '[tool.contd-release]\nimage.name = "ghcr.io/acme/all"\nchart.path = "helm/acme"\n'
    found = read(f"{shared}chart.registry = 'oci://ghcr.io/acme'\n{CORE}{CLI}image = false\nchart = false\n").settings
    assert (found.image is not None, found.chart is not None) == (True, True)


def test_a_package_that_was_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that this clone released before is known, and the error says how its tags are kept."""
    (tmp_path / "packages" / "engine").mkdir(parents=True)
    (tmp_path / "packages" / "engine" / "journal.jsonl").touch()
    monkeypatch.setenv(PACKAGE, "engine")
    with pytest.raises(Usage) as caught:
        read(CORE + CLI, tmp_path)
    assert caught.value.what_is == (
        "this clone released a package engine, and [tool.contd-release.packages.engine] is not there: was it renamed?"
    )
    assert caught.value.expected == (
        "cli, core; the old tags are found with tag-format = 'engine-v{version}' in the new table"
    )
