"""What proves a release: the sessions, environments, tests and builds that the repository runs today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from contd_release.adopt.find.package import Package
from contd_release.adopt.find.proof import requirements
from contd_release.adopt.find.workflows import Step
from contd_release.adopt.finding import Finding
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.tree import Tree
from contd_release.prepare.proof.noxfile import sessions_of

# The words by which people call what has to pass before a release.
_WANTED: Final = (
    "tests", "test", "unit", "unittests", "pytest", "benchmarks", "benchmark", "docs", "doc", "docs-build",
    "build-docs", "examples", "lint", "mypy", "typing",
)  # fmt: skip
_TOX: Final = (("tox.ini", "tox"), ("setup.cfg", "tox:tox"))
_BENCHMARKS: Final = r"benchmarks?/(run_benchmarks?|run|run_all|__main__)\.py"
_EXAMPLES: Final = r"examples?/(run_examples?|run_all|run_all_examples)\.py"
_CI_TEST: Final = r"^[ \t]*(?P<line>(?:make|just|invoke|hatch|pdm|task) (?:run )?(?:test|tests|check)\b.*)$"


@dataclass(frozen=True)
class Proof:
    """
    The proof.

    Args:
        lines: as the setting `proof` has them.
        is_default: whether they are what the setting says when it is left out.
        extras: the extras whose requirements the tests need.
        groups: the dependency groups.
    """

    lines: tuple[str, ...]
    is_default: bool
    findings: tuple[Finding, ...]
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def find(tree: Tree, package: Package | None, steps: Sequence[Step], answers: Answers) -> Proof:
    """The proof of this tree, or the one that `--answer proof=…` names."""
    if "proof" in answers.given:
        line = answers.of(Question("proof", "what proves a release", ""))
        return Proof((line,), False, (Finding(f"a release is proved by: {line}", "--answer"),))
    return _nox(tree) or _tox(tree) or _tests(tree) or _of_ci(tree, steps) or _import(package)


def _nox(tree: Tree) -> Proof | None:
    sessions = sessions_of(tree.text("noxfile.py") or "")
    wanted = [name for name in _WANTED if name in sessions]
    if not wanted:
        return None
    line = f"nox -s {' '.join(wanted)}"
    where = f"noxfile.py:{sessions[wanted[0]]}"
    others = [name for name in sessions if name not in wanted]
    reason = f"it has {', '.join(others[:6])} as well" if others else ""
    is_default = {"tests", "benchmarks", "docs", "examples"} == set(wanted)
    return Proof((line,), is_default, (Finding(f"a release is proved by: {line}", where, reason),))


def _tox(tree: Tree) -> Proof | None:
    """tox, with the environment of the tests for this Python, and those of the documentation and the like."""
    for path, section in _TOX:
        found = tree.ini(path)
        if found.has_section(section) or (path == "tox.ini" and found.has_section("testenv")):
            named = [one.partition(":")[2] for one in found.sections() if one.startswith("testenv:")]
            return _of_tox(path, tree.line_of(path, rf"^\[({re.escape(section)}|testenv)\]"), named)
    if line := tree.line_of("pyproject.toml", r"^\[tool\.tox\]"):
        text = tree.text("pyproject.toml") or ""
        return _of_tox("pyproject.toml", line, re.findall(r"^\[tool\.tox\.env\.([\w-]+)\]", text, re.MULTILINE))
    if text := tree.text("tox.toml") or "":
        return _of_tox("tox.toml", 1, re.findall(r"^\[env\.([\w-]+)\]", text, re.MULTILINE))
    return None


def _of_tox(path: str, line: int, named: Sequence[str]) -> Proof:
    wanted = ["py", *(name for name in _WANTED if name in named and name not in ("test", "tests", "unit"))]
    command = f"tox run -e {','.join(wanted)}"
    return Proof(
        (command,), False, (Finding(f"a release is proved by: {command}", f"{path}:{line}", "tox has to be installed"),)
    )


def _tests(tree: Tree) -> Proof | None:
    """The tests by themselves, with what they require, and the benchmarks and the documentation."""
    tests = next(
        (path for path in tree.files if re.fullmatch(r"(.*/)?tests?/(.*/)?(test_\w+|\w+_test|tests)\.py", path)), ""
    )
    tests = tests or next((path for path in tree.files if re.fullmatch(r"test_\w+\.py", path)), "")
    if not tests:
        return None
    needs = requirements.having(tree, "pytest")
    folder = tests.partition("/")[0] if "/" in tests else "."
    is_pytest = bool(needs) or _uses_pytest(tree)
    line = "python -m pytest" if is_pytest else f"python -m unittest discover -s {folder}"
    findings = [Finding(f"a release is proved by: {line}", needs.where or tests, needs.reason)]
    proof = Proof((line,), False, tuple(findings), needs.extras, needs.groups)
    return _exemplified(tree, _documented(tree, _measured(tree, proof)))


def _measured(tree: Tree, proof: Proof) -> Proof:
    path = next((path for path in tree.files if re.fullmatch(_BENCHMARKS, path)), "")
    if not path:
        return proof
    line = f"python {path}"
    return replace(proof, lines=(*proof.lines, line), findings=(*proof.findings, Finding(f"… and by: {line}", path)))


def _documented(tree: Tree, proof: Proof) -> Proof:
    """The documentation is proved where an extra or a group has what builds it."""
    conf = next((path for path in ("docs/conf.py", "doc/conf.py", "docs/source/conf.py") if path in tree.known), "")
    mkdocs = next((path for path in ("mkdocs.yml", "mkdocs.yaml") if path in tree.known), "")
    if not (conf or mkdocs):
        return proof
    folder = conf.rpartition("/")[0]
    line = f"python -m sphinx -q -b html {folder} {folder}/_build/html" if conf else "python -m mkdocs build --strict"
    needs = requirements.having(tree, "sphinx" if conf else "mkdocs")
    if not needs:
        missing = Finding(
            "the documentation is not part of the proof", conf or mkdocs, "no extra or group has what builds it"
        )
        return replace(proof, findings=(*proof.findings, missing))
    return Proof(
        (*proof.lines, line),
        False,
        (*proof.findings, Finding(f"… and by: {line}", conf or mkdocs, needs.reason)),
        tuple(dict.fromkeys((*proof.extras, *needs.extras))),
        tuple(dict.fromkeys((*proof.groups, *needs.groups))),
    )


def _exemplified(tree: Tree, proof: Proof) -> Proof:
    """The examples are proved where a program of theirs runs all of them; else it is said that they are not."""
    examples = [path for path in tree.files if re.fullmatch(r"examples?/.+\.py", path)]
    if runner := next((path for path in examples if re.fullmatch(_EXAMPLES, path)), ""):
        line = f"python {runner}"
        found = Finding(f"… and by: {line}", runner)
        return replace(proof, lines=(*proof.lines, line), findings=(*proof.findings, found))
    if not examples:
        return proof
    missing = Finding("the examples are not part of the proof", examples[0], "no program runs all of them")
    return replace(proof, findings=(*proof.findings, missing))


def _of_ci(tree: Tree, steps: Sequence[Step]) -> Proof | None:
    """The command by which a workflow tests, where no file of a test runner is there."""
    for step in steps:
        if match := re.search(_CI_TEST, step.run, re.MULTILINE):
            line = match["line"].strip()
            where = f"{step.path}:{tree.line_of(step.path, re.escape(line)) or 1}"
            return Proof((line,), False, (Finding(f"a release is proved by: {line}", where, "the workflow does"),))
    return None


def _import(package: Package | None) -> Proof:
    if package and package.modules:
        name = package.modules[0].rpartition("/")[2].removesuffix(".py")
        line = f'python -c "import {name}"'
        found = Finding(f"a release is proved by: {line}", package.modules[0], "there is no test")
        return Proof((line,), False, (found,))
    return Proof((), False, (Finding("nothing proves a release", "", "there is no test"),))


def _uses_pytest(tree: Tree) -> bool:
    """Whether tests, a configuration or a list of requirements name pytest."""
    if any(path in tree.known for path in ("pytest.ini", "conftest.py", "tests/conftest.py", "test/conftest.py")):
        return True
    named = (
        path
        for path in tree.files
        if re.search(r"(^|/)(pyproject\.toml|setup\.cfg|[\w-]*requirements[\w-]*\.(txt|in))$", path)
    )
    if any("pytest" in (tree.text(path) or "") for path in named):
        return True
    tests = [path for path in tree.files if re.fullmatch(r"(.*/)?tests?/.*\.py", path)][:200]
    return any(
        re.search(r"^\s*(import|from) pytest\b|^def test_", tree.text(path) or "", re.MULTILINE) for path in tests
    )
