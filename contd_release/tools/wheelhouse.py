"""
Another platform's wheels, fetched beforehand, so that an image is built by copying: `python -m
contd_release.tools.wheelhouse`.

It builds the wheel of the project in the working directory and installs it with all it needs into `TO/ARCHITECTURE`,
one folder for each platform. Nothing of the other platform is ever run, so no emulation is needed. What depends on
this machine (paths of interpreters, times) is taken out: equal sources and equal wheels give equal folders.
"""

from __future__ import annotations

import argparse
import filecmp
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from contd_release.errors import FailedCommand, NotReady, ReleaseError, Usage, exit_code
from contd_release.process.command import Command
from contd_release.process.files import whole_folder

# https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/#manylinux
_MACHINES: Final = {"amd64": "x86_64", "arm64": "aarch64"}
_LIBC: Final = "manylinux_2_28"
PATH_FILE: Final = "image.pth"
_HERE_ONLY: Final = ("direct_url.json", "uv_cache.json", "uv_build.json")


def main(argv: Sequence[str] | None = None) -> int:
    """
    Fill the folders.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m contd_release.tools.wheelhouse", description=__doc__)
    parser.add_argument("--platform", action="append", help="such as linux/arm64; amd64 and arm64 without it")
    parser.add_argument("--extras", default="", help="extras of the project, separated by commas")
    parser.add_argument("--python", default="3.11", help="the version of Python in the image")
    parser.add_argument(
        "--at", default="", help=f"the folder in the image; {PATH_FILE} lets the image's Python find it"
    )
    parser.add_argument("--to", default="build/image", type=Path)
    words = parser.parse_args(argv)
    try:
        fill(words.to, words.platform or ["linux/amd64", "linux/arm64"], words.extras, words.python)
        if words.at:
            add_path_files(words.to, words.at)
    except ReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return exit_code(error)
    return 0


def fill(to: Path, platforms: Sequence[str], extras: str, python: str) -> None:
    """
    Put the project's wheel and all it needs into one folder for each platform, whole or not at all.

    Args:
        to: the folder of those folders.
        platforms: such as `linux/arm64`.
        extras: of the project, separated by commas.
        python: the version in the image, such as `3.11`.
    """
    machines = {_architecture(platform): _machine(platform) for platform in platforms}
    with whole_folder(to) as folder:
        wheels = folder / "wheels"
        _run(build(wheels))
        wheel = next(wheels.glob("*.whl"))
        # One after the other: two uv sometimes fail with an empty cache, because both write facts about Python into it.
        for name, machine in machines.items():
            _run(install(folder / name, machine, wheel, extras, python))
            settle(folder / name)


def add_path_files(to: Path, at: str) -> None:
    """
    Write a `.pth` file into each platform's folder, for the site-packages of the image's Python.

    Args:
        at: the folder of the image that gets the wheels, such as `/opt/demo`.

    See https://docs.python.org/3/library/site.html
    """
    for folder in to.iterdir():
        if folder.name != "wheels":
            (folder / PATH_FILE).write_text(f"{at}\n", encoding="utf-8")


def build(wheels: Path) -> Command:
    """Build the wheel of the project in the working directory."""
    return Command((*_uv(), "build", "--wheel", "--out-dir", str(wheels)))


def install(to: Path, machine: str, wheel: Path, extras: str, python: str) -> Command:
    """
    Install the built wheel and what it needs for one platform, from wheels alone.

    uv keeps wheels by name and version, and would take an older build of the same version from its cache.
    """
    name = wheel.name.partition("-")[0]
    platform = ("--python-platform", f"{machine}-{_LIBC}", "--python-version", python, "--only-binary", ":all:")
    requirement = f"{name}{f'[{extras}]' if extras else ''} @ {wheel.resolve().as_uri()}"
    return Command(
        (
            *(*_uv(), "pip", "install", "--quiet", "--python", sys.executable, "--target", str(to)),
            *(*platform, "--refresh-package", name, "--link-mode", "copy", "--", requirement),
        )
    )


def settle(folder: Path) -> None:
    """Take out what depends on this machine: interpreters' paths in scripts, times, and the records of both."""
    _link(folder)
    for script in (folder / "bin").glob("*"):
        content = script.read_bytes()
        if content.startswith(b"#!"):
            script.write_bytes(re.sub(rb"\A#![^\n]*python[^\n]*", b"#!/usr/bin/env python3", content))
    for record in folder.glob("*.dist-info/RECORD"):
        lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = (line for line in lines if not re.search(rf"(^|/)bin/|/({'|'.join(_HERE_ONLY)}),", line))
        record.write_text("".join(kept), encoding="utf-8")
        for name in _HERE_ONLY:
            (record.parent / name).unlink(missing_ok=True)
    (folder / ".lock").unlink(missing_ok=True)


def _link(folder: Path) -> None:
    """
    Let a library's other names be links, as they are where it is built: a wheel can only hold a copy for each name.
    """
    for library in folder.rglob("*.so"):
        for other in library.parent.glob(f"{library.name}.*"):
            if not other.is_symlink() and filecmp.cmp(library, other, shallow=False):
                other.unlink()
                other.symlink_to(library.name)


def _uv() -> tuple[str, ...]:
    """The uv that comes with nox: beside this interpreter, or on PATH."""
    found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if not found:
        raise NotReady("uv is not here", expected="uv beside this Python or on PATH", type_next="pip install uv")
    return (found,)


def _run(command: Command) -> None:
    answer = command.ask()
    if answer.code:
        raise FailedCommand(
            f"{command} ended with {answer.code}\n{answer.err.strip()}",
            expected="wheels for every platform",
        )


def _architecture(platform: str) -> str:
    return platform.removeprefix("linux/").replace("/", "-")


def _machine(platform: str) -> str:
    system, _, architecture = platform.partition("/")
    if system != "linux" or architecture not in _MACHINES:
        known = ", ".join(f"linux/{one}" for one in _MACHINES)
        raise Usage(
            f"no wheels are made for {platform!r}",
            expected=f"one of {known}",
            type_next="python -m contd_release.tools.wheelhouse --platform linux/amd64",
        )
    return _MACHINES[architecture]


if __name__ == "__main__":
    sys.exit(main())
