"""
The journal keeps what the world cannot say: each line is on the disk before its effect, or the effect does not begin.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contd_release.errors import Unwritable, exit_code
from contd_release.records.entries import (
    Alarmed,
    Alarming,
    Announced,
    Announcing,
    Approved,
    Begun,
    Built,
    CheckedOut,
    Committed,
    Crossed,
    Doubted,
    Ended,
    Entry,
    Left,
    Merged,
    Proved,
    Requested,
    Verified,
    Withdrawing,
    Withdrawn,
)
from contd_release.records.journal import Journal

BEGUN = Begun(version="1.2.0", previous="1.1.0", base="0" * 40, epoch=1_700_000_000, because="größer \udcff\n\u2028")
CHECKED_OUT = CheckedOut(version="1.2.0", folder="/somewhere/größer \udcff")
COMMITTED = Committed(version="1.2.0", commit="2" * 40)
REQUESTED = Requested(version="1.2.0", number=12, is_given_up=True)
MERGED = Merged(version="1.2.0", commit="c" * 40)
BUILT = Built(version="1.2.0", seal="3" * 64)
CROSSED = Crossed(version="1.2.0", step="v1.2.0 is on origin")
PROVED = Proved(version="1.2.0", session="tests", tree="1" * 40, seconds=1.5)
APPROVED = Approved(version="1.2.0", commit="2" * 40, seal="3" * 64)
VERIFIED = Verified(version="1.2.0", channel="pypi", seal="3" * 64)
ENDED = Ended(version="1.2.0", how="finished")
ANNOUNCING = Announcing(version="1.2.0", place="chat", kind="release", digest="4" * 64)
ANNOUNCED = Announced(version="1.2.0", place="chat", kind="release", outcome="sent")
ALARMING = Alarming(version="", place="guards", strangers="5 6", digest="4" * 64)
ALARMED = Alarmed(version="", place="guards", strangers="5 6", outcome="sent")
DOUBTED = Doubted(version="1.2.0")
WITHDRAWING = Withdrawing(version="1.2.0", reason="it loses work", wishes="revert")
LEFT = Left(version="1.2.0", what="chart")
WITHDRAWN = Withdrawn(version="1.2.0")
EVERY = [
    BEGUN,
    CHECKED_OUT,
    COMMITTED,
    REQUESTED,
    MERGED,
    BUILT,
    CROSSED,
    PROVED,
    APPROVED,
    VERIFIED,
    DOUBTED,
    ANNOUNCING,
    ANNOUNCED,
    ALARMING,
    ALARMED,
    ENDED,
    WITHDRAWING,
    LEFT,
    WITHDRAWN,
]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal in a folder that is not there yet."""
    return Journal(tmp_path / "state" / "journal.jsonl")


def test_what_is_appended_is_read_back(journal: Journal) -> None:
    """Every kind of entry, in order, with every value as it was."""
    for entry in EVERY:
        journal.append(entry)

    assert list(journal.entries(Entry)) == EVERY
    assert list(journal.entries(Proved)) == [PROVED]
    assert list(journal.entries(Proved, "1.3.0")) == []


def test_every_kind_is_tested_here() -> None:
    """A kind of entry that is new must be read back, too."""
    assert {type(entry) for entry in EVERY} == {
        kind for kind in Entry.__subclasses__() if kind.__module__ == Entry.__module__
    }


def test_an_entry_knows_when() -> None:
    """In UTC, so that two machines agree."""
    before = datetime.now(UTC).replace(microsecond=0)
    at = datetime.fromisoformat(Ended(version="1.2.0", how="finished").at)

    assert at.tzinfo == UTC
    assert before <= at <= datetime.now(UTC)


def test_nothing_was_written_yet(journal: Journal) -> None:
    """A clone without a journal has nothing under way."""
    assert (list(journal.entries(Entry)), journal.last(Begun), journal.under_way()) == ([], None, None)


def test_the_last_entry_wins(journal: Journal) -> None:
    """Of one kind the newest is asked for, of one version where it is named."""
    one, other = (Proved(version="1.2.0", session="tests", tree=tree, seconds=1) for tree in ("a", "b"))
    for entry in (one, other, Proved(version="1.3.0", session="tests", tree="c", seconds=1)):
        journal.append(entry)

    assert other == journal.last(Proved, "1.2.0")
    assert next(iter(entry.tree for entry in [journal.last(Proved)] if entry)) == "c"
    assert journal.last(Proved, "2.0.0") is None


def test_a_release_is_under_way_until_it_has_ended(journal: Journal) -> None:
    """The end of another version does not end this one, and after the end a new one may begin."""
    journal.append(BEGUN)
    journal.append(Ended(version="1.1.0", how="aborted"))
    assert journal.under_way() == BEGUN

    journal.append(ENDED)
    assert journal.under_way() is None

    journal.append(BEGUN)
    assert journal.under_way() == BEGUN


def test_a_rollback_is_under_way_until_everything_is_withdrawn(journal: Journal) -> None:
    """The end of another version's rollback does not end this one."""
    assert journal.withdrawing() is None
    journal.append(WITHDRAWING)
    journal.append(Withdrawn(version="1.1.0"))
    assert journal.withdrawing() == WITHDRAWING

    journal.append(WITHDRAWN)
    assert journal.withdrawing() is None


def test_a_verification_holds_until_it_is_doubted(journal: Journal) -> None:
    """Of one channel against one seal; a doubt about another version changes nothing."""
    journal.append(VERIFIED)
    journal.append(Doubted(version="1.1.0"))
    assert journal.verified("1.2.0", "pypi", "3" * 64) == VERIFIED
    assert journal.verified("1.2.0", "image", "3" * 64) is None
    assert journal.verified("1.2.0", "pypi", "4" * 64) is None
    assert journal.verified("1.3.0", "pypi", "3" * 64) is None

    journal.append(DOUBTED)
    assert journal.verified("1.2.0", "pypi", "3" * 64) is None
    journal.append(VERIFIED)
    assert journal.verified("1.2.0", "pypi", "3" * 64) == VERIFIED


@pytest.mark.parametrize(
    ("epoch", "is_read"), [(-1, False), (0, True), (253_402_300_799, True), (253_402_300_800, False)]
)
def test_a_date_is_one_that_a_calendar_has(journal: Journal, epoch: int, is_read: bool) -> None:
    """From 1970 to the end of the year 9999; an entry with any other is not read."""
    journal.append(replace(BEGUN, epoch=epoch))
    assert (journal.under_way() is not None) == is_read


def test_a_release_of_before_there_were_pull_requests(journal: Journal) -> None:
    """An entry that says nothing of a pull request or a hotfix has none."""
    journal.append(BEGUN)
    kept = json.loads(journal.path.read_text(encoding="utf-8"))
    short = {name: kept[name] for name in ("entry", "version", "at", "previous", "base", "epoch")}
    journal.path.write_text(json.dumps(short) + "\n", encoding="utf-8")
    found = journal.under_way()
    assert found
    assert (found.by_pull, found.hotfix, found.because, found.without_ci) == (False, False, "", "")


def test_only_its_owner_reads_it(journal: Journal) -> None:
    """Whatever the umask says."""
    before = os.umask(0)
    try:
        journal.append(ENDED)
    finally:
        os.umask(before)

    assert journal.path.stat().st_mode & 0o777 == 0o600


# What a crash leaves.


@pytest.mark.parametrize("kept", [0, 1, 5, 20, 60, 100, 140, 170, 1000])
def test_a_line_that_was_cut_has_not_happened(journal: Journal, kept: int) -> None:
    """Wherever a crash cut the last line, it is no entry, not even after the next one was written behind it."""
    journal.append(BEGUN)
    whole = journal.path.stat().st_size
    journal.append(PROVED)
    size = min(whole + kept, journal.path.stat().st_size - 1)
    os.truncate(journal.path, size)

    assert list(journal.entries(Entry)) == [BEGUN]
    journal.append(ENDED)
    assert list(journal.entries(Entry)) == [BEGUN, ENDED]


def begun(**forged: object) -> bytes:
    """The line of a release in progress, with something that cannot be."""
    return json.dumps({"entry": "Begun", **asdict(BEGUN), **forged}).encode()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"null",
        b"[]",
        b"7",
        b'"Begun"',
        b"{}",
        b'{"entry": "Unknown", "version": "1.2.0"}',
        b'{"entry": "Entry", "version": "1.2.0"}',
        b'{"entry": ["Begun"], "version": "1.2.0"}',
        b'{"entry": {"a": 1}}',
        b'{"entry": "Begun", "version": "1.2.0"}',
        b'{"entry": "Ended", "version": 1, "how": "finished"}',
        b'{"entry": "Ended", "version": "1.2.0", "how": null}',
        b'{"entry": "Ended", "version": "1.2.0", "how": ["finished"]}',
        b'{"entry": "Ended", "version": "1.2.0", "how": "finished", "at": 7}',
        b'{"entry": "Begun", "version": "1", "previous": "0", "base": "b", "epoch": "7"}',
        b'{"entry": "Begun", "version": "1", "previous": "0", "base": "b", "epoch": true}',
        b'{"entry": "Proved", "version": "1", "session": "s", "tree": "t", "seconds": "x"}',
        b'{"entry": "Proved", "version": "1", "session": "s", "tree": "t", "seconds": 1e999}',
        b'{"entry": "Proved", "version": "1", "session": "s", "tree": "t", "seconds": NaN}',
        b'{"entry": "Proved", "version": "1", "session": "s", "tree": "t", "seconds": 1' + b"0" * 400 + b"}",
        begun(epoch=10**30),
        begun(epoch=253_402_300_800),
        begun(epoch=-1),
        begun(base="--upload-pack=x"),
        begun(base="0" * 39),
        begun(version="../../x"),
        begun(previous="x"),
        begun(at="yesterday"),
        begun(at="2026-01-01T00:00:00"),
        b'{"entry": "Committed", "version": "1.2.0", "commit": "--orphan"}',
        b'{"entry": "Begun", "epoch": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_a_line_that_is_no_entry_is_ignored(journal: Journal, line: bytes) -> None:
    """
    Forged, torn, or written by another version of this library: it neither stops the reader nor hides its neighbours.
    """
    journal.append(BEGUN)
    with open(journal.path, "ab") as stream:
        stream.write(line + b"\n")
    journal.append(PROVED)

    assert list(journal.entries(Entry)) == [BEGUN, PROVED]
    assert journal.under_way() == BEGUN


@given(st.binary(max_size=200))
def test_no_bytes_stop_the_reader(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    """Whatever is in the file, what was appended is read."""
    journal = Journal(tmp_path_factory.mktemp("journal") / "journal.jsonl")
    journal.path.write_bytes(noise)

    journal.append(ENDED)

    assert journal.last(Ended) == ENDED


def test_fields_of_a_newer_version_are_ignored(journal: Journal) -> None:
    """A journal that a newer version wrote is read as far as it is understood."""
    journal.append(BEGUN)
    line = {"entry": "Ended", **asdict(ENDED), "colour": "green"}
    with open(journal.path, "a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")

    assert list(journal.entries(Entry)) == [BEGUN, ENDED]


def test_a_journal_that_cannot_be_read_is_not_empty(tmp_path: Path) -> None:
    """No answer is never "nothing is under way"."""
    with pytest.raises(Unwritable) as caught:
        Journal(tmp_path).under_way()

    assert f"the journal cannot be read: Is a directory: {tmp_path}" == caught.value.what_is
    assert f"ls -l {tmp_path}" == caught.value.type_next


@pytest.mark.parametrize("act", [Journal.under_way, lambda journal: journal.append(ENDED)], ids=["read", "append"])
def test_a_pipe_as_journal_does_not_hang(tmp_path: Path, act: Callable[[Journal], None]) -> None:
    """A named pipe in the journal's place is refused at once, and named."""
    os.mkfifo(tmp_path / "journal.jsonl")
    with pytest.raises(Unwritable, match=f"it is a named pipe: {tmp_path}/journal.jsonl"):
        act(Journal(tmp_path / "journal.jsonl"))


# A disk that does not take it.


@pytest.mark.parametrize("already", [0, 1])
def test_a_line_that_is_not_safely_on_the_disk_is_not_read(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, already: int
) -> None:
    """The disk takes the line and fails to keep it: the write is an error, and the line is not there afterwards."""
    for _ in range(already):
        journal.append(BEGUN)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing_sync)
        with pytest.raises(Unwritable, match="the journal cannot be written: Input/output error"):
            journal.append(APPROVED)
    assert [BEGUN] * already == list(journal.entries(Entry))
    journal.append(PROVED)
    assert [*[BEGUN] * already, PROVED] == list(journal.entries(Entry))


def failing_sync(_: int) -> None:
    """A disk that loses what it took."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_full_disk_is_told() -> None:
    """What is, what was expected, and what to type."""
    with pytest.raises(Unwritable) as caught:
        Journal(Path("/dev/full")).append(ENDED)

    assert (
        str(caught.value) == "the journal cannot be written: No space left on device: /dev/full\n"
        "  expected: room on the disk and permission to write; nothing was done without it\n"
        "  type:     df -h /dev"
    )
    assert exit_code(caught.value) == 9


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """The same where the state's folder is a file."""
    (tmp_path / "state").write_text("a file")

    with pytest.raises(Unwritable, match="the journal cannot be written: "):
        Journal(tmp_path / "state" / "journal.jsonl").append(ENDED)


FILLING = """
import resource, signal, sys
from pathlib import Path
from contd_release.errors import Unwritable
from contd_release.records.entries import Ended
from contd_release.records.journal import Journal
journal, room = Journal(Path(sys.argv[1])), int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
effects = []
for number in range(20):
    try:
        journal.append(Ended(version=str(number), how="finished", at="2026-01-01T00:00:00+00:00"))
    except Unwritable:
        break
    effects.append(number)
print(*effects)
"""


@pytest.mark.parametrize("k", [0, 1, 5])
@pytest.mark.parametrize("bytes_of_it", [0, 1, 40, -1])
def test_the_kth_write_fails_and_no_effect_is_without_its_intent(journal: Journal, k: int, bytes_of_it: int) -> None:
    """
    The disk takes k lines and a piece of the next: the effects that began are exactly those whose intent is read back,
    and when there is room again, so are the next ones.
    """
    line = len(json.dumps({"entry": "Ended", "version": "0", "at": "2026-01-01T00:00:00+00:00", "how": "finished"})) + 1
    room = k * line + (bytes_of_it if bytes_of_it >= 0 else line - 1)

    out = subprocess.run(
        (sys.executable, "-c", FILLING, str(journal.path), str(room)), capture_output=True, text=True, check=True
    ).stdout

    effects = out.split()
    assert k == len(effects)
    assert effects == [entry.version for entry in journal.entries(Ended)]
    journal.append(ENDED)
    assert [*effects, "1.2.0"] == [entry.version for entry in journal.entries(Ended)]


WRITING = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from contd_release.records.entries import Ended
    from contd_release.records.journal import Journal
    sys.stdin.read()
    for number in range(50):
        Journal(Path(sys.argv[1])).append(Ended(version=f"{sys.argv[2]}.{number}", how="x" * 600))
    """
)


def test_eight_writers_lose_nothing(journal: Journal) -> None:
    """Processes that append at the same time do not tear each other's lines."""
    writers = [
        subprocess.Popen((sys.executable, "-c", WRITING, str(journal.path), str(one)), stdin=subprocess.PIPE)
        for one in range(8)
    ]
    for writer in writers:
        assert writer.stdin
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0] * 8

    assert sorted(f"{one}.{number}" for one in range(8) for number in range(50)) == sorted(
        entry.version for entry in journal.entries(Ended)
    )
