"""
`python -m benchmarks.run_benchmarks`: how fast the ledger reads, as a ratio, so that any machine can judge it.

Reading a ledger is held against reading the same file with `json.loads` alone. Nothing here depends on how fast the
disk confirms a write, which no code of ours can change.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from contd import Ledger
from contd.line import encoded

ITEMS = 20_000
ROUNDS = 5
AT_MOST = 6.0


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "done.txt"
        path.write_bytes(b"".join(encoded(f"item {number}") for number in range(ITEMS)))
        ours = best(lambda: Ledger(path))
        bare = best(lambda: [json.loads(line[9:]) for line in path.read_bytes().splitlines()])
    ratio = ours / bare
    print(f"read {ITEMS} items: {ours * 1000:.1f} ms, json alone {bare * 1000:.1f} ms, ratio {ratio:.2f} (≤ {AT_MOST})")
    return 0 if ratio <= AT_MOST else 1


def best(work: Callable[[], object]) -> float:
    """
    Seconds of the fastest of a few rounds.
    """
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


if __name__ == "__main__":
    sys.exit(main())
