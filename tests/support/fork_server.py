"""
A process that has imported the product, and copies itself for each run of it: a run costs no second of imports.

It reads one order a line from its standard input, and answers with one line: how the run ended, and at which moment it
was disturbed. The copy is a real process, in a session of its own, with its own environment, folder and output.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

# Seconds after which a run that has not ended is killed; it fails then. A chart may take minutes to be seen.
LONGEST: Final = 700
# The end of a run that comes to nothing: Python's own, for a traceback, is 1.
_BROKEN: Final = 70


@dataclass(frozen=True)
class Order:
    """
    One run of the product.

    Args:
        env: the whole environment.
        to: the file that its output is appended to; the moment goes to the file beside it.
        what: `kill` the run, `kill-all` its programs as well, let the disk be `full` or `read-only`, or nothing.
        known: a file with the moments that are known, as JSON.
        skipped: so many moments that are not known pass before.
        below: the folder whose files count.
        disk: the small disk.
    """

    words: list[str]
    cwd: str
    env: dict[str, str]
    to: str
    what: str = ""
    known: str = ""
    skipped: int = 0
    below: str = ""
    disk: str = ""


def main() -> None:
    """Import everything, then answer orders."""
    _imported()
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if child == 0:
            _run(order)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _imported() -> None:
    import contd_release

    for one in pkgutil.walk_packages(contd_release.__path__, "contd_release."):
        if not one.name.endswith(("__main__", "griffe.program")):
            # An extra that is not installed.
            with suppress(ImportError):
                importlib.import_module(one.name)
    for name in ("requests", "stamina", "packaging.version", "packaging.tags", "yaml"):
        with suppress(ImportError):
            importlib.import_module(name)


def _run(order: Order) -> NoReturn:
    """Become the run."""
    code = _BROKEN
    try:
        os.setsid()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(LONGEST)
        out = os.open(order.to, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for descriptor, target in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (out, 2)):
            os.dup2(descriptor, target)
        os.environ.clear()
        os.environ.update(order.env)
        os.chdir(order.cwd)
        sys.argv = ["contd-release", *order.words]
        _disturbed(order)
        code = _ended()
    finally:
        os._exit(code)


def _ended() -> int:
    """Run the product; its exit code."""
    from contd_release.__main__ import main

    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - as Python does at its end
        import traceback

        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _disturbed(order: Order) -> None:
    """Disturb this process at its moment."""
    import moments
    import small_disk

    known = frozenset(json.loads(Path(order.known).read_text(encoding="utf-8"))) if order.known else frozenset()
    noted = os.open(f"{order.to}.moment", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    disk = Path(order.disk)
    acts: dict[str, Callable[[], None]] = {
        "kill": _kill,
        "kill-all": _kill_all,
        "full": lambda: small_disk.fill(disk),
        "read-only": lambda: small_disk.cover(disk),
    }

    def act(name: str) -> None:
        os.write(noted, name.encode())
        acts[order.what]()

    if order.what:
        moments.Moments(order.below, known, order.skipped, act).watch()


def _kill() -> None:
    os.killpg(0, signal.SIGKILL)


def _kill_all() -> None:
    """Kill the programs that this run has started as well; they are in sessions of their own."""
    from contd_release.rehearse.running import descendants

    for process in descendants(os.getpid()):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    _kill()


if __name__ == "__main__":
    main()
