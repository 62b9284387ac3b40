"""Packages whose version a tool computes from the tag: a build before there is a tag gives the release's version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from contd_release.process.action import Running
from contd_release.project.package import metadata
from contd_release.tools import build
from contd_release.tools import git as git_tool
from tests.conftest import git

_SETUPTOOLS: Final = '[build-system]\nrequires = ["setuptools>=77", {}]\nbuild-backend = "setuptools.build_meta"\n'
_PROJECT: Final = '[project]\nname = "ebb.flow"\ndynamic = ["version"]\nrequires-python = ">=3.11"\n'
_HATCH: Final = '[build-system]\nrequires = ["hatchling", "{0}"]\nbuild-backend = "hatchling.build"\n' + _PROJECT
_WHEEL: Final = '[tool.hatch.build.targets.wheel]\npackages = ["ebb_flow"]\n'
_POETRY: Final = """\
[build-system]
requires = ["poetry-core>=2", "poetry-dynamic-versioning>=1.5"]
build-backend = "poetry_dynamic_versioning.backend"
[tool.poetry]
name = "ebb.flow"
version = "0.0.0"
description = ""
authors = []
dependencies = { python = ">=3.11" }
packages = [{ include = "ebb_flow" }]
[tool.poetry-dynamic-versioning]
enable = true
"""
_VERSIONEER: Final = """\
[tool.versioneer]
VCS = "git"
style = "pep440"
versionfile_source = "ebb_flow/_version.py"
versionfile_build = "ebb_flow/_version.py"
tag_prefix = "v"
"""
_SETUP_VERSIONEER: Final = """\
import versioneer
from setuptools import setup
setup(name="ebb.flow", packages=["ebb_flow"], version=versioneer.get_version(), cmdclass=versioneer.get_cmdclass())
"""
_SETUP_SCM: Final = (
    'from setuptools import setup\nsetup(name="ebb.flow", packages=["ebb_flow"], use_scm_version=True)\n'
)


@dataclass(frozen=True)
class Tool:
    """A tool, and a package that it computes the version of."""

    name: str
    pyproject: str
    setup: str = ""


TOOLS: Final = (
    Tool("setuptools-scm", _SETUPTOOLS.format('"setuptools-scm>=8"') + _PROJECT + "[tool.setuptools_scm]\n"),
    Tool("setuptools-scm", _SETUPTOOLS.format('"setuptools-scm>=8"'), _SETUP_SCM),
    Tool("hatch-vcs", _HATCH.format("hatch-vcs") + '[tool.hatch.version]\nsource = "vcs"\n' + _WHEEL),
    Tool(
        "uv-dynamic-versioning",
        _HATCH.format("uv-dynamic-versioning") + '[tool.hatch.version]\nsource = "uv-dynamic-versioning"\n' + _WHEEL,
    ),
    Tool(
        "pdm-backend",
        '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
        + _PROJECT
        + '[tool.pdm.version]\nsource = "scm"\n[tool.pdm.build]\nincludes = ["ebb_flow"]\n',
    ),
    Tool("poetry-dynamic-versioning", _POETRY),
    Tool("versioningit", _SETUPTOOLS.format('"versioningit"') + _PROJECT + "[tool.versioningit]\n"),
    Tool("versioneer", _SETUPTOOLS.format('"versioneer"') + _VERSIONEER, _SETUP_VERSIONEER),
)
ALL: Final = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: f"{tool.name}{'-setup' * bool(tool.setup)}")


@pytest.fixture
def repository(tmp_path: Path, tool: Tool) -> Path:
    """A repository of the package, one commit after its tag v0.1.0."""
    root = tmp_path / "repository"
    (root / "ebb_flow").mkdir(parents=True)
    (root / "pyproject.toml").write_text(tool.pyproject)
    if tool.setup:
        (root / "setup.py").write_text(tool.setup)
    (root / "ebb_flow" / "__init__.py").write_text("")
    git(root, "init", "--quiet", "--initial-branch=main")
    for message in ("Begin", "Go on"):
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--allow-empty", "-m", message)
        if message == "Begin":
            git(root, "tag", "v0.1.0")
    return root


@ALL
def test_the_tool_is_found(repository: Path, tool: Tool) -> None:
    """And what its package is called; no file is taken for one that states the version."""
    found = metadata.of(lambda path: (repository / path).read_text() if (repository / path).is_file() else None)
    assert found.tag is not None
    assert found.tag.tool == tool.name
    assert found.version is None
    assert found.is_built


@pytest.mark.slow(minutes=1)
@ALL
def test_a_build_before_the_tag_has_the_version_of_the_release(repository: Path, tmp_path: Path, tool: Tool) -> None:
    """The tool's own variable says it where there is one, and otherwise a tag that only the clone of the build has."""
    found = metadata.of(lambda path: (repository / path).read_text() if (repository / path).is_file() else None)
    assert found.tag is not None
    override = found.tag.override("ebb.flow", "0.2.0")
    source, made = tmp_path / "source", tmp_path / "made"
    env = {"SOURCE_DATE_EPOCH": "1700000000"} | override
    tag = "" if override else "v0.2.0"
    for action in (*git_tool.clone_shared(repository, source, tag), build.build(source, made, env, isolated=True)):
        action.run(Running(tmp_path / "log"))
    assert sorted(path.name for path in made.iterdir() if path.suffix in (".whl", ".gz")) == [
        "ebb_flow-0.2.0-py3-none-any.whl",
        "ebb_flow-0.2.0.tar.gz",
    ]
    assert git(repository, "tag") == "v0.1.0"
