"""A virtual environment of a Python that can install a wheel."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from contd_release.errors import NotReady, ReleaseError
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.tools import pip
from contd_release.tools.python import interpreters


@dataclass(frozen=True)
class Environment:
    """
    An empty environment of a Python that fits; which one fits is known when the wheel is there.

    Args:
        wheels: gives the wheels that are to be installed, as far as they are there by then.
        requires: the `requires-python` of the project, where no wheel is there.
    """

    at: Path
    wheels: Callable[[], Iterable[Path]]
    requires: str = ""

    @property
    def command(self) -> Command:
        """The command that makes it, of the Python that fits as far as is known now."""
        requires = next((required_python(wheel) for wheel in self.wheels() if wheel.is_file()), self.requires)
        return pip.environment(self.at, interpreters.fitting(requires))

    def __str__(self) -> str:
        try:
            return str(self.command)
        except ReleaseError:
            return str(pip.environment(self.at))

    def run(self, running: Running) -> None:
        """
        Make it.

        Raises:
            NotReady: no Python on this machine fits.
        """
        self.command.run(running)


def required_python(wheel: Path) -> str:
    """
    What the metadata of a wheel says of the Python it needs.

    Raises:
        NotReady: the wheel has no metadata.
    """
    with zipfile.ZipFile(wheel) as archive:
        name = next((name for name in archive.namelist() if name.endswith(".dist-info/METADATA")), None)
        if name is None:
            raise NotReady(f"{wheel.name} has no metadata", expected="a wheel", type_next="$EDITOR pyproject.toml")
        return str(message_from_bytes(archive.read(name)).get("Requires-Python") or "")
