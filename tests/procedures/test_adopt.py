"""`contd-release adopt`: nothing is written without a yes, and what is in the way is said in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contd_release.adopt.templates import template
from tests.adopt.scenario import FOLDER, Scenario
from tests.conftest import Place, contents, git


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A repository that is not adopted."""
    return Scenario(FOLDER / "poetry-tags-without-v").begun(tmp_path)


def test_without_a_terminal_and_a_yes_nothing_is_written(place: Place) -> None:
    """The diff is shown, and what to type."""
    before = contents(place.clone)
    said = place.run("adopt")
    assert said.code == 2
    assert "+[tool.contd-release]" in said.out
    assert "type:     contd-release adopt --yes" in said.err
    assert before == contents(place.clone)


def test_check_fails_where_something_would_be_written(place: Place) -> None:
    """And writes nothing; it passes once all is written."""
    before = contents(place.clone)
    said = place.say("adopt", "--check")
    assert said.code == 2
    assert "files are not as adoption would have them" in said.err
    assert before == contents(place.clone)
    assert place.say("adopt", "--yes").code == 0
    assert place.say("adopt", "--check").code == 0


def test_machines_get_an_object_a_line(place: Place) -> None:
    """Each finding with its place and its reason, the diff, and the files that were written."""
    said = place.say("adopt", "--yes", "--json")
    told = [json.loads(line) for line in said.out.splitlines()]
    assert {"what": "the package is ledger-kit", "where": "pyproject.toml:2"}.items() <= told[0].items()
    written = next(one["files"] for one in told if one["event"] == "written")
    assert ".bumpversion.toml" in written
    assert any(one["event"] == "diff" for one in told)


def test_an_answer_to_no_question_is_an_error(place: Place) -> None:
    """A misspelt answer must not be a silent default."""
    said = place.say("adopt", "--yes", "--answer", "chart.verison=own")
    assert said.code == 2
    assert "there was no question 'chart.verison'" in said.err


def test_no_commit(tmp_path: Path) -> None:
    """There is nothing to adopt yet."""
    git(tmp_path, "init", "--quiet")
    place = Place(tmp_path, tmp_path, tmp_path)
    for task in ("adopt", "doctor"):
        said = place.say(task)
        assert said.code == 2
        assert "has no commit" in said.err
        assert 'git commit -m "Begin"' in said.err


def test_outside_of_a_repository(tmp_path: Path) -> None:
    """There is nothing to look at."""
    place = Place(tmp_path, tmp_path, tmp_path)
    for task in ("adopt", "doctor"):
        said = place.say(task)
        assert said.code == 2
        assert "is not in a git repository" in said.err


def test_a_bare_repository(place: Place) -> None:
    """It has no files."""
    bare = Place(place.directory, place.remote, place.remote)
    said = bare.say("adopt")
    assert said.code == 2
    assert "is a bare repository" in said.err


LATIN = b'# caf\xe9\n[tool.towncrier]\nname = "my-thing"\n'


@pytest.mark.parametrize("path", [".bumpversion.toml", "contd-release.toml", "pyproject.toml"])
def test_a_configuration_that_is_not_utf_8(place: Place, path: str) -> None:
    """It is refused by its name."""
    (place.clone / path).write_bytes(LATIN)
    for task in ("adopt", "doctor"):
        said = place.say(task)
        assert said.code == 2, said.text
        assert f"{path} is not UTF-8 in line 1" in said.err


@pytest.mark.parametrize("path", ["towncrier.toml", "helm/ledger-kit/Chart.yaml", "CHANGES.md"])
def test_another_file_that_is_not_utf_8(place: Place, path: str) -> None:
    """What is in the way is said, and never with a traceback; the file stays as it is."""
    (place.clone / path).parent.mkdir(parents=True, exist_ok=True)
    (place.clone / path).write_bytes(LATIN)
    for task in ("adopt", "doctor"):
        assert "Traceback" not in place.say(task).err
    assert (place.clone / path).read_bytes() == LATIN


def test_a_workflow_for_pull_requests(place: Place) -> None:
    """It is written on request alone; the same words once more change nothing."""
    path = place.clone / ".github/workflows/news.yml"
    words = ("adopt", "--yes", "--answer", "pull-requests=yes")
    assert place.say("adopt", "--yes").code == 0
    assert not path.exists()
    said = place.say(*words)
    assert said.code == 0, said.text
    assert path.read_text(encoding="utf-8") == template("news.yml")
    before = contents(place.clone)
    assert place.say(*words).code == 0
    assert before == contents(place.clone)


def bare(tmp_path: Path, files: dict[str, str]) -> Place:
    """A repository with these files, and nothing else."""
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "-m", "Begin")
    return Place(tmp_path, tmp_path, tmp_path)


SYSTEM = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
PACKAGE = SYSTEM + '[project]\nname = "reef"\nversion = "1.0.0"\n'


def test_nothing_to_release(tmp_path: Path) -> None:
    """A repository without a package, an image and a chart is not adopted by accident; a person may want tags."""
    place = bare(tmp_path, {"README.md": "# Notes\n"})
    said = place.say("adopt", "--yes")
    assert said.code == 2
    assert "there is no Python package, no image and no chart that can be published" in said.err
    assert "type:     contd-release adopt --answer only-tags=yes" in said.err
    assert place.git("status", "--porcelain") == ""
    assert place.say("adopt", "--yes", "--answer", "only-tags=yes").code == 0


def test_a_package_in_a_submodule(tmp_path: Path) -> None:
    """It is another repository's."""
    bare(tmp_path / "reef", {"pyproject.toml": PACKAGE})
    place = bare(tmp_path / "around", {"README.md": "# Around\n"})
    place.git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(tmp_path / "reef"), "reef")
    place.git("commit", "--quiet", "-m", "Have it")
    said = place.say("adopt", "--yes")
    assert said.code == 2
    assert "submodules are released from their own repositories: reef" in said.err


def test_several_packages(tmp_path: Path) -> None:
    """One sentence, and the words that choose; never a release of none of them."""
    members = {f"packages/{name}/pyproject.toml": PACKAGE.replace("reef", name) for name in ("reef", "shoal")}
    place = bare(tmp_path, members | {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n'})
    said = place.say("adopt", "--yes")
    assert said.code == 2
    assert "2 folders have a package: packages/reef, packages/shoal" in said.err
    assert "type:     contd-release adopt --answer package=all   (or package=packages/reef)" in said.err
    assert place.git("status", "--porcelain") == ""
    assert place.say("adopt", "--yes", "--answer", "package=packages/shoal").code == 0
    assert 'package = "packages/shoal"' in (tmp_path / "pyproject.toml").read_text(encoding="utf-8")


def test_a_link_that_leads_outside(tmp_path: Path) -> None:
    """It is neither read nor written."""
    place = bare(tmp_path / "reef", {"pyproject.toml": PACKAGE, "reef/__init__.py": ""})
    (tmp_path / "outside.md").write_text("# Changelog of somebody else\n", encoding="utf-8")
    (place.clone / "CHANGELOG.md").symlink_to("../outside.md")
    before = contents(tmp_path)
    said = place.say("adopt", "--yes")
    assert said.code == 2
    assert "CHANGELOG.md is a link, or lies below one" in said.err
    assert "type:     ls -l CHANGELOG.md" in said.err
    assert "somebody else" not in said.out
    assert before == contents(tmp_path)


def test_a_thousand_charts(tmp_path: Path) -> None:
    """Which one is published is asked, with the first of them as examples; none is by itself."""
    charts = {f"charts/part-{n}/Chart.yaml": f"apiVersion: v2\nname: part-{n}\nversion: 0.1.{n}\n" for n in range(1000)}
    place = bare(tmp_path, charts | {"pyproject.toml": PACKAGE, "reef/__init__.py": ""})
    said = place.say("adopt", "--yes")
    assert said.code == 0
    assert "which of 1000 charts is published? none (none of them has the project's name or version)" in said.out
    assert said.out.count("\n") < 200
    said = place.say("adopt", "--yes", "--answer", "chart=charts/part-7000")
    assert said.code == 2
    assert len(said.err) < 2000
