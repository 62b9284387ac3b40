"""A rehearsed release as a process of its own: its events, and the processes it started."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from contd_release.process.system.processes import NEW_GROUP
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox.world import World


def started(rehearsal: Rehearsal, world: World, command: tuple[str, ...]) -> subprocess.Popen[str]:
    """Start a task, which prints its events as lines of JSON."""
    return subprocess.Popen(
        (*command, "--json"),
        cwd=rehearsal.clone,
        env=dict(rehearsal.environment(world)),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        creationflags=NEW_GROUP,
    )


def events(process: subprocess.Popen[str], world: World) -> Iterator[dict[str, Any]]:
    """The events of a release until it ends; its world's address, another one each time, is left out."""
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            with suppress(ValueError):
                yield json.loads(re.sub(rf"(http://)?{re.escape(world.registry)}", "WORLD", line))
    process.wait()


def descendants(process: int) -> tuple[int, ...]:
    """The processes that a process has started, and theirs; empty if the system does not tell."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")
            # The other end of a push is another machine, which is not killed with ours.
            if name.endswith("(git-receive-pac"):
                continue
            parent = int(rest.split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = list(children.get(process, ()))
    for child in found:
        found += children.get(child, ())
    return tuple(found)
