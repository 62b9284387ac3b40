"""A repository with two packages, core and cli, as docs/several-packages.md lays it out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SETTINGS: Final = """\
[tool.contd-release]
proof = []
github = false

[tool.contd-release.pypi]
isolated = false

[tool.contd-release.packages.core]
folder = "packages/core"

[tool.contd-release.packages.cli]
folder = "packages/cli"
"""
_PYPROJECT: Final = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "acme-{name}"
version = "{version}"
description = "The {name} of acme."
readme = "README.md"
requires-python = ">=3.11"

[tool.towncrier]
directory = "newsfragments"
filename = "CHANGELOG.md"
start_string = "<!-- towncrier release notes start -->\\n"
title_format = "## [{{version}}] - {{project_date}}"
"""
_BUMPVERSION: Final = """\
[tool.bumpversion]
current_version = "{version}"
commit = false
tag = false

[[tool.bumpversion.files]]
filename = "pyproject.toml"
search = 'version = "{{current_version}}"'
replace = 'version = "{{new_version}}"'
"""
_FILES: Final = {
    "pyproject.toml": _PYPROJECT,
    ".bumpversion.toml": _BUMPVERSION,
    "README.md": "# acme-{name}\n",
    "CHANGELOG.md": "# Changelog\n\n<!-- towncrier release notes start -->\n",
    "newsfragments/+greet.feature.md": "The {name} can greet.\n",
    "src/acme_{name}/__init__.py": '"""The {name} of acme."""\n',
}
VERSIONS: Final = {"core": "0.1.0", "cli": "1.4.0"}


def write(to: Path) -> None:
    """Write both packages, and the settings at the root."""
    files = {"pyproject.toml": SETTINGS, "tasks.py": "from contd_release.tasks import namespace as namespace\n"}
    for name, version in VERSIONS.items():
        filled = {path.format(name=name): text.format(name=name, version=version) for path, text in _FILES.items()}
        files |= {f"packages/{name}/{path}": text for path, text in filled.items()}
    for path, text in files.items():
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        (to / path).write_text(text, encoding="utf-8")
