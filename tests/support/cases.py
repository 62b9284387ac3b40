"""Count the cases of a claim where a test tries them, for the page about reliability."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

# The file that `nox -s proof` reads, without which nothing is written. Tests empty the environment, so it is read here.
FILE = os.environ.get("CONTD_RELEASE_CASES")
FAILED = pytest.StashKey[bool]()


class Cases:
    """How many cases of each claim a test has tried."""

    def __init__(self) -> None:
        self.counted = Counter[str]()

    def add(self, claim: str, count: int = 1) -> None:
        """Count cases that were tried; 0 says that some are tried now, for a test that fails at its first."""
        self.counted[claim] += count

    def write(self, path: Path, *, failed: bool) -> None:
        """Append one line for each claim; a test that failed is one failure of each."""
        with path.open("a", encoding="utf-8") as lines:
            for claim, count in self.counted.items():
                line = {"claim": claim, "cases": count, "failures": int(failed)}
                lines.write(json.dumps(line) + "\n")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep with a test whether it failed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture
def cases(request: pytest.FixtureRequest) -> Iterator[Cases]:
    """Counts what this test tries."""
    counted = Cases()
    yield counted
    if FILE:
        counted.write(Path(FILE), failed=request.node.stash.get(FAILED, False))
