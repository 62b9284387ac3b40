"""`invoke report`: the evidence of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Place


def test_a_report_needs_a_release(release: Place) -> None:
    """A clone that released nothing has nothing to tell."""
    said = release.say("report", "--version", "1.2.0")

    assert said.code == 2
    assert "1.2.0" in said.err
    assert "nothing was released from this clone" in release.say("report").err
