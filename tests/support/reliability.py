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
    Claim("kills-every-channel", "R1: killed anywhere with every channel, then continued", "", 300),
    Claim(
        "kills",
        "R1: killed anywhere with PyPI, website, monitor and announcements, then continued",
        "tests/rehearse/test_crashes.py",
    ),
    Claim("double-kills", "R2: killed again while it continues", "", 2000),
    Claim("faults", "R3: a request of a release refused, cut, delayed or garbled", "", 1500),
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
    Claim("disk", "R11: a write of the journal fails before its effect", "tests/procedures/test_journal_fails.py", 500),
)
HEAD = """# Reliability

`nox -s proof` runs the suites below and writes this page. Each number is counted by the tests themselves.
A failure is a test that failed. The session fails where a claim has a failure or fewer cases than its bound.

| claim | shown by | cases | bound | failures | outcome |
| --- | --- | ---: | ---: | ---: | --- |
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
    return f"{HEAD}{rows}\nRun on {day} at commit `{commit}`. Mutation testing is not part of it.\n", missing


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
