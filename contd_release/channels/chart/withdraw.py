"""
Withdrawing a chart: it is deleted or marked on request. Otherwise it stays, and the correction says what to install.
"""

from __future__ import annotations

from contd_release.channels.chart import mark
from contd_release.channels.chart import names as chart_names
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.records import journal
from contd_release.records.entries import Left
from contd_release.tools.helm import registry


def row(rollback: Rollback) -> Remaining:
    """What the chart registry has, and what becomes of it."""
    reference = chart_names.reference(rollback.release)
    theirs = registry.repository(chart_names.ref(rollback.release)).digest(chart_names.version(rollback.release))
    if theirs is None:
        return Remaining("chart", "nothing of this version")
    better = chart_names.advised(rollback)
    instead = f"helm upgrade with --version {better}" if better else f"{rollback.following} replaces it"
    there, is_marked = f"{reference} is {theirs[:19]}", "deprecate-chart" in rollback.wishes
    if "delete-chart" in rollback.wishes:
        otherwise = "; if not, helm warns of it" if is_marked else ""
        return Remaining(
            "chart", there, f"it is deleted, if the registry lets us{otherwise}", "who pulled it has it", instead
        )
    if is_marked:
        return mark.row(rollback, there, instead)
    return Remaining(
        "chart",
        there,
        "nothing",
        "it stays the chart that helm takes without --version, until a higher one is out",
        f"{instead}; or invoke rollback with --deprecate-chart or --delete-chart",
    )


def steps(rollback: Rollback) -> tuple[Step, ...]:
    """The deletion and the mark, on request; a chart that cannot be deleted can still be marked."""
    asked = {"delete-chart": deleted, "deprecate-chart": mark.marked}
    return tuple(step(rollback) for wish, step in asked.items() if wish in rollback.wishes)


def deleted(rollback: Rollback) -> Step:
    """The registry does not have the chart any more, or it does not let us delete it."""
    release, reference = rollback.release, chart_names.reference(rollback.release)
    names = (chart_names.version(release), chart_names.kept_tag(release))

    def observe() -> Found:
        there = registry.repository(chart_names.ref(release))
        found = [f"{name} is {theirs[:19]}" for name in names if (theirs := there.digest(name))]
        if not found:
            return Found(State.DONE, f"{reference} is not there")
        left = journal.of(release.project).entries(Left, str(release.version))
        if any(one.what == reference for one in left):
            return Found(State.DONE, f"{reference} stays: the registry does not let us delete it; its web page may")
        return Found(State.ABSENT, ", ".join(found))

    def delete() -> None:
        there = registry.repository(chart_names.ref(release))
        for name in names:
            if (theirs := there.digest(name)) and not there.delete(theirs):
                journal.of(release.project).append(Left(version=str(release.version), what=reference))
                return

    act = (Call(f"delete {reference}, which was asked for", delete),)
    return Step(f"{reference} is deleted, or the registry keeps it", observe, act=act, patience=30)
