"""Releases that are disturbed at one moment after the other, and continued, until they have ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from programs import needed
from released import Lab

from contd_release.records.entries import Approved, Ended
from contd_release.records.journal import Journal
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

HERE = Path(__file__).parent
# What a release may stop with: a cause that its text names. 1 is a traceback.
NAMED = frozenset(range(2, 10))
KILLED = -9


@dataclass(frozen=True)
class Run:
    """How one run of the product ended, at which moment it was disturbed, and what it printed."""

    code: int
    moment: str
    text: str


@dataclass(frozen=True)
class Disturbance:
    """
    What happens to a run, and at which moment.

    Args:
        what: as `fork_server.Order` has it; empty for nothing.
        skipped: so many moments that are not known pass before.
    """

    what: str = ""
    skipped: int = 0


UNDISTURBED = Disturbance()


@dataclass
class Walk:
    """One release in one lab, run after run."""

    lab: Lab
    server: subprocess.Popen[str]
    known: set[str] = field(default_factory=set)
    disk: Path | None = None

    @property
    def journal(self) -> Journal:
        """The journal of the clone."""
        return Journal(self.lab.clone / ".git" / "contd-release" / "journal.jsonl")

    @property
    def is_over(self) -> bool:
        """Whether the release has ended."""
        return any(self.journal.entries(Ended))

    def run(self, disturbance: Disturbance = UNDISTURBED) -> Run:
        """Begin the release, or continue it, with one disturbance; the moment of it is known afterwards."""
        part = () if self.journal.under_way() else ("--part", "minor")
        out, known = self.lab.folder / "out.txt", self.lab.folder / "known.json"
        known.write_text(json.dumps(sorted(self.known)), encoding="utf-8")
        for path in (out, moment := out.with_name("out.txt.moment")):
            path.unlink(missing_ok=True)
        order = {
            "words": ("release", *part, "--yes", "--json"),
            "cwd": str(self.lab.clone),
            "env": self.lab.environment("here"),
            "to": str(out),
            "what": disturbance.what,
            "skipped": disturbance.skipped,
            "known": str(known),
            "below": str(self.lab.folder),
            "disk": str(self.disk or ""),
        }
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.write(json.dumps(order) + "\n")
        self.server.stdin.flush()
        code = int(self.server.stdout.readline())
        found = Run(code, moment.read_text(encoding="utf-8"), out.read_text(encoding="utf-8", errors="replace"))
        self.known |= {found.moment} - {""}
        return found

    def assert_named(self, run: Run) -> None:
        """A run that stops names the cause, has no traceback, and lets nothing be public before it is approved."""
        assert run.code in NAMED | {0}, f"exit code {run.code} after {run.moment}: {run.text[-3000:]}"
        # Not one of a program, whose output is quoted.
        assert not any(line.startswith("Traceback") for line in run.text.splitlines()), run.text[-3000:]
        if not any(self.journal.entries(Approved)):
            public = [one for one in self.lab.world.ledger.effects() if one.startswith(("file ", "tag ", "release "))]
            assert public == [], run.moment
            assert not any(ref.startswith("refs/tags/") for ref in remotes.refs(self.lab.remote)), run.moment

    def assert_whole(self) -> None:
        """The journal has ended, each thing was published once, with the sealed digest, and the tag is right."""
        assert self.is_over
        lab, sealed = self.lab, self.lab.sealed()
        assert {name: count for name, count in lab.world.ledger.effects().items() if count != 1} == {}
        refs = remotes.refs(lab.remote)
        assert set(refs) == {"refs/heads/main", "refs/heads/release/v0.2.0", "refs/tags/v0.2.0"}
        assert lab.git(lab.remote, "cat-file", "-t", refs["refs/tags/v0.2.0"]) == "tag"
        assert lab.git(lab.remote, "rev-parse", "refs/tags/v0.2.0^{commit}") == sealed.commit
        assert refs["refs/heads/main"] == sealed.commit
        dists = (*sealed.of_kind("wheel"), *sealed.of_kind("sdist"))
        assert published(lab) == {one.name: one.sha256 for one in dists}
        assert lab.git(lab.clone, "status", "--porcelain") == ""


def every_channel(folder: Path, world: World) -> Lab:
    """A lab with every channel; the test is skipped where a program that one needs is missing."""
    import pytest

    needed("buildah")
    pytest.importorskip("helm_python", reason="pip install contd-release[helm]")
    return Lab(folder, world)


def published(lab: Lab) -> dict[str, str]:
    """The sha256 of each file that the index has."""
    records = (lab.world.directory / "index" / "records").glob("*.json")
    read = [json.loads(path.read_text(encoding="utf-8")) for path in records]
    return {one["filename"]: one["digests"]["sha256"] for one in read}


@dataclass(frozen=True)
class Light(Lab):
    """A lab without image and chart, whose programs take most of the time."""

    def environment(self, publisher: str) -> dict[str, str]:
        """What the product sees: this world and nothing else."""
        found = super().environment(publisher)
        overlay = Path(found["CONTD_RELEASE_CONFIG"])
        kept = overlay.read_text(encoding="utf-8").partition("[chart]")[0]
        overlay.write_text(f"image = false\nchart = false\n{kept}", encoding="utf-8")
        return found


@dataclass(frozen=True)
class OnDisk(Light):
    """A light lab whose clone, home and temporary files are on a disk of their own."""

    @property
    def clone(self) -> Path:
        """Where releases are walked."""
        return self.folder / "disk" / "clone"

    def environment(self, publisher: str) -> dict[str, str]:
        """What the product sees: this world and nothing else."""
        disk = self.folder / "disk"
        for name in ("home", "tmp"):
            (disk / name).mkdir(exist_ok=True)
        home = {"HOME": str(disk / "home"), "XDG_CACHE_HOME": str(disk / "home" / ".cache")}
        return super().environment(publisher) | home | {"TMPDIR": str(disk / "tmp")}


@contextmanager
def fork_server() -> Iterator[subprocess.Popen[str]]:
    """The process that has imported the product."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    argv = (sys.executable, str(HERE / "fork_server.py"))
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as server:
        try:
            yield server
        finally:
            server.terminate()
