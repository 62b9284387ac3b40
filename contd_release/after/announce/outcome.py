"""The state of a message in the journal: never sent, sent, or begun without an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from contd_release.after.announce.message import Kind
from contd_release.after.announce.places import AnnouncementPlace, places
from contd_release.errors import NeedsPerson, Usage
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Announced, Announcing, Entry

_HAVE_IT = ("sent", "done")


def recipients(release: Release, kind: Kind) -> tuple[AnnouncementPlace, ...]:
    """The places that get a message: a correction goes where the release was announced, or may have been."""
    configured = places(release.project.settings, release.version)
    if kind == "release":
        return configured
    return tuple(place for place in configured if last(release, place.name, "release"))


def has_it(entry: Announcing | Announced | None) -> bool:
    """Whether the place has the message, as far as the journal knows."""
    return isinstance(entry, Announced) and entry.outcome in _HAVE_IT


def last(release: Release, place: str, kind: Kind) -> Announcing | Announced | None:
    """The newest entry about this message; an intention that nothing follows stays the last."""
    found: Announcing | Announced | None = None
    for entry in journal.of(release.project).entries(Entry, str(release.version)):
        if isinstance(entry, Announcing | Announced) and (entry.place, entry.kind) == (place, kind):
            found = entry
    return found


def again(release: Release, name: str, kind: Kind = "release") -> None:
    """
    A person says that a message whose outcome is not known is to be sent (again).

    Raises:
        Usage: there is no such place, or nothing is open there.
    """
    _answer(release, name, kind, "again")


def done(release: Release, name: str, kind: Kind = "release") -> None:
    """
    A person says that a message whose outcome is not known was sent.

    Raises:
        Usage: there is no such place, or nothing is open there.
    """
    _answer(release, name, kind, "done")


def unknown(place: str, release: Release, kind: Kind, why: str) -> NeedsPerson:
    """The question for a person, with both answers to type."""
    again = command(release, kind)
    return NeedsPerson(
        f"the {kind} message of {release.version} to {place} {why}",
        expected=f"a person who looks at {place} and says whether it is there",
        type_next=f"{again} --done {place}   (it is there), or {again} --again {place}   (it is not)",
    )


def command(release: Release, kind: Kind) -> str:
    """The command that sends one kind of message about a release."""
    return f"invoke announce --version {release.version}" + (f" --kind {kind}" if kind != "release" else "")


def require_place(among: Sequence[AnnouncementPlace], name: str, command: Sequence[str], table: str) -> None:
    """
    Refuse a name that is no place's.

    Args:
        command: the parts of the command that the name ends.
        table: the one that lists the places.

    Raises:
        Usage: there is no such place.
    """
    known = [place.name for place in among]
    if name in known:
        return
    near = get_close_matches(name, known, 1)
    raise Usage(
        f"there is no place {name!r}" + (f"; did you mean {near[0]}?" if near else ""),
        expected=", ".join(known) or f"a place in [tool.contd-release.{table}]",
        type_next=" ".join((*command, (near or known)[0])) if known else "$EDITOR pyproject.toml",
    )


def _answer(release: Release, name: str, kind: Kind, outcome: str) -> None:
    version = str(release.version)
    require_place(places(release.project.settings), name, (command(release, kind), f"--{outcome}"), "announce")
    newest = last(release, name, kind)
    if not isinstance(newest, Announcing):
        state = f"got the message at {newest.at}" if newest and has_it(newest) else "got no message"
        raise Usage(
            f"nothing is open at {name}: it {state} about {version}",
            expected="a message whose outcome is not known",
            type_next=command(release, kind),
        )
    journal.of(release.project).append(Announced(version=version, place=name, kind=kind, outcome=outcome))
