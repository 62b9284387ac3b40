"""
`python -m contd done.txt < todo.txt` prints what is left; `--done ITEM` says that one is done.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from contd import Ledger, __version__


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run the command line; the exit code is 1 while something is left.
    """
    parser = argparse.ArgumentParser("contd", description="What is left of a list of work.")
    parser.add_argument("ledger", help="the file that remembers what is done")
    parser.add_argument("--done", metavar="ITEM", action="append", default=[], help="say that ITEM is done")
    parser.add_argument("--version", action="version", version=f"contd {__version__}")
    options = parser.parse_args(argv)
    ledger = Ledger(options.ledger)
    for item in options.done:
        ledger.add(item)
    if options.done:
        return 0
    left = list(ledger.remaining(line.rstrip("\n") for line in sys.stdin))
    print(*left, sep="\n", end="\n" if left else "")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
