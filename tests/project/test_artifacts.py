"""What was built is sealed once, and whatever differs from its seal stops the release."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contd_release.errors import Conflict, Unwritable, Usage
from contd_release.project import artifacts
from contd_release.project.artifacts import CHECKSUMS, SEAL, Artifact, Sealed, Tampered

NAMES = {
    "contd-1.2.0-py3-none-any.whl": "wheel",
    "contd-1.2.0.tar.gz": "sdist",
    "image-linux-arm64.tar": "image",
}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder with three built files."""
    for name in NAMES:
        (tmp_path / name).write_bytes(name.encode() * 1000)
    return tmp_path


@pytest.fixture
def sealed(dist: Path) -> Sealed:
    """The seal of these files, written."""
    built = tuple(artifacts.measured(dist / name, kind) for name, kind in NAMES.items())
    image = replace(built[2], digest="sha256:" + "a" * 64, platform="linux/arm64")
    sealed = Sealed("contd", "1.2.0", "0" * 40, 1_700_000_000, (*built[:2], image))
    artifacts.seal(dist, sealed)
    return sealed


def test_a_seal_is_read_back(dist: Path, sealed: Sealed) -> None:
    """Every value as it was, and the files agree with it."""
    assert sealed == artifacts.read(dist)
    artifacts.check(dist, sealed)


def test_nothing_was_sealed(tmp_path: Path) -> None:
    """No seal is no error: nothing was built yet."""
    assert artifacts.read(tmp_path) is None


def test_a_pipe_as_seal_does_not_hang(tmp_path: Path) -> None:
    """A named pipe in the seal's place is refused at once, and named."""
    os.mkfifo(tmp_path / SEAL)
    read = "from pathlib import Path; from contd_release.project import artifacts as a; a.read(Path.cwd())"
    argv = (sys.executable, "-c", read)
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20)
    assert f"{tmp_path / SEAL} cannot be read: not a regular file" in done.stderr


def test_artifacts_are_found_by_name_and_kind(sealed: Sealed) -> None:
    """A name that is not there is nothing, a kind that is not there is none."""
    sdist = sealed.artifacts[1]

    assert (sdist, None) == (sealed.named("contd-1.2.0.tar.gz"), sealed.named("other"))
    assert ((sdist,), ()) == (sealed.of_kind("sdist"), sealed.of_kind("chart"))


def test_a_file_is_measured(tmp_path: Path) -> None:
    """By its bytes, larger than one read."""
    data = os.urandom(3_000_001)
    (tmp_path / "big").write_bytes(data)

    assert Artifact("big", "sbom", hashlib.sha256(data).hexdigest(), 3_000_001) == artifacts.measured(
        tmp_path / "big", "sbom"
    )


def test_equal_artifacts_give_equal_bytes(sealed: Sealed) -> None:
    """Whatever order they were built in: the seal's digest stands for the set."""
    turned = replace(sealed, artifacts=sealed.artifacts[::-1])

    assert (sealed.text(), sealed.digest(), sealed.checksums()) == (turned.text(), turned.digest(), turned.checksums())
    assert hashlib.sha256(sealed.text().encode()).hexdigest() == sealed.digest()


@pytest.mark.parametrize("changed", [{"commit": "1" * 40}, {"version": "1.2.1"}, {"epoch": 1}, {"artifacts": ()}])
def test_other_artifacts_give_another_digest(sealed: Sealed, changed: dict[str, object]) -> None:
    """Nothing of the seal can change without its digest."""
    assert sealed.digest() != replace(sealed, **changed).digest()  # type: ignore[arg-type]


def test_sha256sum_accepts_the_checksums(dist: Path, sealed: Sealed) -> None:
    """Users check their downloads with the tool that they have."""
    argv = ("sha256sum", "--check", "--strict", CHECKSUMS)

    assert subprocess.run(argv, cwd=dist, check=False, capture_output=True).returncode == 0
    (dist / sealed.artifacts[0].name).write_bytes(b"other")
    assert subprocess.run(argv, cwd=dist, check=False, capture_output=True).returncode == 1


# What stops a release.


def test_other_bytes_are_told(dist: Path, sealed: Sealed) -> None:
    """One bit is enough, and both digests are named."""
    one = sealed.artifacts[0]
    data = bytearray((dist / one.name).read_bytes())
    data[500] ^= 1
    (dist / one.name).write_bytes(data)

    with pytest.raises(Tampered) as caught:
        artifacts.check(dist, sealed)

    assert (
        f"{one.name} has sha256 {hashlib.sha256(data).hexdigest()}\n"
        f"  expected: sha256 {one.sha256}, as it was sealed\n"
        "  type:     invoke abort   (or, past the point of no return, invoke rollback --version …, which withdraws it)"
        == str(caught.value)
    )
    assert isinstance(caught.value, Conflict)


def test_another_size_is_told(dist: Path, sealed: Sealed) -> None:
    """The size in the seal counts as well: others read it before they download."""
    one = sealed.artifacts[0]

    with pytest.raises(Tampered, match=rf"^{one.name} has {one.size} bytes, and artifacts.json says {one.size + 1}\n"):
        artifacts.check(dist, replace(sealed, artifacts=(replace(one, size=one.size + 1),)))


def test_a_missing_file_is_told(dist: Path, sealed: Sealed) -> None:
    """It is not built again."""
    one = sealed.artifacts[1]
    (dist / one.name).unlink()

    with pytest.raises(Tampered, match=rf"^{one.name} was sealed and cannot be read: No such file or directory\n"):
        artifacts.check(dist, sealed)


def test_a_link_is_refused(dist: Path, sealed: Sealed) -> None:
    """Even one to the very same bytes: they could be others a moment later."""
    one = sealed.artifacts[1]
    (dist / one.name).rename(dist / "elsewhere")
    (dist / one.name).symlink_to("elsewhere")

    with pytest.raises(Tampered, match="cannot be read: Too many levels of symbolic links"):
        artifacts.check_one(dist, one)
    with pytest.raises(OSError, match="symbolic"):
        artifacts.measured(dist / one.name, "sdist")


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused(dist: Path, sealed: Sealed, make: object) -> None:
    """A folder has no bytes, and a pipe would wait for ever."""
    one = sealed.artifacts[1]
    (dist / one.name).unlink()
    make(dist / one.name)  # type: ignore[operator]

    with pytest.raises(Tampered, match="cannot be read: not a regular file"):
        artifacts.check_one(dist, one)


# What is no seal.

HOSTILE = ["../evil", "a/b", "/etc/passwd", "..", ".", "", ".hidden", "-rf", "a\nb", "a\\b", "a b", "a\0b", "é", "a;b"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, sealed: Sealed, name: str) -> None:
    """Both when it is written and when it is read."""
    bad = replace(sealed, artifacts=(replace(sealed.artifacts[0], name=name),))

    with pytest.raises(Usage) as written:
        artifacts.seal(tmp_path / "new", bad)
    with pytest.raises(Usage) as read:
        artifacts.parse(bad.text())

    assert f"{name!r} is not a plain file name" == written.value.what_is
    assert f"{SEAL} is not a seal: {name!r} is not a plain file name" == read.value.what_is
    assert read.value.expected == "the file as `invoke build` wrote it"


def test_one_name_twice_is_refused(tmp_path: Path, sealed: Sealed) -> None:
    """Two digests for one file cannot both be right."""
    with pytest.raises(Usage, match=r"'contd-1.2.0.tar.gz' stands there twice"):
        artifacts.seal(tmp_path, replace(sealed, artifacts=(sealed.artifacts[1],) * 2))


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "A" * 64},
        {"sha256": "a" * 63},
        {"sha256": None},
        {"size": -1},
        {"size": True},
        {"size": "5"},
        {"digest": "sha256:abc"},
        {"digest": "md5:" + "a" * 64},
        {"kind": 1},
        {"platform": None},
        {"name": 5},
        {"colour": "green"},
    ],
)
def test_an_artifact_of_wrong_types_is_refused(sealed: Sealed, change: dict[str, object]) -> None:
    """A forged or broken seal says so, whatever is wrong with it."""
    table = json.loads(sealed.text())
    table["artifacts"][0] |= change

    with pytest.raises(Usage, match=f"^{SEAL} is not a seal: "):
        artifacts.parse(json.dumps(table))


WRONG = (("1", "1"), ('"p"', '"1"'), ('"p"', "true"), ("null", "1"))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "7", "{}", '{"artifacts": 5}', '{"artifacts": [5]}', '{"artifacts": []}', "[" * 100_000]
    + ["{" + f'"artifacts": [], "project": {p}, "version": "1", "commit": "c", "epoch": {e}' + "}" for p, e in WRONG],
)
def test_what_is_no_seal_is_refused(text: str) -> None:
    """Whatever the file holds, it is a message and no traceback."""
    with pytest.raises(Usage, match=f"^{SEAL} is not a seal: "):
        artifacts.parse(text)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Text is a seal, or it is refused."""
    with pytest.raises(Usage):
        artifacts.parse(text)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A binary file is no seal."""
    (tmp_path / SEAL).write_bytes(b"\xff\xfe")

    with pytest.raises(Usage, match="is not a seal"):
        artifacts.read(tmp_path)


def test_a_seal_that_cannot_be_read_is_not_absent(tmp_path: Path) -> None:
    """No answer is never "nothing was sealed"."""
    (tmp_path / SEAL).mkdir()

    with pytest.raises(Usage, match="cannot be read: not a regular file"):
        artifacts.read(tmp_path)


# Killed, or without room.

SEALING = """
import os, sys
from pathlib import Path
from contd_release.project import artifacts
folder = Path(sys.argv[1])
real, calls = artifacts._write, []
def write(path, text):
    calls.append(path.name)
    if sys.argv[2] == path.name:
        path.with_name(f".{path.name}.half").write_text(text[:7])
        os.kill(os.getpid(), 9)
    real(path, text)
artifacts._write = write
artifacts.seal(folder, artifacts.Sealed("contd", "1.2.0", "0" * 40, 1, ()))
"""


@pytest.mark.parametrize("killed_in", [CHECKSUMS, SEAL])
def test_killed_while_sealing_nothing_is_sealed(tmp_path: Path, killed_in: str) -> None:
    """
    The seal comes last and whole: killed in the middle of either write, nothing is sealed, and sealing again works.
    """
    done = subprocess.run((sys.executable, "-c", SEALING, str(tmp_path), killed_in), check=False)

    assert done.returncode == -9
    assert artifacts.read(tmp_path) is None
    sealed = Sealed("contd", "1.2.0", "0" * 40, 1, ())
    artifacts.seal(tmp_path, sealed)
    assert sealed == artifacts.read(tmp_path)
    assert {CHECKSUMS, SEAL} == {path.name for path in tmp_path.iterdir()}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, sealed: Sealed) -> None:
    """No traceback, and no seal."""
    (tmp_path / "file").write_text("")

    with pytest.raises(Unwritable, match=f"{CHECKSUMS} cannot be written: File exists"):
        artifacts.seal(tmp_path / "file", sealed)
