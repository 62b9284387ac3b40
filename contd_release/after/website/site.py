"""
What the website holds: `releases.json`, from which everything else follows, a page per release, a feed, `latest.json`.

Equal releases give equal bytes, in whatever order they came: lines of history that are released side by side end in the
same site.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from contd_release.after.website import feed, page, record
from contd_release.after.website.record import Record
from contd_release.errors import Conflict, Usage
from contd_release.tools.git import File
from contd_release.tools.markup import markdown

RELEASES: Final = "releases.json"
LATEST: Final = "latest.json"
FEED: Final = "feed.xml"


@dataclass(frozen=True)
class Site:
    """The whole site of a project, below the address `url` (which may be empty)."""

    project: str
    url: str
    records: tuple[Record, ...] = ()

    def named(self, version: str) -> Record | None:
        """The record of a version."""
        return next((one for one in self.records if one.version == version), None)

    def with_record(self, changed: Record) -> Site:
        """The site with this record, in place of one of the same version."""
        others = [one for one in self.records if one.version != changed.version]
        ordered = sorted([*others, changed], key=lambda one: one.number, reverse=True)
        return Site(self.project, self.url, tuple(ordered))

    @property
    def latest(self) -> Record | None:
        """The highest final version that was not withdrawn: a hotfix of an old line is not it."""
        finals = [one for one in self.records if not one.number.is_prerelease and not one.withdrawn]
        return max(finals, key=lambda one: one.number, default=None)

    def files(self, changed: Record) -> tuple[File, ...]:
        """The files that a new or changed record touches."""
        latest = asdict(self.latest) if self.latest else {"version": None}
        records = [asdict(one) for one in self.records]
        return (
            File(RELEASES, _json({"project": self.project, "releases": records})),
            File(changed.page, page.html(self.project, changed)),
            File(FEED, feed.atom(self.project, self.url, entries(self.project, self.records))),
            File(LATEST, _json(latest | {"project": self.project})),
        )


def read(project: str, url: str, text: str | None) -> Site:
    """
    The site that this `releases.json` is; an empty one if there is none.

    Raises:
        Conflict: it is something else, or another project's.
    """
    if text is None:
        return Site(project, url)
    try:
        found = json.loads(text)
        records = tuple(record.parse(one) for one in found["releases"])
        theirs = found["project"]
    except (ValueError, TypeError, KeyError, Usage) as error:
        raise _foreign(f"cannot be read: {error}") from error
    if theirs != project:
        raise _foreign(f"belongs to {theirs!r}")
    return Site(project, url, records)


def entries(project: str, records: Sequence[Record]) -> Iterable[feed.Entry]:
    """The feed's entries: the newest releases first; a withdrawn one says so."""
    newest = sorted(records, key=lambda one: (one.date, one.number), reverse=True)
    for one in newest:
        mark = " (withdrawn)" if one.withdrawn else ""
        body = markdown.html(f"{one.withdrawn}\n\n{one.notes}" if one.withdrawn else one.notes)
        yield feed.Entry(one.version, markdown.seen(f"{project} {one.version}{mark}"), one.date, body)


def _foreign(why: str) -> Conflict:
    return Conflict(
        f"{RELEASES} of the website {why}",
        expected="the file as this library wrote it, or none",
        type_next="$EDITOR pyproject.toml   ([tool.contd-release.website])",
    )


def _json(found: object) -> str:
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
