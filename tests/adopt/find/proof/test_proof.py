"""What proves a release: what the repository has, by the names that it has there."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.adopt import tree
from contd_release.adopt.find import workflows
from contd_release.adopt.find.proof import proof
from contd_release.adopt.find.proof.proof import Proof
from contd_release.adopt.questions import Answers
from tests.conftest import git

TEST: dict[str, str] = {"tests/test_a.py": "import pytest\n"}
UNITTEST: dict[str, str] = {"tests/test_a.py": "import unittest\n\nclass A(unittest.TestCase): ...\n"}
CI = "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          make deps\n          make test\n"


def found(tmp_path: Path, files: dict[str, str], **given: str) -> Proof:
    """The proof of a repository with these files."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x")
    one = tree.of(tmp_path)
    return proof.find(one, None, workflows.steps(one, ""), Answers(given))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"noxfile.py": "import nox\n@nox.session(name='unit')\ndef x(s): ...\n@nox.session\ndef docs(s): ...\n"},
         "nox -s unit docs"),
        ({"noxfile.py": "def tests(session): ...\n", **TEST}, "python -m pytest"),
        ({"tox.ini": "[tox]\n[testenv]\n[testenv:docs]\n[testenv:other]\n"}, "tox run -e py,docs"),
        ({"setup.cfg": "[tox:tox]\n[testenv:mypy]\n"}, "tox run -e py,mypy"),
        ({"pyproject.toml": "[tool.tox]\n[tool.tox.env.docs]\n"}, "tox run -e py,docs"),
        ({"tox.toml": "[env.docs]\n", **TEST}, "tox run -e py,docs"),
        (UNITTEST, "python -m unittest discover -s tests"),
        ({".github/workflows/ci.yml": CI}, "make test"),
    ],
)  # fmt: skip
def test_the_line(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    """nox before tox, tox before the tests themselves, and what a workflow runs where there is none of them."""
    assert found(tmp_path, files).lines == (expected,)


@pytest.mark.parametrize(
    ("files", "extras", "groups"),
    [
        ({"pyproject.toml": '[project.optional-dependencies]\ndev = ["pytest"]\ntest = ["pytest-cov", "pytest"]\n'},
         ("test",), ()),
        ({"pyproject.toml": '[dependency-groups]\na = ["pytest>=8"]\ndev = [{ include-group = "a" }]\n'}, (), ("dev",)),
        ({"setup.cfg": "[options.extras_require]\ntesting =\n    pytest\n    coverage\n"}, ("testing",), ()),
        ({"requirements-dev.txt": "pytest\n"}, (), ()),
    ],
)  # fmt: skip
def test_what_the_tests_require(
    tmp_path: Path, files: dict[str, str], extras: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    """An extra or a group that has pytest, by the name that says most."""
    one = found(tmp_path, files | TEST)
    assert (one.lines, one.extras, one.groups) == (("python -m pytest",), extras, groups)


def test_documentation_that_nothing_builds_is_left_out(tmp_path: Path) -> None:
    """It is said, and the proof stays one that can pass."""
    one = found(tmp_path, {"docs/conf.py": "", **TEST})
    assert one.lines == ("python -m pytest",)
    assert "the documentation is not part of the proof" in [finding.what for finding in one.findings]


def test_the_answer_of_a_person(tmp_path: Path) -> None:
    """It is taken as it is."""
    assert found(tmp_path, TEST, proof="make check").lines == ("make check",)
