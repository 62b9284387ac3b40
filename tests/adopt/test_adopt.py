"""
A repository that knows nothing of us is brought to where it can be released, and nothing in it is lost on the way.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contd_release.sandbox import remotes
from tests.conftest import Place, cloned, contents

PYPROJECT = """\
[project]
name = "my-thing"
version = '0.3.1'
requires-python = ">=3.11"

[tool.contd-release]
proof = ["python -c pass"]
"""
FILES = {
    "pyproject.toml": PYPROJECT,
    "src/my_thing/__init__.py": '"""Mine."""\n\n__version__: str = "0.3.1"\n',
    "src/other/__init__.py": '__version__ = "0.3.1"\n',
    "helm/my-thing/Chart.yaml": "apiVersion: v2\nname: my-thing\nversion: 0.3.1\nappVersion: '0.3.1'  # the image's\n",
    "tests/chart/Chart.yaml": "apiVersion: v2\nname: other\nversion: 0.3.1\n",
}
WRITTEN = {
    ".bumpversion.toml",
    "CHANGELOG.md",
    "changelog.d",
    "changelog.d/_template.md",
    "newsfragments",
    "newsfragments/README.md",
    "tasks.py",
}


@pytest.fixture
def stranger(tmp_path: Path) -> Place:
    """A clone of a repository that has never heard of us."""
    remote = remotes.make(tmp_path / "git", "origin")
    place = cloned(tmp_path, remote, "clone")
    for path, text in FILES.items():
        place.write(path, text)
    place.publish("My thing")
    return place


def test_what_is_missing_is_written(stranger: Place) -> None:
    """And only that: of what was there, pyproject.toml alone gets a table at its end."""
    before = stranger.mine()
    said = stranger.say("adopt")

    assert 0 == said.code, said.text
    after = stranger.mine()
    assert WRITTEN == after.keys() - before.keys()
    assert {"pyproject.toml"} == {path for path in before if before[path] != after[path]}
    assert (stranger.clone / "pyproject.toml").read_text(encoding="utf-8").startswith(PYPROJECT)
    assert said.out.endswith(
        "look at what was written with: git status; then commit and push it\ntype: invoke doctor\n"
    )


def test_every_place_of_the_version_is_listed(stranger: Place) -> None:
    """In whatever quotes; not other packages', nor the charts of tests."""
    assert 0 == stranger.say("adopt").code
    listed = (stranger.clone / ".bumpversion.toml").read_text(encoding="utf-8")
    names = [line.partition(" = ")[2].strip('"') for line in listed.splitlines() if line.startswith("filename")]

    chart = "helm/my-thing/Chart.yaml"
    assert ["pyproject.toml", "src/my_thing/__init__.py", chart, chart] == names


def test_an_adopted_repository_is_released(stranger: Place) -> None:
    """Committed and with a fragment, it has nothing in its way, and every listed place says the next version."""
    assert 0 == stranger.say("adopt").code
    stranger.write("newsfragments/1.feature.md", "It is there.\n")
    stranger.publish("Adopt")

    said = stranger.say("doctor")
    assert 0 == said.code, said.text
    assert "nothing keeps my-thing 0.4.0 from being released" in said.out
    assert said.out.endswith("type: invoke rehearse, then invoke release --part minor\n")
    done = stranger.run("release", "--part", "minor", "--yes")
    assert 0 == done.code, done.text
    shown = {path: stranger.git("show", f"v0.4.0:{path}") for path in FILES if path.endswith((".toml", ".py", ".yaml"))}
    assert "version = '0.4.0'\n" in shown["pyproject.toml"]
    assert '__version__: str = "0.4.0"' in shown["src/my_thing/__init__.py"]
    assert "version: 0.4.0\nappVersion: '0.4.0'  # the image's" in shown["helm/my-thing/Chart.yaml"]
    assert "0.3.1" in shown["src/other/__init__.py"]
    assert "It is there. (#1)" in stranger.git("show", "v0.4.0:changelog.d/0.4.0.md")


def test_adopting_twice_writes_nothing(stranger: Place) -> None:
    """What is there is there."""
    assert 0 == stranger.say("adopt").code
    before = contents(stranger.clone)
    said = stranger.say("adopt")

    assert 0 == said.code, said.text
    assert before == contents(stranger.clone)
    assert "git status" not in said.out


def test_a_doctor_changes_nothing(stranger: Place) -> None:
    """It tells all that is missing at once, and what to type for it."""
    before = stranger.everything()
    said = stranger.say("doctor")

    assert 2 == said.code
    assert before == stranger.everything()
    for what in ("tasks.py", ".bumpversion.toml", "CHANGELOG.md", "newsfragments/"):
        assert f"{what} is not there" in said.err
    assert 5 == said.err.count("type:     contd-release adopt")


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("tasks.py", "import invoke\n", "tasks.py has tasks, and not ours"),
        (
            "CHANGELOG.md",
            "# Changelog\n\n## 0.3.1\n",
            "CHANGELOG.md has no line '<!-- towncrier release notes start -->'",
        ),
        ("towncrier.toml", "[tool.towncrier]\n", "towncrier.toml is there, which hides [tool.towncrier]"),
        (
            ".bumpversion.toml",
            '[tool.bumpversion]\ncurrent_version = "0.3.0"\n[[tool.bumpversion.files]]\nfilename = "pyproject.toml"\n',
            "pyproject.toml does not have '0.3.0'",
        ),
        (".bumpversion.toml", '[tool.bumpversion]\ncurrent_version = "0.3.1"\n', ".bumpversion.toml lists no files"),
    ],
)
def test_what_is_there_is_kept(stranger: Place, path: str, text: str, told: str) -> None:
    """A person is told what it lacks, and the rest is written all the same."""
    stranger.write(path, text)
    said = stranger.say("adopt")

    assert said.code
    assert told in said.err
    assert text == (stranger.clone / path).read_text(encoding="utf-8")
    assert (stranger.clone / "newsfragments/README.md").is_file() or path == "towncrier.toml"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('[tool.contd-release]\nproof = ["python -c pass"]\n', "", "noxfile.py is not there"),
        ('name = "my-thing"', 'name = "my thing"', "[project] name is 'my thing'"),
        ("[project]", "[project", "pyproject.toml is not TOML"),
        ('proof = ["python -c pass"]', "prove = true", "prove"),
    ],
)
def test_what_only_a_person_can_mend_is_told(stranger: Place, old: str, new: str, told: str) -> None:
    """In words, by both tasks."""
    stranger.replace("pyproject.toml", old, new)
    for task in ("adopt", "doctor"):
        said = stranger.say(task)
        assert 2 == said.code, said.text
        assert told in said.err
        assert "Traceback" not in said.err


def test_a_version_that_no_release_has(stranger: Place) -> None:
    """Nothing is listed for a version that could not be raised."""
    stranger.replace("pyproject.toml", "version = '0.3.1'", "version = '0.3.1.dev4'")
    said = stranger.say("adopt")

    assert 2 == said.code
    assert "'0.3.1.dev4' is not a version we can release" in said.err
    assert not (stranger.clone / ".bumpversion.toml").exists()


def test_no_version_anywhere(stranger: Place) -> None:
    """A version that is computed elsewhere has no file to be kept in step."""
    stranger.replace("pyproject.toml", "version = '0.3.1'", 'dynamic = ["version"]')
    (stranger.clone / "src/my_thing/__init__.py").write_text("", encoding="utf-8")
    said = stranger.say("adopt")

    assert 2 == said.code
    assert "no file states the version" in said.err
    assert not (stranger.clone / ".bumpversion.toml").exists()


def test_a_dynamic_version_is_found_in_its_module(stranger: Place) -> None:
    """`dynamic = ["version"]` with `__version__` in the package is one place less."""
    stranger.replace("pyproject.toml", "version = '0.3.1'", 'dynamic = ["version"]')

    assert 0 == stranger.say("adopt").code
    listed = (stranger.clone / ".bumpversion.toml").read_text(encoding="utf-8")
    assert 'current_version = "0.3.1"' in listed
    assert 'filename = "pyproject.toml"' not in listed


def test_a_workflow_that_publishes_is_written(stranger: Place) -> None:
    """Only where it is a workflow that publishes: two publishers would race."""
    stranger.replace("pyproject.toml", "[tool.contd-release]\n", '[tool.contd-release]\npublisher = "github-actions"\n')
    stranger.git("remote", "set-url", "origin", "git@github.com:own/my-thing.git")
    said = stranger.say("adopt")

    assert 0 == said.code, said.text
    assert "tags:" in (stranger.clone / ".github/workflows/release.yml").read_text(encoding="utf-8")


def test_machines_are_told(stranger: Place) -> None:
    """One JSON object a line."""
    said = stranger.say("doctor", "--json")
    told = [json.loads(line) for line in said.out.splitlines()]

    assert {"adopt"} == {one["section"] for one in told}
    assert "absent" == next(one["state"] for one in told if one["step"] == "invoke finds the tasks")


def test_a_release_under_way_is_told(stranger: Place) -> None:
    """The doctor does not look for the next one meanwhile."""
    stranger.say("adopt")
    stranger.write("newsfragments/1.bugfix.md", "It is mended.\n")
    stranger.publish("Adopt")
    assert 0 == stranger.run("bump", "--part", "patch").code
    said = stranger.say("doctor")

    assert 0 == said.code, said.text
    assert "my-thing 0.3.2 is under way since " in said.out


def test_outside_a_repository(tmp_path: Path) -> None:
    """There is nothing to look at."""
    place = Place(tmp_path, tmp_path, tmp_path)
    for task in ("adopt", "doctor"):
        said = place.say(task)
        assert 2 == said.code
        assert "is not in a git repository" in said.err


LATIN = b'# caf\xe9\n[tool.towncrier]\nname = "my-thing"\n'


@pytest.mark.parametrize("path", [".bumpversion.toml", "contd-release.toml", "pyproject.toml"])
def test_a_configuration_that_is_not_utf_8(stranger: Place, path: str) -> None:
    """It is refused by its name."""
    (stranger.clone / path).write_bytes(LATIN)
    for task in ("adopt", "doctor"):
        said = stranger.say(task)
        assert said.code == 2, said.text
        assert f"{path} is not UTF-8 in line 1" in said.err


@pytest.mark.parametrize("path", ["towncrier.toml", "helm/my-thing/Chart.yaml", "CHANGELOG.md"])
def test_another_file_that_is_not_utf_8(stranger: Place, path: str) -> None:
    """What is in the way is said, and never with a traceback; the file stays as it is."""
    (stranger.clone / path).write_bytes(LATIN)
    for task in ("adopt", "doctor"):
        assert "Traceback" not in stranger.say(task).err
    assert (stranger.clone / path).read_bytes() == LATIN
