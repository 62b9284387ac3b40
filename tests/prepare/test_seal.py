"""What was built and approved is what is published: the journal notes the digest of the seal."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.channels.pypi import channel as pypi
from contd_release.engine.checklist import Checklist, Item
from contd_release.engine.step import State
from contd_release.errors import ReleaseError
from contd_release.prepare import review, seal
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed, Tampered
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Approved, Built, Committed, Ended
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place

WHEEL, SDIST = "contd-0.2.0-py3-none-any.whl", "contd-0.2.0.tar.gz"
ANOTHER = "artifacts.json is not the one that was"


@pytest.fixture
def built(beginning: Beginning, foreign: Callable[[str], bytes]) -> Release:
    """A release whose wheel and sdist are built, without the minutes it takes to make them."""
    release = beginning()
    release.dist.mkdir(parents=True)
    for name in (WHEEL, SDIST):
        (release.dist / name).write_bytes(foreign(name))
    journal.of(release.project).append(Committed(version="0.2.0", commit=release.base))
    return release


def walk(item: Item, logs: Path) -> None:
    """Make it true."""
    Checklist((item,)).walk(lambda _: None, Running(logs))


def edit(dist: Path) -> Sealed:
    """Replace the wheel, and edit `artifacts.json` so that it agrees."""
    found = artifacts.read(dist)
    assert found
    (dist / WHEEL).write_bytes(b"Another wheel")
    changed = [artifacts.measured(dist / WHEEL, "wheel") if one.name == WHEEL else one for one in found.artifacts]
    edited = replace(found, artifacts=tuple(changed))
    (dist / artifacts.SEAL).write_text(json.dumps(asdict(edited)))
    return edited


def test_an_edited_seal_stops_the_release(release: Place) -> None:
    """Edited between the build and the review, with the file that it names: nothing of it is staged or approved."""
    assert release.say("build", "--part", "minor").code == 0
    edit(release.clone / ".git/contd-release/v0.2.0/dist")
    said = release.say("release", "--yes")
    assert (said.code, ANOTHER in said.err) == (3, True), said.text
    assert release.say("abort").code == 0


def test_a_seal_that_is_edited_while_a_person_reads_it_is_not_approved(built: Release, tmp_path: Path) -> None:
    """The person said yes to other digests."""
    walk(seal.sealed(built, pypi.built), tmp_path)

    def ask(release: Release, _: Sealed) -> bool:
        edit(release.dist)
        return True

    with pytest.raises(Tampered, match=ANOTHER):
        walk(review.approved(built, ask), tmp_path)
    assert list(journal.of(built.project).entries(Approved)) == []


def test_an_abort_takes_the_yes_back(built: Release, tmp_path: Path) -> None:
    """Begun again with the very same commit and bytes, the release asks a person again."""
    walk(seal.sealed(built, pypi.built), tmp_path)
    step, entries = review.approved(built, lambda *_: True), journal.of(built.project)
    walk(step, tmp_path)
    assert step.observe().state is State.DONE
    begun, made = entries.under_way(), entries.last(Committed)
    assert begun
    assert made
    for one in (Ended(version="0.2.0", how="aborted"), begun, made):
        entries.append(one)
    assert step.observe().state is State.ABSENT


@pytest.mark.parametrize("number", [0, 1])
def test_a_seal_that_is_edited_after_the_review_is_not_published(
    built: Release, world: World, tmp_path: Path, number: int
) -> None:
    """Before the first upload, and between two of them: each upload looks again."""
    walk(seal.sealed(built, pypi.built), tmp_path)
    walk(review.approved(built, lambda *_: True), tmp_path)
    uploads = pypi.publish(built)
    for item in uploads[:number]:
        walk(item, tmp_path)
    edit(built.dist)
    with pytest.raises(Tampered, match=ANOTHER):
        walk(uploads[number], tmp_path)


def test_a_seal_that_is_not_noted_is_made_again(built: Release, tmp_path: Path) -> None:
    """Killed between the file and the journal: nothing was staged yet, and the same bytes are sealed."""
    step = seal.sealed(built, pypi.built)
    found = Sealed("contd", "0.2.0", built.base, built.epoch, pypi.built(built))
    artifacts.seal(built.dist, found)
    assert step.observe().state is State.PARTIAL
    assert seal.lost(built, "") == ()
    walk(step, tmp_path)
    assert [one.seal for one in journal.of(built.project).entries(Built)] == [found.digest()]


def test_a_seal_that_could_not_be_written_is_not_lost(built: Release, tmp_path: Path) -> None:
    """An abort says that the seal is lost only where there was one."""
    (built.dist / artifacts.CHECKSUMS).mkdir()
    with pytest.raises(ReleaseError):
        walk(seal.sealed(built, pypi.built), tmp_path)
    (built.dist / artifacts.CHECKSUMS).rmdir()
    assert seal.lost(built, "") == ()


def test_an_abort_says_that_the_seal_is_another(built: Release, tmp_path: Path) -> None:
    """The edited seal does not name what was staged."""
    walk(seal.sealed(built, pypi.built), tmp_path)
    edit(built.dist)
    assert [ANOTHER in one for one in seal.lost(built, "")] == [True]
