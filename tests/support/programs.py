"""The programs that are not ours: a test that needs one skips where it is missing, and fails there in CI."""

from __future__ import annotations

import os
import shutil

import pytest


def needed(program: str, package: str = "", *, others: tuple[str, ...] = (), install: str = "apt install") -> str:
    """
    The program, if it is here.

    Args:
        package: the Debian package that has it; the one of its name, where empty.
        others: programs that serve as well.
    """
    for one in (program, *others):
        if shutil.which(one):
            return one
    message = f"{program} is not here: {install} {package or program}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
