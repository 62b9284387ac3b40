"""A real Prometheus on this machine, with made history."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from programs import needed


@dataclass(frozen=True)
class Server:
    """A server that runs, until `stop`."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=30)


@contextmanager
def served(folder: Path, history: str = "") -> Iterator[Server]:
    """
    A Prometheus in this folder, which scrapes nothing.

    Args:
        history: what it remembers, in the OpenMetrics format with timestamps.
    """
    for program in ("prometheus", "promtool"):
        needed(program, "prometheus")
    data, config = folder / "data", folder / "prometheus.yml"
    data.mkdir(parents=True)
    config.write_text("scrape_configs: []\n", encoding="utf-8")
    if history:
        (folder / "history.txt").write_text(history, encoding="utf-8")
        made = ("promtool", "tsdb", "create-blocks-from", "openmetrics", str(folder / "history.txt"), str(data))
        subprocess.run(made, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    argv = (
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log)
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        _wait(server)
        yield server
    finally:
        if process.poll() is None:
            server.stop()


def counters(began: float, seconds: int, rises_at: float, step: int = 15) -> str:
    """Requests and errors since `began`: one in a hundred fails, and from `rises_at` on one in five."""
    lines = ["# TYPE requests counter"]
    requested = failed = 0.0
    errors = ["# TYPE errors counter"]
    for index in range(seconds // step + 1):
        at = began + index * step
        requested += 100
        failed += 20 if at >= rises_at else 1
        lines.append(f"requests_total {requested} {at:.3f}")
        errors.append(f"errors_total {failed} {at:.3f}")
    return "\n".join([*lines, *errors, "# EOF\n"])


def _wait(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.process.poll() is None, "prometheus ended"
        try:
            if requests.get(f"{server.url}/-/ready", timeout=2).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError("prometheus is not ready")
