"""R11: a release whose journal cannot be written stops before the effect that the line is about."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from cases import Cases

from contd_release.records.entries import Approved, Entry
from contd_release.records.journal import Journal
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

# More writes than a release makes: a release that never ends is a failure.
ENOUGH = 30


@pytest.mark.slow
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_every_write_of_the_journal_fails_once(
    release: Place, world: World, monkeypatch: pytest.MonkeyPatch, cases: Cases, error: int
) -> None:
    """Each run stops with 9 at the line that fails, nothing is public without a yes, and in the end all is out once."""
    journal, stops = Journal(release.state / "journal.jsonl"), 0
    words: tuple[str, ...] = ("release", "--part", "minor", "--yes")
    while stops < ENOUGH:
        before = [*journal.entries(Entry)]
        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", failing(release, error))
            said = release.say(*words)
        if said.code == 0:
            break
        stops += 1
        cases.add("journal")
        assert said.code == 9, said.text
        assert f"the journal cannot be written: {os.strerror(error)}" in said.err
        now = [*journal.entries(Entry)]
        assert (before, 1) == (now[:-1], len(now) - len(before))
        if not any(isinstance(entry, Approved) for entry in now):
            assert dict(world.ledger.effects()) == {}
            assert not any(ref.startswith("refs/tags/") for ref in remotes.refs(release.remote))
        words = ("release", "--yes")
    print(f"\n{stops} writes failed once")  # noqa: T201
    assert {1} == set(world.ledger.effects().values())
    assert "refs/tags/v0.2.0" in remotes.refs(release.remote)


def failing(place: Place, error: int) -> Callable[[int], None]:
    """A disk that keeps one line of the journal, and fails at the next one."""
    real, kept = os.fsync, list[int]()

    def fsync(descriptor: int) -> None:
        is_journal = os.path.samestat(os.fstat(descriptor), (place.state / "journal.jsonl").stat())
        if is_journal and kept:
            raise OSError(error, os.strerror(error))
        kept.extend([descriptor] if is_journal else [])
        real(descriptor)

    return fsync
