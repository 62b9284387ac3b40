"""
pip, as the people have it who install a release: one index, hashes required, nothing of this machine's configuration.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from contd_release.process.ahead import Tool
from contd_release.process.command import Command

VENV: Final = Tool("venv", ("venv",))
# What works on another environment is another process of it, which imports the rest.
PIP: Final = Tool("pip", ("pip._internal.cli.main", "pip._internal.cli.main_parser"))


def environment(at: Path) -> Command:
    """Make an empty virtual environment; pip works on it from outside."""
    return Command(VENV.argv("--clear", "--without-pip", str(at)), timeout=120, tool=VENV)


def install(into: Path, requirements: Path, index: str | None) -> Command:
    """
    Install what a file of requirements with hashes names, from this index alone; without one from pip's own, PyPI.

    Nothing is compiled: what was installed is asked for its version, and not run.
    """
    words = ("--isolated", "--python", str(into / "bin" / "python"), "install", "--no-deps")
    fresh = ("--no-cache-dir", "--no-compile")
    only = ("--require-hashes", *(("--index-url", index) if index else ()), "--requirement", str(requirements))
    quiet = ("--disable-pip-version-check", "--progress-bar", "off")
    return Command(
        PIP.argv(*words, *fresh, *quiet, *only),
        env={"PIP_CONFIG_FILE": os.devnull},
        timeout=600,
        tool=PIP,
    )


def install_built(into: Path, requirement: str, folder: Path) -> Command:
    """Install a package that was built into a folder, and what it needs from where this machine's pip looks."""
    words = ("--python", str(into / "bin" / "python"), "install", "--no-compile", "--find-links", str(folder))
    quiet = ("--disable-pip-version-check", "--progress-bar", "off", "--prefer-binary")
    return Command(PIP.argv(*words, *quiet, "--", requirement), timeout=900, tool=PIP)


def stated_version(environment: Path, name: str) -> Command:
    """Ask an environment which version of a package it has."""
    code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    return Command((str(environment / "bin" / "python"), "-I", "-c", code, name), timeout=60)
