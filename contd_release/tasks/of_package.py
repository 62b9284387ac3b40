"""A task that is about one package; where a repository has several, `--package NAME` says which one."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

from invoke.parser.argument import Argument
from invoke.tasks import Task

from contd_release.process.edge import edge
from contd_release.process.hints import PACKAGE

HELP: Final = "the package, where the repository has several; all, or NAME,NAME, for one after the other"
# The tasks that show every package where none is named.
_SHOWING: Final = ("plan", "status")
# The options that begin a release.
_BEGINNING: Final = ("part", "version", "pre", "final")


class OfPackage(Task[Callable[..., None]]):
    """A task with the option `--package`; everything that it does is about that package."""

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """Every argument, the package last."""
        package = Argument(names=("package",), kind=str, default="", help=HELP)
        return [*super().get_arguments(ignore_unknown_help), package]

    def __call__(self, *args: Any, package: str = "", **options: Any) -> Any:
        """Do the work of the task for each package that the option names."""
        from contd_release.procedures.selection import packages_of
        from contd_release.procedures.status import show_packages
        from contd_release.project.several import chosen

        begins = any(options.get(name) for name in _BEGINNING)
        with edge():
            is_shown = self.name in _SHOWING and not (package or begins or os.environ.get(PACKAGE))
            if is_shown and show_packages(as_json=bool(options.get("json"))):
                return
            is_release = begins and self.name == "release"
            version = str(options.get("version") or "") if is_release else ""
            names = packages_of(package, version, begins=is_release) if package else ("",)
        for name in names:
            with chosen(name):
                super().__call__(*args, **options)
