"""
The program that waits: `python -P waiting.py bumpversion bumpversion.cli` imports, then becomes its tool.

What to do comes on standard input, once, as JSON: `words`, `cwd`, `env` and `umask`. Where nothing comes, whoever
started it is gone, and it ends.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
from contextlib import suppress


def main() -> None:
    """
    Import, wait, and run the tool as `python -m` does.
    """
    tool, *modules = sys.argv[1:]
    for module in modules:
        # Another version of the tool may lack it, or have it under another name.
        with suppress(ImportError):
            importlib.import_module(module)
    if not (told := sys.stdin.buffer.read()):
        return
    task = json.loads(told)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    os.environ.clear()
    os.environ.update(task["env"])
    os.chdir(task["cwd"])
    if task["umask"] >= 0:
        os.umask(task["umask"])
    sys.argv[1:] = task["words"]
    runpy.run_module(tool, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
