"""
A trial of the package: installed into an empty environment, asked for its version, and imported.

It is made twice: of the built wheel, before anything is public, and of what the package index serves, afterwards.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path

from contd_release.errors import FailedCommand
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.process.system import venv
from contd_release.project.release import Release
from contd_release.tools import pip
from contd_release.tools.python.installed import read, top_level


@dataclass(frozen=True)
class Completion:
    """What the installed package needs, where it needs anything."""

    release: Release
    environment: Path

    @property
    def command(self) -> Command:
        """The command that installs it."""
        return pip.complete(self.environment, self.release.project.index_name, str(self.release.version))

    def __str__(self) -> str:
        return str(self.command)

    def run(self, running: Running) -> None:
        """Install it, unless there is nothing to install."""
        if pip.needs_others(self.environment, self.release.project.file_name):
            self.command.run(running)


@dataclass(frozen=True)
class Look:
    """
    The installed package states the version of the release, and each of its top-level modules can be imported.

    Args:
        type_next: what to type where it is not so.
    """

    release: Release
    environment: Path
    type_next: str

    @property
    def command(self) -> Command:
        """The command that asks."""
        settings = self.release.project.settings.pypi
        return pip.look(self.environment, self.release.project.name, *(settings.imports if settings else ()))

    def __str__(self) -> str:
        return str(self.command)

    def run(self, running: Running) -> None:
        """
        Ask, and remove the environment when all is well.

        Raises:
            FailedCommand: it states another version, or a module cannot be imported.
        """
        answer, version = self.command.ask(), str(self.release.version)
        if answer.code:
            tail = "\n".join(answer.err.strip().splitlines()[-6:])
            names = ", ".join(f'"{one}"' for one in self._importable())
            setting = f"`imports = [{names}]`" if names else "`imports`"
            raise FailedCommand(
                f"{self.release} is installed and cannot be imported:\n{tail}",
                expected=f"its top-level modules to be importable with what it requires, or {setting} in "
                "[tool.contd-release.pypi] to name those that are",
                type_next=self.type_next,
            )
        stated = read(answer.out).version
        if stated != version:
            raise FailedCommand(
                f"the installed package states version {stated!r}", expected=version, type_next=self.type_next
            )
        shutil.rmtree(self.environment)

    def _importable(self) -> list[str]:
        """The top-level modules that can be imported, where others cannot: they may need an extra."""
        name = self.release.project.file_name
        record = next(venv.packages(self.environment).glob(f"{name}-*.dist-info/RECORD"), None)
        files = [row[0] for row in csv.reader(record.read_text(encoding="utf-8").splitlines())] if record else []
        modules = top_level(files)
        asked = (pip.look(self.environment, self.release.project.name, one).ask() for one in modules)
        return [one for one, answer in zip(modules, asked, strict=True) if not answer.code]
