"""Whatever meets twine, once it is over the file is there, once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contd_release.sandbox.world import World

STATUSES = (401, 403, 404, 409, 422, 429, 500, 502, 504)


@pytest.mark.slow
@pytest.mark.parametrize(
    "what",
    [
        *("refuse", "drop", "cut", "reset", "truncate", "slow=0.2", "lie"),
        *("accept-then-drop", "accept-then-502", *map(str, STATUSES)),
    ],
)
def test_the_second_try_settles_it(world: World, make_wheel: Callable[..., Path], what: str) -> None:
    """Uploading again is safe after every misfortune, and nothing is stored twice."""
    wheel = make_wheel("1.0.0")
    world.faults.order(f"POST /legacy/ 1 {what}")
    upload(world, wheel)
    assert upload(world, wheel) == 0
    assert {f"file {wheel.name}": 1} == world.ledger.effects()


def upload(world: World, wheel: Path) -> int:
    """twine's exit code."""
    options = ("--non-interactive", "--disable-progress-bar", "--repository-url", world.upload_url)
    env = {"PATH": os.environ["PATH"], "HOME": os.devnull, "TWINE_USERNAME": "__token__"}
    env["TWINE_PASSWORD"] = world.accounts.publisher.password.reveal()
    argv = [sys.executable, "-W", "ignore", "-m", "twine", "upload", *options, str(wheel)]
    return subprocess.run(argv, env=env, check=False, capture_output=True, timeout=60).returncode
