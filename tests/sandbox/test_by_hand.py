"""`python -m contd_release.sandbox FOLDER --overlay FILE`: a world that a person releases into by hand."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox import remotes

if TYPE_CHECKING:
    from tests.conftest import Place


def serve(place: Place, *words: str) -> subprocess.Popen[str]:
    """Serve a world from the clone, as a person does."""
    return subprocess.Popen(
        (sys.executable, "-P", "-m", "contd_release.sandbox", str(place.directory / "world"), *words),
        cwd=place.clone,
        env=place.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def type_in(place: Place, *lines: str) -> subprocess.CompletedProcess[str]:
    """Type lines into a shell whose environment has the credentials of the real world."""
    who = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    real = dict.fromkeys(("GITHUB_TOKEN", "TWINE_PASSWORD"), "of the real world")
    return subprocess.run(
        ("sh", "-ec", "\n".join(lines)),
        cwd=place.directory,
        env=place.environment(real | dict.fromkeys(who, "ada@example.com")),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.slow
def test_what_is_printed_leads_to_a_release(place: Place) -> None:
    """The lines that are printed, typed into a shell, and a release: it goes into the world, and into nothing else."""
    before = place.everything()
    overlay = place.directory / "overlay.toml"
    lines: list[str] = []
    with serve(place, "--overlay", str(overlay)) as served:
        assert served.stdout is not None
        while not lines or lines[-1] != "invoke release --part auto":
            line = served.stdout.readline()
            assert line, lines
            lines.append(line.strip())
        try:
            done = type_in(place, *lines[-3:-1], f"{sys.executable} -P -m contd_release release --part minor --yes")
            assert done.returncode == 0, done.stdout + done.stderr
        finally:
            served.send_signal(signal.SIGINT)
            assert served.wait(20) == 0
    assert lines[0].startswith("http://127.0.0.1:")
    assert (place.directory / "overlay.env").stat().st_mode & 0o777 == 0o600
    assert "refs/tags/v0.2.0" in remotes.refs(place.directory / "world" / "git" / "somebody" / "contd.git")
    assert "refs/tags/v0.2.0" not in remotes.refs(place.remote)
    assert {path: kind for path, kind in place.everything().items() if path in before} == before


def test_a_folder_that_cannot_be_made(place: Place) -> None:
    """A world inside of a file is a sentence with an exit code, and no traceback."""
    (place.directory / "world").write_text("", encoding="utf-8")
    served = serve(place)
    out, _ = served.communicate(timeout=20)
    assert served.returncode == 9
    assert f"{place.directory}/world cannot be used: File exists\n" in out
    assert "Traceback" not in out


def test_a_folder_that_is_no_project(place: Place) -> None:
    """Without a repository there is nothing to point at the world: said with an exit code, and no traceback."""
    (place.clone / ".git").rename(place.directory / "git")
    served = serve(place, "--overlay", "overlay.toml")
    out, _ = served.communicate(timeout=20)
    assert served.returncode == 2
    assert "is not in a git repository" in out
    assert "Traceback" not in out
