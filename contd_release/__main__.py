"""The tasks as a program of their own: `contd-release release --part minor`, `python -m contd_release …`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress


def main() -> None:
    """Run the tasks of the current folder's project."""
    words = sys.argv[1:]
    with ExitStack() as stack:
        if _begins(words):
            from contd_release.errors import ReleaseError
            from contd_release.procedures import head_start

            # Whatever is in its way is told by the task.
            with suppress(ReleaseError):
                stack.enter_context(head_start.given(begins=True))
        _run(words)


def _begins(words: Sequence[str]) -> bool:
    """Whether a release seems to begin; who is wrong here loses a little time, and nothing else."""
    return words[:1] == ["release"] and "--part" in words and not {"--help", "--dry-run"} & {*words}


def _run(words: Sequence[str]) -> None:
    from invoke.program import Program

    from contd_release import __version__
    from contd_release.tasks import namespace

    program: Program = Program(
        version=__version__,
        namespace=namespace,
        name="contd-release",
        binary="contd-release",
        binary_names=["contd-release"],
    )
    program.run(["contd-release", *words])


if __name__ == "__main__":
    main()
