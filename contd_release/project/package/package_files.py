"""The files in which a Python package describes itself, parsed and never run."""

from __future__ import annotations

import configparser
import tomllib
from dataclasses import dataclass
from typing import Any

from contd_release.errors import Usage
from contd_release.project.defaults import Read
from contd_release.project.package.setup_py import SetupPy, parsed


@dataclass(frozen=True)
class PackageFiles:
    """
    The parsed files of one package.

    Args:
        folder: the folder that they are in, with a slash at its end; empty for the root.
        setup: what a setup.py says; None if there is none, or it is not Python.
    """

    folder: str
    pyproject: dict[str, Any]
    pyproject_text: str
    cfg: configparser.RawConfigParser
    cfg_text: str
    setup: SetupPy | None
    has_setup: bool

    def table(self, *keys: str) -> dict[str, Any]:
        """A table of pyproject.toml; empty if it is missing or something else."""
        found: object = self.pyproject
        for key in keys:
            found = found.get(key, {}) if isinstance(found, dict) else {}
        return found if isinstance(found, dict) else {}

    def text(self, section: str, key: str) -> str:
        """A value of setup.cfg; empty if it has none."""
        return self.cfg.get(section, key, fallback="").strip()


def read(text_of: Read, folder: str) -> PackageFiles:
    """
    The files of the package in this folder.

    Raises:
        Usage: pyproject.toml is not TOML.
    """
    text, cfg_text, setup = (text_of(f"{folder}{name}") for name in ("pyproject.toml", "setup.cfg", "setup.py"))
    try:
        pyproject = tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        path = f"{folder}pyproject.toml"
        raise Usage(f"{path} is not TOML: {error}", expected="valid TOML", type_next=f"$EDITOR {path}") from error
    for key in ("project", "build-system", "tool"):
        if not isinstance(table := pyproject.get(key, {}), dict):
            path = f"{folder}pyproject.toml"
            raise Usage(f"[{key}] is {table!r}", expected="a table", type_next=f"$EDITOR {path}")
    script = parsed(setup) if setup else None
    return PackageFiles(folder, pyproject, text or "", ini(cfg_text or ""), cfg_text or "", script, setup is not None)


def ini(text: str) -> configparser.RawConfigParser:
    """A text as setup.cfg and tox.ini are written; without any section if it is written in another way."""
    found = configparser.RawConfigParser(strict=False)
    try:
        found.read_string(text)
    except configparser.Error:
        return configparser.RawConfigParser()
    return found
