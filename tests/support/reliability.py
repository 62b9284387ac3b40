"""Write docs/reliability.md from the cases that the tests counted; exit with 1 where a bound was not reached."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Claim:
    """What is promised, the tests that show it, and how many cases are wanted; 0 is any number."""

    name: str
    text: str
    shown: str
    bound: int = 0


CLAIMS = (
    Claim(
        "kills-every-channel",
        "R1: killed at each moment with every channel, then continued",
        "tests/procedures/disturbed/test_kills.py",
        300,
    ),
    Claim(
        "kills",
        "R1: killed anywhere with PyPI, website, monitor and announcements, then continued",
        "tests/rehearse/test_crashes.py",
    ),
    Claim(
        "double-kills",
        "R2: killed again while it continues",
        "tests/procedures/disturbed/test_kills.py",
        2000,
    ),
    Claim(
        "faults",
        "R3: each request of a release refused, cut, delayed, answered with a lie or an error, or not answered",
        "tests/procedures/disturbed/test_faults.py",
        1500,
    ),
    Claim(
        "referees", "R3, R4: one request of a release to pypiserver disturbed", "tests/procedures/test_referees.py", 18
    ),
    Claim(
        "canaries",
        "R7: no spelling of a secret is left in a text or a stream",
        "tests/process/test_canaries.py",
        10_000,
    ),
    Claim(
        "names", "R8: a hostile name does nothing where it is printed", "tests/process/test_hostile_names.py", 10_000
    ),
    Claim(
        "sequences",
        "R10: releases, hotfixes and rollbacks end as the model",
        "tests/procedures/test_sequences.py",
        2000,
    ),
    Claim(
        "disk",
        "R11: the disk is full or read-only from some moment on",
        "tests/procedures/disturbed/test_disk.py",
        500,
    ),
    Claim("journal", "R11: a write of the journal fails before its effect", "tests/procedures/test_journal_fails.py"),
)
HEAD = """# Reliability

`nox -s proof` runs the suites below and writes this page. Each number is counted by the tests themselves.
A failure is a test that failed. The session fails where a claim has a failure or fewer cases than its bound.

| claim | shown by | cases | bound | failures | outcome |
| --- | --- | ---: | ---: | ---: | --- |
"""
HOW = """
## How the releases are disturbed

Each release is a real one, of a small project: real git with a bare remote, real buildah and Helm where an image and a
chart are released, and the sandbox for the index, the registry and GitHub. Each run is a process of its own.

- **Moments** (R1, R2, R11) are the audit events of Python itself: the process is about to write, rename or remove a
  file, to start a program, or to send a request. One that comes more often than six times in a run counts six times.
- **Kills** are SIGKILL to the process group, in one half of the releases to the programs that it has started as well.
  The same release is continued and killed again, until it has ended. Each kill after its first is one of R2.
- **Faults** meet each method and path once in one release for each of 29 kinds, such as a connection that is refused or
  reset, half an answer, a status from 400 to 504, success that is a lie, and no answer although the server has carried
  the request out. A run goes on or stops with a named cause, and is continued.
- **The disk** is a tmpfs that has no room left, or is mounted read-only, from the moment on until the run has stopped.
- **In the end** the journal has ended, each thing was published once, the index has the sealed digests, the tag is
  annotated and names the sealed commit, main has it, and the clone of the maintainer has no change.
"""


def page(lines: list[str], commit: str, day: str) -> tuple[str, list[str]]:
    """The page, and the claims that do not hold."""
    tried, failed = Counter[str](), Counter[str]()
    for line in lines:
        read = json.loads(line)
        tried[read["claim"]] += read["cases"]
        failed[read["claim"]] += read["failures"]
    rows, missing = "", []
    for one in CLAIMS:
        count, failures = tried[one.name], failed[one.name]
        outcome = "failed" if failures else "reached" if count >= max(one.bound, 1) else "not reached"
        if outcome != "reached":
            missing.append(f"{one.text}: {count} cases of {one.bound}, {failures} failures")
        shown = f"`{one.shown}`" if one.shown else "no suite counts it yet"
        rows += f"| {one.text} | {shown} | {count:,} | {one.bound or ''} | {failures} | {outcome} |\n"
    run = f"Run on {day} at commit `{commit}`. Mutation testing is not part of it."
    return f"{HEAD}{rows}\n{run}\n{HOW}", missing


def main() -> int:
    """Write the page."""
    argv = ("git", "rev-parse", "--short=12", "HEAD")
    commit = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()
    source = Path(sys.argv[1])
    lines = source.read_text(encoding="utf-8").splitlines() if source.exists() else []
    text, missing = page(lines, commit, datetime.now(UTC).date().isoformat())
    Path("docs/reliability.md").write_text(text, encoding="utf-8")
    sys.stderr.write("".join(f"not reached: {one}\n" for one in missing))
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
