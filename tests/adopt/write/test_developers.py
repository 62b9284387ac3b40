"""contd-release among what developers install: where the repository lists that, and nothing goes stale by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.adopt import tree
from contd_release.adopt.draft import Draft
from contd_release.adopt.find import developers
from contd_release.adopt.find.proof.proof import Proof
from contd_release.adopt.write.developers import write
from tests.conftest import git

GROUP = '[dependency-groups]\ntest = ["pytest"]\ndev = [\n  "ruff",  # lint\n  { include-group = "test" },\n]\n'
EXTRA = '[project]\nname = "a"\n\n[project.optional-dependencies]\ndev = ["ruff"]\n'
POETRY = '[tool.poetry]\nname = "a"\n\n[tool.poetry.group.dev.dependencies]\nruff = "*"\n'


def written(
    tmp_path: Path, text: str, proof: Proof, lock: str = "", requires: str = ">=3.11"
) -> tuple[str, tuple[str, ...]]:
    """The file after adoption, and what was found."""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    if lock:
        (tmp_path / lock).write_text("", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x")
    made = Draft(tree.of(tmp_path))
    found = developers.find(made.tree, proof, requires)
    write(made, found)
    return made.text("pyproject.toml") or "", tuple(one.what for one in found.findings)


NONE = Proof((), False, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GROUP, GROUP.replace('"test" },\n', '"test" },\n  "contd-release",\n')),
        (EXTRA, EXTRA.replace('["ruff"]', '["ruff", "contd-release"]')),
        (POETRY, POETRY.replace('ruff = "*"\n', 'ruff = "*"\ncontd-release = "*"\n')),
        (EXTRA.replace("ruff", "contd-release"), EXTRA.replace("ruff", "contd-release")),
        ('[project]\nname = "a"\n', '[project]\nname = "a"\n'),
    ],
)
def test_the_list_gets_one_more(tmp_path: Path, text: str, expected: str) -> None:
    """In the form that it has, with its comments; once."""
    assert written(tmp_path, text, NONE)[0] == expected


def test_a_lock_file_would_be_stale(tmp_path: Path) -> None:
    """What to type is said instead."""
    text, said = written(tmp_path, GROUP, NONE, "uv.lock")
    assert text == GROUP
    assert said == ("contd-release is not among what developers install: uv add --group dev contd-release",)


def test_the_proof_stays_as_small_as_it_is(tmp_path: Path) -> None:
    """What the tests are installed with gets nothing more."""
    assert written(tmp_path, GROUP, Proof((), False, (), (), ("dev",)))[0] == GROUP


def test_poetry_locks_what_it_lists(tmp_path: Path) -> None:
    """What to type is said instead."""
    text, said = written(tmp_path, POETRY, NONE, "poetry.lock")
    assert text == POETRY
    assert said == ("contd-release is not among what developers install: poetry add --group dev contd-release",)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"requirements-dev.txt": "ruff"}, {"requirements-dev.txt": "ruff\ncontd-release\n"}),
        ({"requirements/dev.txt": "ruff\n"}, {"requirements/dev.txt": "ruff\ncontd-release\n"}),
        (
            {"dev-requirements.txt": "ruff==1\n", "dev-requirements.in": "ruff\n"},
            {"dev-requirements.txt": "ruff==1\n", "dev-requirements.in": "ruff\ncontd-release\n"},
        ),
        ({"requirements.txt": "flask\n"}, {"requirements.txt": "flask\n"}),
    ],
)
def test_a_file_of_requirements_gets_a_line(tmp_path: Path, files: dict[str, str], expected: dict[str, str]) -> None:
    """The file of the developers, and where it is compiled the one that it is compiled from; never the users'."""
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x")
    made = Draft(tree.of(tmp_path))
    write(made, developers.find(made.tree, NONE, ">=3.11"))
    assert {path: made.text(path) for path in files} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EXTRA, EXTRA.replace('["ruff"]', '["ruff", "contd-release; python_version >= \'3.11\'"]')),
        (
            POETRY,
            POETRY.replace('ruff = "*"\n', 'ruff = "*"\ncontd-release = {version = "*", python = ">=3.11"}\n'),
        ),
    ],
)
@pytest.mark.parametrize("requires", [">=3.9", "", "^3.8"])
def test_an_older_python_does_not_get_it(tmp_path: Path, text: str, expected: str, requires: str) -> None:
    """A resolver that looks at every supported Python finds a version for each, or needs none."""
    assert written(tmp_path, text, NONE, requires=requires)[0] == expected
