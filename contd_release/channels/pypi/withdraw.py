"""
Withdrawing from the package index: a person yanks the release on its page, and we wait until the index says so.

PyPI has no API for yanking. https://peps.python.org/pep-0592/
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from contd_release.channels.pypi.names import page
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Interrupted, NeedsPerson, Unanswered
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.tools import pypi
from contd_release.tools.http import Refused
from contd_release.tools.simple_index import File


@dataclass(frozen=True)
class YankPace:
    """
    How often the index is asked, and how long to wait for a person, in seconds.

    Args:
        pause: the longest between two questions; the first ones follow each other faster.
    """

    pause: float = 5
    whole: float = 1800


UNHURRIED: Final = YankPace()
_FIRST_PAUSE: Final = 0.5


def row(rollback: Rollback) -> Remaining:
    """What the index has, and what becomes of it."""
    found = files(rollback.release)
    if not found:
        return Remaining("package index", "nothing of this version")
    yanked = [one for one in found if one.yanked is not None]
    there = ", ".join(one.name for one in found) + (f" ({len(yanked)} of {len(found)} yanked)" if yanked else "")
    if len(yanked) == len(found):
        undone = "nothing: it is yanked already"
    else:
        undone = f"you yank it on {page(rollback.release)} with the reason, and we wait until the index says so"
    instead = f"users of that pin install {rollback.advised or rollback.following}"
    return Remaining("package index", there, undone, f"the files stay, and =={rollback.version} installs them", instead)


def steps(rollback: Rollback) -> tuple[Step, ...]:
    """The wait for a person."""
    return (yanked(rollback, YankPace(pause=min(5.0, rollback.wait / 10), whole=rollback.wait)),)


def yanked(rollback: Rollback, pace: YankPace = UNHURRIED) -> Step:
    """The index says that every file of the release is yanked."""
    release = rollback.release

    def observe() -> Found:
        found = files(release)
        left = [one.name for one in found if one.yanked is None]
        if not left:
            return Found(State.DONE, f"{len(found)} files are yanked" if found else "the index has no file of it")
        state = State.PARTIAL if len(left) < len(found) else State.ABSENT
        return Found(state, f"{', '.join(left)} can be installed")

    return Step(f"{release.version} is yanked", observe, act=(Waited(rollback, pace),), needs_person=True)


def files(release: Release) -> tuple[File, ...]:
    """The files of this version that the index has."""
    return tuple(one for one in pypi.files(release.project).values() if _is_of(one.name, release))


@dataclass(frozen=True)
class Waited:
    """The act: say where to yank and with which reason, and wait for it."""

    rollback: Rollback
    pace: YankPace

    def __str__(self) -> str:
        return f"wait until a person has yanked {self.rollback.version} on {page(self.rollback.release)}"

    def run(self, running: Running) -> None:
        """
        Ask the index until it says so.

        Raises:
            NeedsPerson: it was not yanked in time.
        """
        release = self.rollback.release
        running.tell(
            f"{release} can only be yanked by a person:\n  open    {page(release)}\n"
            f"  press   Yank, and give the reason: {self.rollback.reason}\n"
            f"waiting until the index says that it is yanked (Ctrl-C, and invoke rollback later, is fine)"
        )
        deadline, pause = time.monotonic() + self.pace.whole, min(_FIRST_PAUSE, self.pace.pause)
        while not self._is_yanked():
            if time.monotonic() > deadline:
                raise NeedsPerson(
                    f"the index does not say that {release.version} is yanked",
                    expected=f"somebody who yanks it on {page(release)} with the reason: {self.rollback.reason}",
                    type_next=f"invoke rollback --version {release.version}   (it waits again)",
                )
            if running.stop.wait(pause):
                raise Interrupted("the wait for the yank was stopped")
            pause = min(pause * 2, self.pace.pause)

    def _is_yanked(self) -> bool:
        try:
            return all(one.yanked is not None for one in files(self.rollback.release))
        except Refused:
            raise
        except Unanswered:
            return False


def _is_of(name: str, release: Release) -> bool:
    try:
        version = parse_wheel_filename(name)[1] if name.endswith(".whl") else parse_sdist_filename(name)[1]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return False
    return version == release.version
