"""A task whose first word may be left out; invoke itself demands every positional argument."""

from __future__ import annotations

import sys

from invoke.parser.argument import Argument

from contd_release.tasks.of_package import OfPackage


class OptionalWord(Argument):
    """A positional argument that is empty if the command line has options alone after its task."""

    task: str = ""
    # The names of the options that take a value.
    taking: frozenset[str] = frozenset()

    @property
    def value(self) -> str | None:
        """The word; None if invoke is still to find it."""
        if self._value is not None:
            return str(self._value)
        return None if self._is_coming() else ""

    @value.setter
    def value(self, word: str) -> None:
        self.set_value(word, cast=True)

    def _is_coming(self) -> bool:
        if self.task not in sys.argv:
            return True
        words = iter(sys.argv[sys.argv.index(self.task) + 1 :])
        for word in words:
            if word == "-h":
                return False
            if not word.startswith("--"):
                return True
            if word.removeprefix("--") in self.taking:
                next(words, None)
        return False


class WithOptionalWord(OfPackage):
    """A task whose one positional argument may be left out; what it says instead comes from options, or a question."""

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """Every argument, the word first."""
        first, *others = super().get_arguments(ignore_unknown_help)
        word = OptionalWord(names=first.names, kind=str, positional=True, help=first.help)
        names = (name for one in (*others, first) if one.takes_value for name in one.names)
        word.task, word.taking = self.name, frozenset(name.replace("_", "-") for name in names)
        return [word, *others]
