"""The tasks as a program: what it is comes first, and a misspelt task or option says which one was meant."""

from __future__ import annotations

import re
import shlex
import sys
from difflib import get_close_matches
from typing import Final

from invoke.exceptions import Exit, ParseError
from invoke.program import Program

from contd_release.errors import Usage

INTRODUCTION: Final = """\
contd-release walks a release checklist: it checks, proves, builds, publishes,
verifies and announces a version, continues where it was stopped, and takes a
version back. Every step asks first what is true already.

  contd-release doctor                 what keeps this repository from a release
  contd-release rehearse               the whole release, in a local sandbox
  contd-release release --part minor   the release; asks before it is public
  contd-release status                 where it stands, and what to type
  contd-release rollback --version …   take a version back, as far as possible

A repository that has no tasks.py yet begins with: contd-release adopt
"""
_UNKNOWN: Final = re.compile(r"No idea what '(.+)' is!")


class Tasks(Program):
    """Invoke's program, with our introduction and our errors."""

    def print_help(self) -> None:
        """The introduction, and then options and tasks."""
        sys.stdout.write(f"{INTRODUCTION}\n")
        super().print_help()

    def parse_tasks(self) -> None:
        """
        Read the tasks of the command line.

        Raises:
            Exit: there is no such task or option.
        """
        try:
            super().parse_tasks()
        except ParseError as error:
            refused = self._refused(error)
            raise Exit(f"\n{refused}", code=refused.exit_code) from error

    def _refused(self, error: ParseError) -> Usage:
        """The error in our words, with the command line as it was meant."""
        unknown, context = _UNKNOWN.match(str(error)), error.context
        task = context.name if context else None
        help_of_task = shlex.join(("contd-release", "--help", *([task] if task else [])))
        if not unknown:
            return Usage(str(error), expected="a task with its options", type_next=help_of_task)
        word = unknown[1]
        if word.startswith("-"):
            what, known = (
                f"{task or 'contd-release'} has no option {word}",
                list(context.flag_names()) if context else [],
            )
        else:
            what, known = f"there is no task {word}", sorted(self.collection.task_names)
        near, expected = get_close_matches(word, known, 1), f"one that {help_of_task} shows"
        if not near:
            return Usage(what, expected, type_next=help_of_task)
        words = [near[0] if one == word else one for one in self.argv[1:]]
        return Usage(f"{what}; did you mean {near[0]}?", expected, shlex.join(("contd-release", *words)))
