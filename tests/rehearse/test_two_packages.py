"""Two packages of one repository: released apart, killed and continued, and named in what is printed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import two_packages
from packaging.version import Version

from contd_release.after.watch import baseline
from contd_release.prepare.committed import current_project
from contd_release.prepare.docs import deprecations, directives
from contd_release.procedures import progress, selection
from contd_release.procedures.options import Words
from contd_release.procedures.rollback.restoration import Restoration
from contd_release.process.action import Running
from contd_release.process.hints import PACKAGE
from contd_release.project.several import chosen
from contd_release.rehearse import scenarios
from contd_release.rehearse.crashes import sweep
from contd_release.rehearse.rehearsal import rehearsal_of
from contd_release.sandbox import remotes
from contd_release.tools import git

if TYPE_CHECKING:
    from tests.conftest import Place

# The first step of the second package that the release of the first one could be in the way of.
STEPS = ('"Release acme-cli 1.5.0" is committed',)


@pytest.fixture
def two(place: Place) -> Place:
    """A clone of a repository with two packages that were never released."""
    for path in place.clone.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    two_packages.write(place.clone)
    place.publish("Begin with two packages")
    return place


def test_what_changed_in_each_package(two: Place) -> None:
    """Without a package, the status says what changed in each since its last tag, and what to type."""
    two.git("tag", "core-v0.1.0")
    two.write("packages/core/more.txt", "more\n")
    two.publish("Add more")
    said = two.say("status")
    assert said.out == (
        "core 0.1.0: 1 commit since core-v0.1.0, 1 fragment\n"
        "cli 1.4.0: 1 commit and never released, 1 fragment\n"
        "type: invoke release --package core --part auto\n"
    )
    assert two.say("plan").out == said.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("release", "--part", "minor"),
            "  type:     contd-release release --part minor --package cli   (invoke status",
        ),
        (("plan", "--part=minor", "--package", "clo"), "  type:     contd-release plan --part=minor --package cli"),
        (("verify", "--package", "cli"), "  type:     invoke verify --package cli --version 1.2.0"),
    ],
)
def test_what_to_type_names_the_package(two: Place, words: tuple[str, ...], expected: str) -> None:
    """What is printed to type next can be typed as it is."""
    said = two.say(*words)
    assert said.code == 2
    assert expected in said.err


def test_a_fragment_goes_to_its_package(two: Place) -> None:
    """A fragment is written below the folder of the package that is named, by the option or by the environment."""
    assert two.say("news", "core sings", "--package", "core").code == 0
    assert two.say("news", "cli sings", env={PACKAGE: "cli"}).code == 0
    assert [one.parent.parent.name for one in sorted(two.clone.glob("packages/*/newsfragments/*sings*"))] == [
        "cli",
        "core",
    ]


def test_the_code_of_one_package_alone_is_restored(two: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollback of core leaves what changed in cli since."""
    two.git("tag", "core-v0.1.0")
    for name in ("core", "cli"):
        two.write(f"packages/{name}/src/acme_{name}/__init__.py", '"""It is changed."""\n')
    two.replace("packages/core/pyproject.toml", 'version = "0.1.0"', 'version = "0.1.1"')
    two.replace("packages/core/.bumpversion.toml", "0.1.0", "0.1.1")
    two.publish("Change both")
    two.git("tag", "core-v0.1.1")
    monkeypatch.chdir(two.clone)
    with chosen("core"):
        restoration = Restoration(current_project(), Version("0.1.1"), Version("0.1.0"), "It is bad.")
        commit = restoration.make(two.clone, Running(tmp_path / "logs"))
    assert two.git("diff", "--name-only", "core-v0.1.1", commit).splitlines() == [
        "packages/core/newsfragments/+0.1.1-withdrawn.bugfix.md",
        "packages/core/src/acme_core/__init__.py",
    ]


def test_one_package_is_under_way(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is planned all the same, and a task without a name is answered with the one that is under way."""
    monkeypatch.chdir(two.clone)
    with chosen("core"):
        progress.begin(selection.chosen(current_project(), Words("minor")))
    assert two.say("status").out == (
        "core 0.1.0: 1 commit and never released, 1 fragment; 0.2.0 is under way\n"
        "cli 1.4.0: 1 commit and never released, 1 fragment\n"
        "type: invoke release --package core\n"
    )
    assert two.say("plan", "--package", "cli", "--part", "minor").out.startswith("cli 1.5.0 from ", len("acme-"))
    said = two.say("release", "--package", "core", "--part", "patch")
    assert (said.code, "acme-core 0.2.0 is under way" in said.err) == (3, True)
    assert "type:     contd-release abort --package core" in two.say("abort").err
    said = two.say("abort", "--package", "cli")
    assert (said.code, "nothing is under way" in said.err) == (2, True)


def test_a_version_from_before_the_tables(two: Place) -> None:
    """A tag whose commit does not describe the package is named, and nothing is guessed."""
    two.git("tag", "core-v0.0.9", "HEAD~1")
    said = two.say("rollback", "--package", "core", "--version", "0.0.9", "--reason", "It is bad.", "--dry-run")
    assert said.code == 2
    assert " has no table [tool.contd-release.packages.core]: it is older than that\n" in said.err


def test_each_package_has_a_baseline(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was public of one before its first release is not in the way of the other."""
    monkeypatch.chdir(two.clone)
    found = []
    for name in ("core", "cli"):
        with chosen(name):
            found.append(baseline.path(current_project()).relative_to(two.clone).as_posix())
    assert found == ["packages/core/release-baseline.json", "packages/cli/release-baseline.json"]


def with_chart(two: Place) -> None:
    """Give core a chart outside of its folder."""
    table = '\n[tool.contd-release.packages.core.chart]\npath = "charts/core"\nregistry = "oci://ghcr.io/acme"\n'
    two.write("pyproject.toml", f"{two_packages.SETTINGS}{table}")
    two.write("charts/core/Chart.yaml", "apiVersion: v2\nname: core\nversion: 0.1.0\n")
    two.write("charts/core/values.yaml", "replicas: 1\n")
    two.publish("Have a chart")


def test_what_is_outside_of_the_folder_counts(two: Place) -> None:
    """A change of a chart is one of its package, wherever the chart is."""
    with_chart(two)
    for name in ("core", "cli"):
        two.git("tag", f"{name}-v{two_packages.VERSIONS[name]}")
    two.write("charts/core/values.yaml", "replicas: 2\n")
    two.publish("Change the chart")
    assert [line.partition(",")[0] for line in two.say("status").out.splitlines()[:2]] == [
        "core 0.1.0: 1 commit since core-v0.1.0",
        "cli 1.4.0: 0 commits since cli-v1.4.0",
    ]


def test_a_chart_outside_of_the_folder_is_restored(two: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollback of core takes its chart back, too."""
    with_chart(two)
    two.git("tag", "core-v0.1.0")
    two.write("charts/core/values.yaml", "replicas: 2\n")
    two.write("charts/core/more.yaml", "more\n")
    two.publish("Change the chart")
    two.git("tag", "core-v0.1.1")
    monkeypatch.chdir(two.clone)
    with chosen("core"):
        restoration = Restoration(current_project(), Version("0.1.1"), Version("0.1.0"), "It is bad.")
        commit = restoration.make(two.clone, Running(tmp_path / "logs"))
    assert two.git("diff", "--name-only", "core-v0.1.0", commit, "--", "charts").splitlines() == []


def test_the_documentation_of_one_package_alone_says_its_version(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of another package, or of none, says of another version that it is the next one."""
    for path in ("packages/core/docs/use.rst", "packages/cli/docs/use.rst", "docs/use.rst"):
        two.write(path, ".. versionadded:: next\n\nIt will be removed in 0.1.1.\n")
    two.publish("Document both")
    monkeypatch.chdir(two.clone)
    with chosen("core"):
        release = selection.chosen(current_project(), Words(version="0.1.1"))
        assert list(directives.places(release)) == ["packages/core/docs/use.rst:1"]
        assert [one.partition(":")[0] for one in deprecations.due(release)] == ["packages/core/docs/use.rst"]


@pytest.mark.slow(minutes=2)
def test_two_packages_killed_and_continued(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are released with versions of their own, one of them twice; killed, the end is the same."""
    two.enter(monkeypatch)
    with chosen("core"):
        rehearsal = rehearsal_of(git.clone(two.clone))
    scenario = scenarios.named(scenarios.TWO_PACKAGES, ("--part", "minor"))
    result = sweep(rehearsal, scenario, lambda _: None, steps=STEPS)
    print(f"\n{result.kills} kills at {result.points} points, {len(result.missed)} never came")  # noqa: T201
    assert result.missed == ()
    assert result.kills >= result.points >= 2 * len(STEPS)
    tags = {ref.removeprefix("refs/tags/") for ref in remotes.refs(rehearsal.remote) if ref.startswith("refs/tags/")}
    assert {one for one in tags if "^" not in one} == {"core-v0.2.0", "core-v0.2.1", "cli-v1.5.0"}
