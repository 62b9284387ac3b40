"""The page about reliability says what a run counted, and which bounds it did not reach."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from reliability import CLAIMS, page


def line(claim: str, cases: int, failures: int = 0) -> str:
    """What a test writes."""
    return json.dumps({"claim": claim, "cases": cases, "failures": failures})


ALL = [line(one.name, max(one.bound, 1)) for one in CLAIMS]


def test_every_bound_reached_is_no_complaint() -> None:
    """Cases of several tests are added."""
    text, missing = page([*ALL, line("kills", 4)], "abc", "2026-01-01")
    assert missing == []
    assert "| 5 |  | 0 | reached |" in text
    assert "Run on 2026-01-01 at commit `abc`" in text


@pytest.mark.parametrize("number", range(len(ALL)))
def test_a_claim_without_cases_is_not_reached(number: int) -> None:
    """Each bound is compared."""
    text, missing = page([one for one in ALL if one != ALL[number]], "abc", "2026-01-01")
    assert len(missing) == 1
    assert text.count("not reached |") == 1


def test_a_failure_is_no_claim_that_holds() -> None:
    """Also where there are cases enough."""
    text, missing = page([*ALL, line("names", 1, 1)], "abc", "2026-01-01")
    assert len(missing) == 1
    assert "| 10,001 | 10000 | 1 | failed |" in text


def test_a_test_that_empties_the_environment_is_counted(tmp_path: Path) -> None:
    """The file is the one that the run began with, and a test that fails is a failure."""
    tried, counted = tmp_path / "test_tried.py", tmp_path / "cases.jsonl"
    body = (
        'def test_it(monkeypatch, cases):\n    monkeypatch.delenv("CONTD_RELEASE_CASES")\n    cases.add("names", 3)\n'
    )
    tried.write_text(body + "    assert False\n", encoding="utf-8")
    support = str(Path(__file__).parent / "support")
    argv = (sys.executable, "-m", "pytest", "-q", "-p", "cases", str(tried))
    env = {"PYTHONPATH": support, "CONTD_RELEASE_CASES": str(counted)}
    done = subprocess.run(argv, env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1, done.stdout
    assert counted.read_text(encoding="utf-8") == line("names", 3, 1) + "\n"
