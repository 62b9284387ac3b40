"""Messages as they fit each place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from contd_release.after.announce import message
from contd_release.after.announce.message import Kind, News
from contd_release.errors import Usage
from contd_release.project.news import News as Fragments
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.tools.apprise.apprise import Service

DISCORD = Service("Discord", 2000, is_markdown=True)
MAIL = Service("E-Mail", 32768, 250)
MASTODON = Service("Mastodon", 500)
X = Service("Twitter", 280)
LINK = "https://example.org/contd/1.2.0/"
NOTES = "### Added\n\n- Ledgers can be kept in a file (#12)\n\n### Fixed\n\n- An empty ledger is no error (#14)\n"


def news(notes: str = NOTES, kind: Kind = "release", version: str = "1.2.0", name: str = "contd") -> News:
    """Something to say."""
    from pathlib import Path

    project = Project(Path("/"), Path("/"), name, Settings(), Fragments())
    return News(Release(project, Version(version), Version("1.1.0"), "0" * 40, 0), kind, notes, LINK)


def test_long_message_has_the_notes() -> None:
    """Where there is room: headline, all notes, link."""
    post = message.post(news(), DISCORD)

    assert post.title == ""
    assert post.body == (
        "**contd 1.2.0 is out**\n\n"
        "**Added**\n\n- Ledgers can be kept in a file (#12)\n\n**Fixed**\n\n- An empty ledger is no error (#14)\n\n"
        "Release notes: https://example.org/contd/1.2.0/"
    )


def test_short_message_has_what_changed() -> None:
    """Where there is little: headline, list items, link."""
    post = message.post(news(), MASTODON)

    assert (post.title, post.body) == (
        "",
        "contd 1.2.0 is out\n\n- Ledgers can be kept in a file (#12)\n- An empty ledger is no error (#14)\n\n"
        "https://example.org/contd/1.2.0/",
    )


def test_shortest_message_is_cut_with_dots() -> None:
    """What does not fit is left out from the end, whole lines at a time, and three dots say so."""
    notes = "".join(f"- Change number {number} of a very long list of changes\n" for number in range(40))

    body = message.post(news(notes), X).body

    assert body.startswith("contd 1.2.0 is out\n\n- Change number 0 of")
    assert body.endswith("changes\n…\n\nhttps://example.org/contd/1.2.0/")
    assert 220 < len(body) <= 280


def test_code_that_is_cut_is_closed() -> None:
    """A code block that does not fit does not swallow the link."""
    body = message.post(news("```\n" + "x = 1\n" * 1000 + "```\n"), DISCORD).body

    assert body.endswith("x = 1\n```\n…\n\nRelease notes: https://example.org/contd/1.2.0/")


TITLES: list[tuple[Kind, str, str]] = [
    ("release", "1.2.0", "contd 1.2.0 is out"),
    ("release", "1.2.0rc1", "contd 1.2.0rc1 is ready to be tried"),
    ("correction", "1.2.0", "contd 1.2.0 is withdrawn"),
    ("correction", "1.2.0rc1", "contd 1.2.0rc1 is withdrawn"),
]


@pytest.mark.parametrize(("kind", "version", "title"), TITLES)
def test_each_kind_has_its_words(kind: Kind, version: str, title: str) -> None:
    """A release, a pre-release and a correction read differently."""
    assert title == message.post(news(kind=kind, version=version), MAIL).title
    assert message.post(news(kind=kind, version=version), DISCORD).body.startswith(f"**{title}**\n\n")


def test_correction_is_told_even_where_it_is_short() -> None:
    """Why a release is withdrawn is never left out as "not a list item"."""
    body = message.post(news("It loses ledgers. Use 1.2.1.", "correction"), X).body

    assert body == "contd 1.2.0 is withdrawn\n\nIt loses ledgers. Use 1.2.1.\n\nhttps://example.org/contd/1.2.0/"


def test_name_is_escaped_like_everything() -> None:
    """A project's name is no markup either."""
    body = message.post(news(name="@everyone_lib"), DISCORD).body

    assert body.startswith("**@\u200beveryone\\_lib 1.2.0 is out**\n\n")


def test_no_room_for_the_headline_is_told() -> None:
    """A place that takes less than headline and link is an error before anything is sent."""
    with pytest.raises(Usage, match="SMS takes 20 characters; the headline with the link has 50"):
        message.post(news(), Service("SMS", 20))


@given(st.text(), st.sampled_from([DISCORD, MASTODON, X, Service("JSON", 32768, 250), Service("Small", 80)]))
def test_every_message_fits(notes: str, service: Service) -> None:
    """Whatever the notes are, the message is within the limit, as the service counts, and has the link."""
    post = message.post(news(notes), service)

    assert message.size(post.title + post.body, service) <= service.body
    assert LINK in post.body


def test_wide_characters_count_twice_on_x() -> None:
    """X counts 280 in its own way: 140 ideographs fill it."""
    body = message.post(news("".join(f"- {'漢' * 30}\n" for _ in range(9))), X).body

    assert message.size(body, X) <= 280
    assert 150 < len(body) < 200


def test_ten_thousand_lines_are_quick() -> None:
    """A very long changelog is cut without reading it again for every line."""
    body = message.post(news("- x\n" * 10_000), DISCORD).body

    assert 1900 < len(body) <= 2000
