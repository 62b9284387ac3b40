"""One walk of a rollback, from the options of a call to its last line."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from contd_release.channels import registry
from contd_release.channels.withdrawal import Rollback, one_line
from contd_release.console import Report, Terminal, looked, reporting
from contd_release.console.question import is_confirmed
from contd_release.errors import NeedsPerson, ReleaseError, Usage
from contd_release.prepare.committed import current_project
from contd_release.procedures.options import Words, invoked
from contd_release.procedures.release import walk
from contd_release.procedures.rollback import checklist as rolling
from contd_release.procedures.rollback import tag as tags
from contd_release.procedures.tagged import of_version
from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.version import parse
from contd_release.records import journal, lock
from contd_release.records.entries import Begun, Ended, Withdrawing, Withdrawn
from contd_release.tools import git

# What a rollback does only if a person asks for it; channels have more.
WISHES: Final = frozenset({"delete-tag", "revert", "republish", "hotfix"})


@dataclass(frozen=True)
class RollbackRequest:
    """
    The words of a call.

    Args:
        wishes: the names of flags; those that no channel of the project knows have no effect.
        named: wishes of plug-ins, which a channel of the project must know.
        wait: for a person who yanks, in seconds.
    """

    version: str = ""
    reason: str = ""
    wishes: frozenset[str] = frozenset()
    named: tuple[str, ...] = ()
    wait: int = 1800


def withdraw(call: RollbackRequest, *, as_json: bool, yes: bool, dry_run: bool = False) -> None:
    """
    Show what there is, ask once, and withdraw; a rollback that was stopped is continued.

    Raises:
        NeedsPerson: the question was not answered with yes.
        ReleaseError: whatever stops it; walking again continues.
    """
    project = current_project()
    report = reporting(as_json=as_json, settings=project.settings)
    with lock.held(project.state / "lock"):
        git.remove_unfinished(project.root)
        rollback = chosen(project, call)
        rolling.refuse(rollback)
        withdrawing = journal.of(project).last(Withdrawing, str(rollback.version))
        report.says(f"{rollback.release} is to be withdrawn: {rollback.reason}")
        for row in rolling.table(rollback):
            report.says("\n".join(row.lines()))
        if dry_run:
            _plan(rollback, report)
            return
        if withdrawing is None or _wishes(project, withdrawing.wishes) != rollback.wishes:
            _ask(rollback, report, yes=yes)
            wishes = " ".join(sorted(rollback.wishes))
            entry = Withdrawing(version=str(rollback.version), reason=rollback.reason, wishes=wishes)
            journal.of(project).append(entry)
        _walk(rollback, report)
    _end(rollback, report, as_json=as_json, yes=yes)


def chosen(project: Project, call: RollbackRequest) -> Rollback:
    """
    The rollback that the words begin, or the one that they continue.

    Raises:
        Usage: no version is named and none is under way, the reason is another one than before, or no channel knows a
            wish.
    """
    _refuse_unknown(project, call)
    last = journal.of(project).withdrawing()
    if not call.version and last is None:
        raise Usage(
            "no rollback is under way",
            expected="the version to withdraw, and why",
            type_next='invoke rollback --version 1.2.0 --reason "…"',
        )
    release = _subject(project, call.version or (last.version if last else ""))
    before, said = tags.reason(release), one_line(call.reason)
    if before and said and before != said:
        raise Usage(
            f"{release.version} is withdrawn already, because: {before}",
            expected="that reason, or none",
            type_next=f"invoke rollback --version {release.version}",
        )
    withdrawing = journal.of(project).last(Withdrawing, str(release.version))
    wishes = _wishes(project, " ".join((*call.wishes, *call.named))) | (
        _wishes(project, withdrawing.wishes) if withdrawing else frozenset()
    )
    return Rollback(release, before or said, wishes, call.wait)


def _subject(project: Project, version: str) -> Release:
    """
    The release of a version, wherever it was released from.

    One that has no tag is taken as if it had been made of the current commit; whether it is out, its places say.
    """
    wanted = project.tags.asked(version)
    root, remote, release_tag = project.root, project.settings.remote, project.tags.of(wanted)
    is_begun = journal.of(project).last(Begun, str(wanted)) is not None
    if is_begun or git.tag(root, release_tag) or git.remote(root, remote).tag(release_tag):
        return of_version(project, str(wanted))
    head = git.commit(root)
    assert head is not None
    return Release(project, wanted, wanted, head, git.described(root, head).time)


def _wishes(project: Project, words: str) -> frozenset[str]:
    """The wishes among these words that a rollback or a channel of this project knows."""
    return frozenset(words.split()) & (frozenset().union(*registry.wishes(project).values()) | WISHES)


def _refuse_unknown(project: Project, call: RollbackRequest) -> None:
    known = sorted(frozenset().union(*registry.wishes(project).values()) | WISHES)
    if strangers := [one for one in call.named if one not in known]:
        near = get_close_matches(strangers[0], known, 1)
        again = invoked("rollback", sorted(call.wishes), version=call.version, reason=call.reason)
        raise Usage(
            f"no channel of {project.name} knows the wish {', '.join(strangers)}"
            + (f"; did you mean {near[0]}?" if near else ""),
            expected=f"some of {', '.join(known)}",
            type_next=f"{again} --wish {(near or known)[0]}",
        )


def _ask(rollback: Rollback, report: Report, *, yes: bool) -> None:
    if yes:
        return
    again = rolling.command(rollback, rollback.wishes)
    if not sys.stdin.isatty() or not isinstance(report, Terminal):
        raise NeedsPerson(
            f"the rollback of {rollback.release} waits for a yes, and there is no terminal to ask on",
            expected="a person's yes to what is shown",
            type_next=f"{again} --yes",
        )
    if not is_confirmed(f"Withdraw {rollback.release}? [y/N] "):
        raise NeedsPerson(f"{rollback.release} was not withdrawn", expected="a yes", type_next=again)


def _plan(rollback: Rollback, report: Report) -> None:
    report.says("(plan: nothing is changed)")
    for one in looked(report, rolling.checklist(rollback)):
        report.seen(one, with_commands=True)


def _walk(rollback: Rollback, report: Report) -> None:
    release, whole = rollback.release, rolling.checklist(rollback)
    running = Running(release.home / "rollback-logs", report.redact, tell=report.says)
    try:
        with report.watching(release, whole):
            whole.walk(report.event, running)
    except (ReleaseError, KeyboardInterrupt):
        report.says(f"the rollback of {release.version} is not finished; type: invoke rollback")
        raise
    entries = journal.of(release.project)
    begun = entries.under_way()
    if begun and begun.version == str(release.version):
        entries.append(Ended(version=begun.version, how="withdrawn"))
    entries.append(Withdrawn(version=str(release.version)))


def _end(rollback: Rollback, report: Report, *, as_json: bool, yes: bool) -> None:
    """Say what follows; where the previous code is to be released again, release it."""
    report.says(f"\n{rollback.release} is withdrawn, as far as it can be.")
    if rollback.advised:
        report.says(f"Users are sent to {rollback.advised}.")
    if "republish" in rollback.wishes:
        report.says(f"The code of {rollback.previous} is released again now, as {rollback.following}.")
        report.says(f"if that stops: invoke hotfix.finish --version {rollback.following}   (it goes on)")
        walk(Words(hotfix=str(rollback.following)), as_json=as_json, yes=yes)
        return
    if rollback.version.is_prerelease:
        report.says(f"next: mend it on {rollback.release.project.settings.main}, then invoke release --pre rc")
        return
    mending = rolling.mending(rollback)
    if "hotfix" in rollback.wishes:
        report.says(
            f"{mending.branch} is at {mending.tree}\nnext: commit the fix there, git push, invoke hotfix.finish"
        )
    elif rollback.advised is None or rollback.advised < parse(str(rollback.version)):
        report.says(f"next: invoke hotfix.start --of {rollback.version}   (it begins {mending.branch})")
