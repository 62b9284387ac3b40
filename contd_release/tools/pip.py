"""
pip, as the people have it who install a release: one index, hashes required, nothing of this machine's configuration.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from email import message_from_string
from pathlib import Path

from contd_release.process.command import Command, python_module
from contd_release.process.system import venv
from contd_release.tools.python import installed
from contd_release.tools.python.interpreters import Interpreter


def environment(at: Path, python: Interpreter | None = None) -> Command:
    """Make an empty virtual environment, of this Python where no other is named; pip works on it from outside."""
    words = ("--clear", "--without-pip", str(at))
    if python is None or python.path == Path(sys.executable):
        return Command(python_module("venv", *words), timeout=120)
    return Command((str(python.path), "-I", "-m", "venv", *words), timeout=120)


def install(into: Path, requirements: Path, index: str | None) -> Command:
    """
    Install what a file of requirements with hashes names, from this index alone; without one from pip's own, PyPI.

    Nothing is compiled: what was installed is asked for its version, and not run.
    """
    words = ("--isolated", "--python", str(venv.python(into)), "install", "--no-deps")
    fresh = ("--no-cache-dir", "--no-compile")
    only = ("--require-hashes", *(("--index-url", index) if index else ()), "--requirement", str(requirements))
    quiet = ("--disable-pip-version-check", "--progress-bar", "off")
    return Command(
        python_module("pip", *words, *fresh, *quiet, *only),
        env={"PIP_CONFIG_FILE": os.devnull},
        timeout=600,
    )


def install_built(into: Path, requirement: str, folder: Path) -> Command:
    """Install a package that was built into a folder, and what it needs from where this machine's pip looks."""
    words = ("--python", str(venv.python(into)), "install", "--no-compile", "--find-links", str(folder))
    quiet = ("--disable-pip-version-check", "--progress-bar", "off", "--prefer-binary")
    return Command(python_module("pip", *words, *quiet, "--", requirement), timeout=900)


def install_project(into: Path, source: Path, extras: Sequence[str], groups: Sequence[str]) -> Command:
    """Install a project from its folder, with what it and these extras and dependency groups require."""
    requirement = f"{source}[{','.join(extras)}]" if extras else str(source)
    chosen = (word for group in groups for word in ("--group", f"{source / 'pyproject.toml'}:{group}"))
    return _uv_install(into, *chosen, "--", requirement)


def install_project_alone(into: Path, source: Path, *, isolated: bool) -> Command:
    """Install a project from its folder, without what it requires."""
    return _uv_install(into, "--no-deps", *([] if isolated else ["--no-build-isolation"]), "--", str(source))


def install_wheel(into: Path, wheel: Path) -> Command:
    """Install a wheel from a file, and what it needs from where this machine's pip looks."""
    return _from_anywhere(into, str(wheel))


def complete(into: Path, name: str, version: str) -> Command:
    """
    Install what an installed package needs, from where this machine's pip looks; the package itself stays as it is.
    """
    return _from_anywhere(into, f"{name}=={version}")


def needs_others(environment: Path, name: str) -> bool:
    """Whether the metadata of an installed package names others that it needs without any extra."""
    metadata = next(venv.packages(environment).glob(f"{name}-*.dist-info/METADATA"))
    needed = message_from_string(metadata.read_text(encoding="utf-8")).get_all("Requires-Dist", [])
    return any("extra ==" not in one for one in needed)


def look(environment: Path, name: str, *modules: str) -> Command:
    """Ask an environment which version of a package it has, and import these modules, or each top-level one."""
    program = Path(installed.__file__)
    return Command((str(venv.python(environment)), "-I", str(program), name, *modules), timeout=300)


def _from_anywhere(into: Path, requirement: str) -> Command:
    words = ("--python", str(venv.python(into)), "install", "--no-compile", "--prefer-binary")
    quiet = ("--disable-pip-version-check", "--progress-bar", "off")
    return Command(python_module("pip", *words, *quiet, "--", requirement), timeout=900)


def _uv_install(into: Path, *words: str) -> Command:
    """
    Build and install with uv, in a fraction of pip's time; nox brings it along.

    It keeps what it has built of a folder until the time of pyproject.toml changes, as it does in a new clone.
    """
    where = ("pip", "install", "--quiet", "--python", str(venv.python(into)))
    return Command(python_module("uv", *where, *words), timeout=1800)
