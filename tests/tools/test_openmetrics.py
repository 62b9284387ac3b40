"""The monitor's numbers, as Prometheus reads them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Thread

import pytest
import requests

from contd_release.tools import openmetrics

SAID = {
    "version": "1.2.0",
    "verdict": "hold",
    "error rate": {"now": 0.25, "before": 0.1},
    "issues": 3,
    "ended": False,
    "reasons": ["it rises"],
}
EXPECTED = """\
# TYPE contd_release_up gauge
contd_release_up 1
# TYPE contd_release_looked_timestamp_seconds gauge
contd_release_looked_timestamp_seconds 1700000000.000
# TYPE contd_release_ended gauge
contd_release_ended 0.0
# TYPE contd_release_error_rate_before gauge
contd_release_error_rate_before 0.1
# TYPE contd_release_error_rate_now gauge
contd_release_error_rate_now 0.25
# TYPE contd_release_issues gauge
contd_release_issues 3.0
# TYPE contd_release_verdict gauge
contd_release_verdict{verdict="hold"} 1.0
# EOF
"""


def write(path: Path, content: str) -> Path:
    """A file of a known time."""
    path.write_text(content)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


@pytest.mark.parametrize(
    "content",
    [json.dumps(SAID, indent=2), '{"event": "looking"}\n' + json.dumps(SAID) + "\n"],
    ids=["document", "lines"],
)
def test_numbers_become_gauges(tmp_path: Path, content: str) -> None:
    """Numbers and yes or no become gauges, the verdict a label; the newest line counts."""
    assert openmetrics.text(write(tmp_path / "said.json", content)) == EXPECTED


@pytest.mark.parametrize("content", [None, "", "not json", "[1]", '{"a": 1}\n{"a": '])
def test_no_data_is_not_up(tmp_path: Path, content: str | None) -> None:
    """A file that is missing, empty, cut off or something else gives no number that could look healthy."""
    path = tmp_path / "said.json"
    if content is not None:
        write(path, content)
    assert openmetrics.text(path) == "# TYPE contd_release_up gauge\ncontd_release_up 0\n# EOF\n"


def test_it_is_served_with_its_media_type(tmp_path: Path) -> None:
    """Each scrape reads the file anew; there is nothing else to get."""
    path = write(tmp_path / "said.json", json.dumps(SAID))
    with openmetrics.server(path, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            reply = requests.get(f"{url}/metrics", timeout=10)
            assert (reply.headers["Content-Type"], reply.text) == (openmetrics.MEDIA_TYPE, EXPECTED)
            path.unlink()
            assert "contd_release_up 0" in requests.get(f"{url}/metrics", timeout=10).text
            assert requests.get(url, timeout=10).status_code == 404
        finally:
            server.shutdown()
            thread.join()
