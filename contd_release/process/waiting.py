"""
The program that waits: `python -P waiting.py bumpversion bumpversion.cli questionary` imports, then becomes its tool.

Its words are the tool's module, what to import now, and what only where something uses it, with commas between.

What to do comes on standard input, once, as JSON: `words`, `cwd`, `env` and `umask`. Where nothing comes, whoever
started it is gone, and it ends.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import sys
from contextlib import suppress
from importlib.util import find_spec
from types import ModuleType


class Later(ModuleType):
    """Stands for a module that is imported when something of it is used."""

    def __getattr__(self, name: str) -> object:
        if sys.modules[self.__name__] is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def main() -> None:
    """Import, wait, and run the tool as `python -m` does."""
    tool, now, later = sys.argv[1:]
    for module in later.split(",") if later else ():
        if module not in sys.modules and find_spec(module):
            sys.modules[module] = Later(module)
    # Nothing of what is imported is garbage, and looking for some, also at the end, takes a third of the time.
    gc.disable()
    for module in now.split(","):
        # Another version of the tool may lack it, or have it under another name.
        with suppress(ImportError):
            importlib.import_module(module)
    gc.freeze()
    gc.enable()
    atexit.register(gc.freeze)
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
