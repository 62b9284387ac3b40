"""Adopt the repository of the current folder, and die before a write: killed_adoption.py NUMBER [guard]."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

WRITES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.copyfile", "shutil.copymode", "open"})


def main() -> None:
    """Arm the hook, and adopt."""
    number, with_guard, me, here = int(sys.argv[1]), len(sys.argv) > 2, os.getpid(), str(Path.cwd())
    seen = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event not in WRITES or os.getpid() != me or not str(arguments[0]).startswith(here):
            return
        if event == "open" and not (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")):
            return
        seen += 1
        if seen == number:
            children = Path(f"/proc/{me}/task/{me}/children").read_text(encoding="utf-8").split()
            for child in children if with_guard else ():
                os.kill(int(child), signal.SIGKILL)
            os.kill(me, signal.SIGKILL)

    sys.addaudithook(hook)
    sys.argv = ["contd-release", "adopt", "--yes"]
    from contd_release.__main__ import main as run

    run()


if __name__ == "__main__":
    main()
