"""The milestone of a version on GitHub is closed when the version is out."""

from __future__ import annotations

from functools import partial

from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.records.commit import release_commit
from contd_release.tools.github import api, milestones
from contd_release.tools.github.milestones import Milestone


def closed(release: Release) -> Step:
    """The milestone that has the version, or its tag, as its title is closed, whatever is still open in it."""

    def observe() -> Found:
        if not release_commit(release):
            return Found(State.ABSENT, "not released yet")
        there = _milestone(release)
        if there is None:
            return Found(State.DONE, f"no open milestone is called {' or '.join(_titles(release))}")
        return Found(State.ABSENT, f"{there.title} is open, with {there.open_issues} open issues")

    return Step(
        f"the milestone of {release.version} is closed",
        observe,
        act=(Call("close the milestone", partial(_close, release)),),
    )


def _close(release: Release) -> None:
    if there := _milestone(release):
        milestones.close(api.connected(release.project), there.number)


def _milestone(release: Release) -> Milestone | None:
    titles = _titles(release)
    found = milestones.still_open(api.connected(release.project))
    return next((one for one in found if one.title.strip() in titles), None)


def _titles(release: Release) -> tuple[str, ...]:
    if release.project.table:
        # The plain version may be another package's.
        return tuple(dict.fromkeys((release.tag, str(release), f"{release.project.table} {release.version}")))
    return tuple(dict.fromkeys((str(release.version), f"v{release.version}", release.tag)))
