"""The seal that is published is the one that was built here and approved, as the journal notes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.project.artifacts import Sealed, Tampered
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.records import journal, seal
from contd_release.records.entries import Approved, Begun, Built, Entry

OURS = Sealed("contd", "1.2.0", "0" * 40, 1_800_000_000, ())
OTHER = replace(OURS, epoch=1_800_000_001)


def release(folder: Path, *entries: Entry, publisher: str = "here") -> Release:
    """1.2.0, with these entries in its journal."""
    project = Project(folder, folder, "contd", Settings(publisher=publisher), News())  # type: ignore[arg-type]
    for entry in entries:
        journal.of(project).append(entry)
    return Release(project, Version("1.2.0"), Version("1.1.0"), "0" * 40, 1_800_000_000)


def built(sealed: Sealed) -> Built:
    """The entry that a build makes."""
    return Built(version="1.2.0", seal=sealed.digest())


def approved(sealed: Sealed) -> Approved:
    """The entry that a person's yes makes."""
    return Approved(version="1.2.0", commit="0" * 40, seal=sealed.digest())


def test_another_seal_than_the_one_that_was_built(tmp_path: Path) -> None:
    """It is refused, with the seal that the journal notes; our own passes."""
    ours = release(tmp_path, built(OURS))
    assert seal.noted(ours) == OURS.digest()
    seal.require_noted(ours, OURS)
    with pytest.raises(Tampered, match="is not the one that was built") as caught:
        seal.require_noted(ours, OTHER)
    assert OURS.digest()[:12] in str(caught.value)


def test_another_seal_than_the_one_that_was_approved(tmp_path: Path) -> None:
    """What was built again after a person's yes needs another yes."""
    ours = release(tmp_path, built(OURS), approved(OURS), built(OTHER))
    with pytest.raises(Tampered, match="is not the one that was approved"):
        seal.require_noted(ours, OTHER)


def test_a_workflow_that_builds_compares_no_approved_seal(tmp_path: Path) -> None:
    """There a person approves the commit alone; the same journal refuses it where a release is made here."""
    seal.require_noted(release(tmp_path, approved(OURS), publisher="github-actions"), OTHER)
    with pytest.raises(Tampered, match="is not the one that was approved"):
        seal.require_noted(release(tmp_path), OTHER)


def test_artifacts_from_elsewhere_are_not_noted(tmp_path: Path) -> None:
    """Without a build in this clone, or after the version was begun again, there is nothing to compare with."""
    seal.require_noted(release(tmp_path), OTHER)
    again = release(tmp_path, built(OURS), Begun(version="1.2.0", previous="1.1.0", base="0" * 40, epoch=1))
    assert seal.noted(again) == ""
    seal.require_noted(again, OTHER)
