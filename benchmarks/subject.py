"""The project that is measured: sixty modules, a bare remote, and as much history as is asked for."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MODULES: Final = 60
NOBODY: Final = {
    "GIT_AUTHOR_NAME": "Benchmark",
    "GIT_AUTHOR_EMAIL": "benchmark@localhost",
    "GIT_COMMITTER_NAME": "Benchmark",
    "GIT_COMMITTER_EMAIL": "benchmark@localhost",
}
_PYPROJECT = """\
[project]
name = "subject"
version = "0.1.0"
requires-python = ">=3.11"
readme = "CHANGELOG.md"

[tool.towncrier]
directory = "newsfragments"
filename = "CHANGELOG.md"
template = "changelog.d/_template.md"
start_string = "<!-- towncrier release notes start -->\\n"
title_format = "## [{version}] - {project_date}"
wrap = false
all_bullets = true
ignore = ["README.md"]

[[tool.towncrier.type]]
directory = "feature"
name = "Added"
showcontent = true

[tool.contd-release]
proof = []
"""
_BUILD = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["subject"]
"""
_BUMP = """\
[tool.bumpversion]
current_version = "0.1.0"
commit = false
tag = false
allow_dirty = true

[[tool.bumpversion.files]]
filename = "pyproject.toml"
regex = true
search = '^version = "{current_version}"'
replace = 'version = "{new_version}"'

[[tool.bumpversion.files]]
filename = "subject/__init__.py"
regex = true
search = '^__version__ = "{current_version}"'
replace = '__version__ = "{new_version}"'

[[tool.bumpversion.files]]
filename = "helm/subject/Chart.yaml"
regex = true
search = '^version: {current_version}'
replace = 'version: {new_version}'
"""


@dataclass(frozen=True)
class Subject:
    """A fresh clone of the measured project, and its remote."""

    remote: Path
    clone: Path


def make(directory: Path, *, has_package: bool, commits: int = 1, tags: int = 0) -> Subject:
    """
    Make the project in a folder that is not there yet.

    Args:
        has_package: whether it builds a wheel and an sdist.
        commits: how many commits of history it has.
        tags: how many of them are tagged, lightly.
    """
    remote, clone = directory / "origin.git", directory / "clone"
    directory.mkdir(parents=True)
    git(directory, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    _import_history(remote, commits, tags)
    git(directory, "clone", "--quiet", str(remote), str(clone))
    if commits <= 1:
        git(clone, "checkout", "--quiet", "-B", "main")
    _write_files(clone, has_package=has_package)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "The project")
    git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/main")
    return Subject(remote, clone)


def git(where: Path, *words: str, stdin: bytes = b"") -> None:
    """Run git, quietly."""
    subprocess.run(["git", *words], cwd=where, input=stdin, check=True, env=os.environ | NOBODY, capture_output=True)


def _write_files(clone: Path, *, has_package: bool) -> None:
    template = Path(__file__).parents[1] / "changelog.d" / "_template.md"
    files = {
        "pyproject.toml": _PYPROJECT + (_BUILD if has_package else ""),
        ".bumpversion.toml": _BUMP,
        "CHANGELOG.md": "# Changelog\n\n<!-- towncrier release notes start -->\n",
        "changelog.d/_template.md": template.read_text(encoding="utf-8"),
        "helm/subject/Chart.yaml": "apiVersion: v2\nname: subject\nversion: 0.1.0\n",
        "subject/__init__.py": '__version__ = "0.1.0"\n',
    }
    files |= {f"subject/part_{number}.py": f"VALUE = {number}\n" * 40 for number in range(MODULES)}
    files |= {f"newsfragments/{number}.feature.md": f"Change {number}.\n" for number in range(1, 11)}
    for path, text in files.items():
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_text(text, encoding="utf-8")


def _import_history(remote: Path, commits: int, tags: int) -> None:
    """Write history at the speed of git's own importer: one changing file, a tag at even distances."""
    if commits <= 1:
        return
    lines = []
    for number in range(1, commits):
        lines.append(
            f"commit refs/heads/main\nmark :{number}\n"
            f"committer Benchmark <benchmark@localhost> {1_600_000_000 + number} +0000\ndata 1\n.\n"
            f"M 644 inline counter.txt\ndata {len(str(number))}\n{number}\n"
        )
        if tags and number % (commits // tags) == 0:
            lines.append(f"reset refs/tags/old-{number}\nfrom :{number}\n\n")
    git(remote, "fast-import", "--quiet", stdin="".join(lines).encode())
