"""
Withdrawing a chart: deleted where that is asked for and allowed. Otherwise it stays, and users hear what to install.
"""

from __future__ import annotations

from contd_release import journal
from contd_release.channels import chart_names
from contd_release.command import Call
from contd_release.journal import Left
from contd_release.recover.subject import Rollback, Row
from contd_release.step import Found, State, Step
from contd_release.tools import helm_registry


def row(rollback: Rollback) -> Row:
    """
    What the chart registry has, and what becomes of it.
    """
    told = _told(rollback)
    if helm_registry.repository(chart_names.ref(rollback.release)).digest(rollback.release.semver) is None:
        return Row("chart", "nothing of this version")
    instead = (
        f"helm upgrade with --version {rollback.advised}" if rollback.advised else f"{rollback.following} replaces it"
    )
    if "delete-chart" in rollback.wishes:
        return Row("chart", told, "it is deleted, if the registry lets us", "who has pulled it has it", instead)
    return Row(
        "chart",
        told,
        "nothing",
        "it stays the chart that helm takes without --version, until a higher one is out",
        f"{instead}, or invoke rollback --delete-chart",
    )


def steps(rollback: Rollback) -> tuple[Step, ...]:
    """
    The deletion, where it is asked for.
    """
    return (deleted(rollback),) if "delete-chart" in rollback.wishes else ()


def deleted(rollback: Rollback) -> Step:
    """
    The registry does not have the chart any more, or it does not let us delete it.
    """
    release, told = rollback.release, _told(rollback)

    def observe() -> Found:
        theirs = helm_registry.repository(chart_names.ref(release)).digest(release.semver)
        if theirs is None:
            return Found(State.DONE, f"{told} is not there")
        left = journal.of(release.project).entries(Left, str(release.version))
        if any(one.what == told for one in left):
            return Found(State.DONE, f"{told} stays: the registry does not let us delete it; its web page may")
        return Found(State.ABSENT, f"{told} is {theirs[:19]}")

    def delete() -> None:
        there = helm_registry.repository(chart_names.ref(release))
        if (theirs := there.digest(release.semver)) and not there.delete(theirs):
            journal.of(release.project).append(Left(version=str(release.version), what=told))

    act = (Call(f"delete {told}, which was asked for", delete),)
    return Step(f"{told} is deleted, or the registry keeps it", observe, act=act, patience=30)


def _told(rollback: Rollback) -> str:
    return f"{chart_names.ref(rollback.release)}:{rollback.release.semver}"
