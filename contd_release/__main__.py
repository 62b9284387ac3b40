"""
The tasks as a program of their own: `contd-release release --part minor`, `python -m contd_release …`.
"""

from __future__ import annotations

import sys

from invoke.collection import Collection
from invoke.program import Program

from contd_release import __version__
from contd_release.tasks import namespace


def main() -> None:
    """
    Run the tasks of the current folder's project.
    """
    program: Program = Program(
        version=__version__,
        namespace=Collection.from_module(namespace) if not isinstance(namespace, Collection) else namespace,
        name="contd-release",
        binary="contd-release",
        binary_names=["contd-release"],
    )
    program.run(["contd-release", *sys.argv[1:]])


if __name__ == "__main__":
    main()
