"""The work of `invoke watch`: find what is public under the project's name and no release of ours explains."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from contd_release.after.announce import places
from contd_release.after.issues import notice
from contd_release.after.watch import alarm, baseline, message, strangers
from contd_release.after.watch.strangers import Look, Stranger
from contd_release.console import Report, reporting
from contd_release.engine.checklist import Checklist, Item
from contd_release.engine.step import State
from contd_release.errors import NotReady, ReleaseError, Unexplained, raise_all
from contd_release.prepare.committed import current_project
from contd_release.procedures.after.steps import redactor
from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.records import lock
from contd_release.tools.github import api

_KNOWN: Final = "$EDITOR pyproject.toml   ([tool.contd-release.watch.known])"


@dataclass(frozen=True)
class Wanted:
    """
    What a call asks for.

    Args:
        baseline: whether what is public now is written down as meant.
        issue: whether an issue is opened for what nothing explains.
        dry_run: whether it is only said what would be opened and sent.
        again: a place that gets the alarm again.
        done: a place that has the alarm.
    """

    baseline: bool = False
    issue: bool = False
    dry_run: bool = False
    again: str = ""
    done: str = ""


def watch(wanted: Wanted, *, as_json: bool) -> None:
    """
    Look once, or write down what a person says about an alarm whose outcome is not known.

    Raises:
        Unexplained: something is public that nothing explains.
        Unanswered: a channel did not say what it has.
    """
    project, report = current_project(), reporting(as_json=as_json)
    report.redact = redactor(project)
    if wanted.again or wanted.done:
        _answer(project, wanted, report)
        return
    found = strangers.look(project)
    if wanted.baseline:
        raise_all(found.unanswered)
        _take_as_baseline(project, found, report, is_dry=wanted.dry_run)
        return
    compare(project, found, report, wanted)


def compare(project: Project, found: Look, report: Report, wanted: Wanted) -> None:
    """
    Print what a look found, and raise the alarm: messages to the places for alarms, and an issue if one is wanted.

    Raises:
        Unexplained: something is public that nothing explains.
        Unanswered: nothing else is public, as far as the channels answered; one of them did not.
        Several: more than one of these, or the alarm could not be raised everywhere.
    """
    if not found.strangers:
        where = "" if not found.unanswered else "; not every channel was compared"
        report.fact("watched", f"{len(found.offers)} things are public, each explained{where}", strangers=0)
        raise_all(found.unanswered)
        return
    raising = _previewed if wanted.dry_run else _raised
    errors = raising(project, found.strangers, report, has_issue=wanted.issue)
    raise_all([_unexplained(project, found), *errors, *found.unanswered])


def _raised(
    project: Project, strange: Sequence[Stranger], report: Report, *, has_issue: bool
) -> Iterator[ReleaseError]:
    """Send and open what is not there yet; what keeps one from it does not keep the others."""
    running, makers = Running(project.state / "logs", report.redact), list[Callable[[], Item]]()
    if project.settings.watch and project.settings.watch.announce:
        makers.append(lambda: message.sent_everywhere(project, strange))
    if has_issue:
        makers.append(lambda: alarm.raised(strange, notice.tracker(api.connected(project))))
    with lock.held(project.state / "watch" / "lock"):
        for make in makers:
            try:
                Checklist((make(),)).walk(report.event, running)
            except ReleaseError as error:
                yield error


def _previewed(
    project: Project, strange: Sequence[Stranger], report: Report, *, has_issue: bool
) -> Iterator[ReleaseError]:
    """Show the messages as they would go out, and the issue that would be opened."""
    for place in places.alarms(project.settings):
        try:
            post = message.preview(project, place, strange)
            report.says(f"{place} would get:\n{post}\n" if post else f"{place} has an alarm about all of these")
        except ReleaseError as error:
            yield error
    if has_issue:
        try:
            step = alarm.raised(strange, notice.tracker(api.connected(project)))
            found = step.observe()
            report.says(found.detail if found.state is State.DONE else f"would {step.act[0]}")
        except ReleaseError as error:
            yield error


def _answer(project: Project, wanted: Wanted, report: Report) -> None:
    """Write down what a person says about alarms whose outcome is not known."""
    with lock.held(project.state / "watch" / "lock"):
        for name, outcome in ((wanted.again, "again"), (wanted.done, "done")):
            if name:
                message.answer(project, name, outcome)
                report.says(f"{name} has the alarm" if outcome == "done" else f"type: invoke watch   (it tells {name})")


def _unexplained(project: Project, found: Look) -> Unexplained:
    text = "\n".join(strangers.lines(found.strangers))
    return Unexplained(
        f"{len(found.strangers)} of {len(found.offers)} things that are public are not explained:\n{text}",
        expected="the seal of a release that lists it, the baseline, or [tool.contd-release.watch] known with a reason",
        type_next=_KNOWN
        if baseline.path(project).exists()
        else "invoke watch --baseline   (where all of it is from before the first release with these tasks)",
    )


def _take_as_baseline(project: Project, found: Look, report: Report, *, is_dry: bool) -> None:
    """
    Write the strangers down.

    Raises:
        NotReady: there is a list already, so that these are no longer from before.
    """
    file = baseline.path(project)
    named = file.relative_to(project.root)
    if file.exists():
        raise NotReady(
            f"{named} is there already: what came since is not from before",
            expected="an entry with a reason",
            type_next=_KNOWN,
        )
    listed = [one.offer for one in found.strangers]
    if is_dry:
        report.says("\n".join((f"{named} would list {len(listed)} things", *map(str, listed))))
        return
    baseline.write_down(project, listed)
    report.says(f"{named} lists {len(listed)} things; look at it, then: git add {named}")
