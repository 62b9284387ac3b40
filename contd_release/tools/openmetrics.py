"""
Numbers for Prometheus: `python -m contd_release.tools.openmetrics FILE` serves what a JSON file says, at `/metrics`.

The file is what `contd-release monitor --once --json` printed last; its numbers become gauges, its verdict a label.
https://prometheus.io/docs/specs/om/open_metrics_spec/
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

MEDIA_TYPE: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PREFIX: Final = "contd_release"
_LARGEST: Final = 1 << 20
_DEEPEST: Final = 8


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(prog="python -m contd_release.tools.openmetrics", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9464)
    words = parser.parse_args(argv)
    with server(words.file, words.listen, words.port) as listening:
        sys.stderr.write(f"http://{words.listen}:{listening.server_port}/metrics\n")
        listening.serve_forever()


def server(file: Path, host: str, port: int) -> ThreadingHTTPServer:
    """A server for one file, which is read anew for every scrape."""

    class Answers(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            found = {"/metrics": (MEDIA_TYPE, text(file)), "/healthz": ("text/plain", "ok\n")}.get(self.path)
            kind, body = found or ("text/plain", "there is /metrics\n")
            content = body.encode()
            self.send_response(200 if found else 404)
            for name, value in (("Content-Type", kind), ("Content-Length", str(len(content)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Scrapes are not worth a line."""

    return ThreadingHTTPServer((host, port), Answers)


def text(file: Path) -> str:
    """The exposition of the file. A file that cannot be read gives no number but that one: no data is not "healthy"."""
    try:
        said = _last(file)
        seen = file.stat().st_mtime
    except (OSError, ValueError, TypeError):
        return f"# TYPE {PREFIX}_up gauge\n{PREFIX}_up 0\n# EOF\n"
    lines = [f"# TYPE {PREFIX}_up gauge", f"{PREFIX}_up 1"]
    lines += [f"# TYPE {PREFIX}_looked_timestamp_seconds gauge", f"{PREFIX}_looked_timestamp_seconds {seen:.3f}"]
    gauges: dict[str, str] = {}
    for name, labels, value in _samples(said, PREFIX, 0):
        gauges.setdefault(name, f"{name}{labels} {value!r}")
    for name, line in sorted(gauges.items()):
        lines += [f"# TYPE {name} gauge", line]
    return "\n".join([*lines, "# EOF\n"])


def _last(file: Path) -> Mapping[str, object]:
    """The whole file as one object, or the last of its lines."""
    with open(file, encoding="utf-8") as stream:
        content = stream.read(_LARGEST)
    try:
        found = json.loads(content)
    except ValueError:
        found = json.loads(content.strip().splitlines()[-1] if content.strip() else "")
    if not isinstance(found, dict):
        raise TypeError("not an object") from None
    return found


def _samples(node: Mapping[str, object], name: str, depth: int) -> Iterator[tuple[str, str, float]]:
    for key, value in node.items():
        full = f"{name}_{re.sub(r'[^a-z0-9]+', '_', key.lower()).strip('_')}"
        if isinstance(value, (bool, int, float)):
            yield full, "", float(value)
        elif isinstance(value, str) and key == "verdict":
            yield full, f'{{verdict="{_escaped(value)}"}}', 1.0
        elif isinstance(value, dict) and depth < _DEEPEST:
            yield from _samples(value, full, depth + 1)


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


if __name__ == "__main__":
    main()
