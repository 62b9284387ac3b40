"""Which version users are sent to when one is withdrawn, and how a reason is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from contd_release.channels.withdrawal import Remaining, Rollback, good, one_line, sentence
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Settings

if TYPE_CHECKING:
    from tests.conftest import Place


def withdrawal(place: Place, version: str) -> Rollback:
    """The rollback of a version of a project without channels."""
    project = Project(place.clone, place.state, "contd", Settings(), News())
    return Rollback(Release(project, Version(version), Version("0.1.0"), "0" * 40, 1_800_000_000), "it was bad")


@pytest.mark.parametrize(
    ("tagged", "version", "previous", "advised"),
    [
        ("1.0.0 1.1.0 1.2.0", "1.2.0", "1.1.0", "1.1.0"),
        ("1.1.0 1.2.0 1.2.1 1.2.2 1.3.0", "1.2.0", "1.1.0", "1.2.2"),
        ("1.1.0 1.2.0 1.3.0 2.2.1", "1.2.0", "1.1.0", "1.1.0"),
        ("1.2.0 1.3.0 1.4.0", "1.2.0", None, "1.3.0"),
        ("1.0.0 1.1.0 1.2.0 withdrawn/v1.1.0", "1.2.0", "1.0.0", "1.0.0"),
        ("1.0.0 1.1.0rc1 1.2.0 1.2.1rc1", "1.2.0", "1.0.0", "1.0.0"),
        ("1.2.0", "1.2.0", None, None),
        ("0.9.0 0.10.0 0.11.0", "0.11.0", "0.10.0", "0.10.0"),
    ],
)
def test_users_are_sent_to_a_good_version(
    place: Place, tagged: str, version: str, previous: str | None, advised: str | None
) -> None:
    """A later patch of the same line, else the version before, else the next above; never one that is withdrawn."""
    for name in tagged.split():
        place.git("tag", name if "/" in name else f"v{name}")
    place.git("push", "--quiet", "origin", "--tags")
    rollback = withdrawal(place, version)
    assert (rollback.previous, rollback.advised) == tuple(one and Version(one) for one in (previous, advised))


def test_the_patch_that_follows(place: Place) -> None:
    """A final version and its pre-release are followed by the same patch."""
    assert [str(withdrawal(place, one).following) for one in ("1.2.0", "1.2.3rc1")] == ["1.2.1", "1.2.4"]


def test_good_versions_are_in_order() -> None:
    """They are compared as versions: 0.10 comes after 0.9; pre-releases and bad ones are left out."""
    tagged = [Version(one) for one in ("0.10.0", "0.9.0", "1.0.0rc1", "0.8.0")]
    assert [str(one) for one in good(tagged, frozenset({Version("0.8.0")}))] == ["0.9.0", "0.10.0"]


def test_a_row_says_what_is_left() -> None:
    """What cannot be undone is followed by what to do about it; a line that has nothing to say is left out."""
    assert list(Remaining("pypi", "nothing").lines()) == ["pypi", "    is there: nothing"]
    assert list(Remaining("pypi", "a wheel", "yank", "the file", "yank it").lines()) == [
        "pypi",
        "    is there: a wheel",
        "    will be done: yank",
        "    cannot be undone: the file",
        "    so: yank it",
    ]


def test_a_reason_is_one_plain_line() -> None:
    """Line breaks become spaces, and control characters of a terminal are left out."""
    assert one_line("  it\n\tloses \x1b]0;lines\x07\u202e ") == "it loses ]0;lines"
    assert [sentence(one) for one in ("it\nfails", "Why?", "No!", "So.")] == ["it fails.", "Why?", "No!", "So."]
