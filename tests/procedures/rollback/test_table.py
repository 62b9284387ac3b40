"""The rows of a rollback's table that belong to no channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contd_release.procedures.rollback.checklist import table
from contd_release.project.settings import Signatures

if TYPE_CHECKING:
    from rollback_bench import Withdrawal


@pytest.mark.parametrize("is_signed", [True, False])
def test_signatures_stay(withdrawal: Withdrawal, *, is_signed: bool) -> None:
    """The table says that no rollback takes them back, where the project signs."""
    rollback = withdrawal("1.2.0")
    release = rollback.release
    settings = replace(release.project.settings, signatures=Signatures() if is_signed else None)
    signed = replace(rollback, release=replace(release, project=replace(release.project, settings=settings)))
    rows = [one for one in table(signed) if one.place == "signatures"]
    assert [one.cannot.partition(":")[0] for one in rows] == ["they stay"] * is_signed
