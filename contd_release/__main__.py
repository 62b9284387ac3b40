"""The tasks as a program of their own: `contd-release release --part minor`, `python -m contd_release …`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the tasks of the current folder's project."""
    try:
        _run()
    except KeyboardInterrupt:
        # Before a task has begun: imports take some tenths of a second.
        sys.stderr.write("\ninterrupted: nothing was begun\n")
        sys.exit(130)


def _run() -> None:
    from contd_release import __version__
    from contd_release.errors import Unwritable
    from contd_release.process.disk import disk_named
    from contd_release.tasks import namespace
    from contd_release.tasks.program import Tasks

    program = Tasks(
        version=__version__,
        namespace=namespace,
        name="contd-release",
        binary="contd-release",
        binary_names=["contd-release"],
    )
    try:
        # Invoke reads its own settings from the home before any task.
        with disk_named():
            program.run(["contd-release", *sys.argv[1:]])
    except Unwritable as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
