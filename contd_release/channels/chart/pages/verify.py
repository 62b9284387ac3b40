"""The classic chart repository, read back at its public address, else from its branch."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urljoin

from contd_release.channels.chart.names import file_name, name, sealed, settings, version
from contd_release.channels.chart.pages import place
from contd_release.channels.readings import Glance, Reading, compared
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, Unanswered
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.helm.classic import index
from contd_release.tools.http import MEBIBYTE, Http, Limits

# A page host builds a site from the branch, and keeps the old files in caches for ten minutes.
_PATIENCE: Final = 1200.0
_LIMITS: Final = Limits(64 * MEBIBYTE, 128 * MEBIBYTE)


def served(release: Release) -> Step:
    """Users of the classic repository get the chart that was built."""
    where = _address(release) or place.shown(release)

    def observe() -> Found:
        ours, theirs = sealed(release), _digest(release)
        if ours is None:
            return Found(State.ABSENT, "nothing is built yet")
        if theirs is None:
            return Found(State.ABSENT, f"{where} does not list {name(release)} {version(release)}")
        if theirs != ours.sha256:
            what = f"{where} has sha256 {theirs[:12]}, built was {ours.sha256[:12]}"
            return Found(State.CONFLICT, what, _rollback(release))
        return Found(State.DONE, f"sha256 {ours.sha256[:12]}, listed and fetched from {where}")

    act = Call(f"wait until {where} serves {file_name(release)}", lambda: None)
    return Step(f"{file_name(release)} from {where} is what was built", observe, act=(act,), patience=_PATIENCE)


def readings(release: Release) -> tuple[Reading, ...]:
    """The bytes that the classic repository gives users; nothing before anything is sealed."""
    if (ours := sealed(release)) is None:
        return ()

    def look() -> Glance:
        return compared(ours.sha256, _digest(release))

    return (Reading(f"{file_name(release)} from {_address(release) or place.shown(release)}", ours.sha256, look),)


def _address(release: Release) -> str:
    """The address that is read without a login; empty where only the branch can be read."""
    chart = settings(release)
    return "" if chart.private else chart.pages_url.rstrip("/")


def _digest(release: Release) -> str | None:
    """
    The sha256 of the bytes that the repository has; None if it does not list them, or has not got them yet.

    Raises:
        Conflict: the index says another digest than its file has.
    """
    if address := _address(release):
        return _served(release, f"{address}/")
    with git.looked_at(place.place(release)) as found, TemporaryDirectory(prefix="contd-release-") as room:
        entry = place.entry(release, found)
        if entry is None or found.hash(file_name(release)) is None:
            return entry.digest if entry and file_name(release) not in entry.urls else None
        packed = Path(room) / file_name(release)
        found.save(packed.name, packed)
        return _same(release, entry, artifacts.sha256_of(packed)[0])


def _served(release: Release, address: str) -> str | None:
    text = _fetched(urljoin(address, index.FILE))
    entry = index.entry(text.decode(errors="replace"), name(release), version(release)) if text else None
    if entry is None:
        return None
    packed = _fetched(urljoin(address, (*entry.urls, file_name(release))[0]))
    return None if packed is None else _same(release, entry, hashlib.sha256(packed).hexdigest())


def _fetched(url: str) -> bytes | None:
    reply = Http(url, limits=_LIMITS).ask(url)
    if reply.status == 404:
        return None
    if reply.status != 200:
        raise Unanswered(
            f"{url} answered {reply.status}",
            expected="a file that everybody can read",
            type_next="$EDITOR pyproject.toml   (without pages-url in [tool.contd-release.chart], the branch is read)",
        )
    return reply.body


def _same(release: Release, entry: index.Entry, theirs: str) -> str:
    if entry.digest != theirs:
        raise Conflict(
            f"{index.FILE} says sha256 {entry.digest[:12]}, its file has {theirs[:12]}",
            expected="the same",
            type_next=_rollback(release),
        )
    return theirs


def _rollback(release: Release) -> str:
    return f"invoke rollback --version {release.version}"
