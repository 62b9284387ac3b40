"""The Atom feed of the releases (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contd_release.errors import NotReady

LONGEST: Final = 50


@dataclass(frozen=True)
class Entry:
    """
    One release in the feed.

    Args:
        date: a day, ISO 8601.
        content: HTML.
    """

    version: str
    title: str
    date: str
    content: str


def atom(project: str, url: str, entries: Iterable[Entry]) -> str:
    """
    The feed; equal entries give equal bytes. Without an address the names in it are URNs.

    Raises:
        NotReady: the extra `website` is not installed.
    """
    try:
        from feedgen.feed import FeedGenerator
    except ImportError as error:
        raise NotReady(
            "the website's feed needs feedgen, which is not installed",
            expected="the extra `website`",
            type_next="pip install 'contd-release[website]'",
        ) from error

    newest = list(entries)[:LONGEST]
    base = url.rstrip("/")
    made = FeedGenerator()
    made.id(f"{base}/feed.xml" if base else f"urn:contd-release:{project}")
    made.title(f"{project} releases")
    made.author(name=project)
    made.generator("contd-release")
    if base:
        made.link(href=f"{base}/feed.xml", rel="self", type="application/atom+xml")
    if newest:
        made.updated(f"{newest[0].date}T00:00:00Z")
    for one in newest:
        entry = made.add_entry(order="append")
        entry.id(f"{base}/{one.version}/" if base else f"urn:contd-release:{project}:{one.version}")
        entry.title(one.title)
        entry.published(f"{one.date}T00:00:00Z")
        entry.updated(f"{one.date}T00:00:00Z")
        entry.content(one.content, type="html")
        if base:
            entry.link(href=f"{base}/{one.version}/", rel="alternate", type="text/html")
    text: bytes = made.atom_str(pretty=True)
    return text.decode() + "\n"
