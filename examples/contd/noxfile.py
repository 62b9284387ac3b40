"""
What proves contd: `nox` runs tests, benchmarks, docs and examples.

contd has no dependencies, so these need no environment and no network: they run on the Python that runs nox, in
seconds. Only the site does: `nox -s site`.
"""

import re
import sys
from pathlib import Path

import nox

nox.options.sessions = ["tests", "benchmarks", "docs", "examples"]
nox.options.default_venv_backend = "none"


def python(session: nox.Session, *words: str) -> None:
    """
    Run this Python with contd importable from the working tree.
    """
    session.run(sys.executable, *words, env={"PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"}, external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """
    Run the tests.
    """
    python(session, "-m", "unittest", "discover", "-s", "tests", *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """
    Measure, and fail where it became slow.
    """
    python(session, "-m", "benchmarks.run_benchmarks", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """
    Run the examples in the pages, and look for links that lead nowhere.
    """
    pages = sorted(Path("docs").glob("*.md"))
    python(session, "-m", "doctest", *map(str, pages))
    lost = [
        f"{page}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^):#]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    if lost:
        session.error("links that lead nowhere: " + ", ".join(lost))


@nox.session
def examples(session: nox.Session) -> None:
    """
    Run every example.
    """
    for example in sorted(Path("examples").glob("*.py")):
        python(session, str(example))


@nox.session(venv_backend="uv|virtualenv", default=False)
def site(session: nox.Session) -> None:
    """
    Build the site with Sphinx.
    """
    session.install("sphinx", "myst-parser", ".")
    session.run("sphinx-build", "-W", "--keep-going", "-q", "docs", "docs/_build")
