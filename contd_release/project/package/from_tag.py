"""
The build tools that compute a package's version from a git tag, and the variable that tells each the version.

A release builds before its tag is made. setuptools-scm and its kin read the version from an environment variable;
versioneer and others have none, and find the tag in the clone that they build in.
"""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass
from typing import Any, Final

from contd_release.project.package.setup_py import SetupPy


@dataclass(frozen=True)
class FromTag:
    """
    A tool that computes the version.

    Args:
        variable: the environment variable that overrides what it computes; empty if it has none.
        is_named: whether the variable is one of the package alone, with the package's name at its end.
    """

    tool: str
    variable: str = ""
    is_named: bool = False

    def override(self, name: str, version: str) -> dict[str, str]:
        """The environment in which the tool computes this version for the package of this name."""
        if not self.variable:
            return {}
        end = f"_FOR_{re.sub(r'[-_.]+', '_', name).upper()}" if self.is_named else ""
        return {f"{self.variable}{end}": version}


# https://setuptools-scm.readthedocs.io/en/latest/overrides/
_SCM: Final = "SETUPTOOLS_SCM_PRETEND_VERSION"
_SETUPTOOLS_SCM: Final = FromTag("setuptools-scm", _SCM, is_named=True)
# hatch-vcs and flit-scm do not pass the package's name on, so that the variable without a name is the one they read.
_HATCH: Final = {
    "vcs": FromTag("hatch-vcs", _SCM),
    "uv-dynamic-versioning": FromTag("uv-dynamic-versioning", "UV_DYNAMIC_VERSIONING_BYPASS"),
    "versioningit": FromTag("versioningit"),
}


def from_tag(
    pyproject: dict[str, Any], setup: SetupPy | None, cfg: configparser.RawConfigParser, has_versioneer: bool
) -> FromTag | None:
    """The tool that computes the version of a package, if one does."""
    tools = _table(pyproject, "tool")
    project = _table(pyproject, "project")
    if isinstance(project.get("version"), str):
        return None
    if isinstance(source := _table(_table(tools, "hatch"), "version").get("source"), str):
        return _HATCH.get(source)
    if _table(_table(tools, "pdm"), "version").get("source") == "scm":
        return FromTag("pdm-backend", "PDM_BUILD_SCM_VERSION")
    if _table(tools, "poetry-dynamic-versioning").get("enable"):
        return FromTag("poetry-dynamic-versioning", "POETRY_DYNAMIC_VERSIONING_BYPASS")
    keywords = setup.keywords if setup else frozenset()
    modules = setup.modules if setup else frozenset()
    if "versioneer" in tools or cfg.has_section("versioneer") or ("versioneer" in modules and has_versioneer):
        return FromTag("versioneer")
    if "use_scm_version" in keywords or "setuptools_scm" in tools or _is_implied(pyproject, project):
        is_flit = str(_table(pyproject, "build-system").get("build-backend", "")).startswith("flit_scm")
        return FromTag("flit-scm", _SCM) if is_flit else _SETUPTOOLS_SCM
    if "pbr" in keywords or "pbr" in _requires(pyproject):
        return FromTag("pbr", "PBR_VERSION")
    if "setuptools-git-versioning" in tools:
        return FromTag("setuptools-git-versioning")
    if "versioningit" in tools:
        return FromTag("versioningit")
    provider = _table(_table(_table(tools, "scikit-build"), "metadata"), "version").get("provider")
    return _SETUPTOOLS_SCM if provider == "scikit_build_core.metadata.setuptools_scm" else None


def _is_implied(pyproject: dict[str, Any], project: dict[str, Any]) -> bool:
    """setuptools-scm 9 needs no table where it is required with the extra `simple`."""
    dynamic = project.get("dynamic", ())
    return "version" in dynamic and bool(re.search(r"setuptools[_-]scm\[simple\]", _requires(pyproject)))


def _requires(pyproject: dict[str, Any]) -> str:
    """The names that the build needs, one a line."""
    return "\n".join(map(str, _table(pyproject, "build-system").get("requires", ())))


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key, {})
    return found if isinstance(found, dict) else {}
