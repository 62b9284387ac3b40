"""The live checklist on a real terminal, while its size changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from terminal import frames, recorded

if TYPE_CHECKING:
    from tests.conftest import Place

SLOW = "import time\nfor part in range(12):\n    print(f'part {part} is proved', flush=True)\n    time.sleep(0.5)\n"
PROOF = "▸ the released tree passes python slow.py"


@pytest.mark.slow
def test_the_running_step_is_visible_at_every_size(release: Place) -> None:
    """Each second of a long proof shows its seconds and the last line of its log, at 80x24, 100x45 and 60x24."""
    release.write("slow.py", SLOW)
    release.replace("pyproject.toml", '"python -c pass"', '"python slow.py"')
    release.publish("Prove slowly")
    sizes = ((80, 24, "part 3 is proved"), (100, 45, "part 7 is proved"), (60, 24, ""))
    written = recorded(release.argv("build", "--part", "minor"), release.clone, release.environment(), sizes)

    for (columns, rows, _), text in zip(sizes, written, strict=True):
        shown = [frame for frame in frames(text)[1:-1] if any(line.startswith(PROOF[:30]) for line in frame)]
        assert shown
        for frame in shown:
            assert len(frame) < rows, frame
            assert max(map(len, frame)) <= columns
            at = next(number for number, line in enumerate(frame) if line.startswith(PROOF[:30]))
            assert re.search(r" \d+ s$", frame[at]), frame
            assert re.match(r"  \| (\$ |part \d+ is)", frame[at + 1]), frame
    seconds = [int(found) for found in re.findall(r"slow\.py\s+.*?(\d+) s", "".join(written))]
    assert {0, 1, 2, 3, 4, 5} <= {*seconds}
    assert "\x1b[H\x1b[2J" in written[1]
