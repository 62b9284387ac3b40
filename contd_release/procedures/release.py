"""One walk of a checklist, from the options of a call to its exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from contd_release.channels import registry
from contd_release.console import Report, Terminal, ToReview, looked, reporting, review_text
from contd_release.console.board import Board
from contd_release.console.public import Public
from contd_release.console.question import is_confirmed
from contd_release.engine import ask_once
from contd_release.engine.checklist import Checklist, Event, Phase, Section, Seen
from contd_release.errors import NeedsPerson, ReleaseError, Unanswered, Usage
from contd_release.prepare import repository
from contd_release.prepare.committed import current_project
from contd_release.prepare.docs import deprecations, guide
from contd_release.prepare.part import evidence
from contd_release.procedures.after import steps as announcing
from contd_release.procedures.checklist import checklist
from contd_release.procedures.options import Words
from contd_release.procedures.progress import begin, cross, finish
from contd_release.procedures.selection import chosen
from contd_release.process import hints
from contd_release.process.action import Running
from contd_release.process.edge import interruption
from contd_release.project.artifacts import Sealed
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.records import events, journal, lock
from contd_release.tools import git
from contd_release.tools.markup import markdown


@dataclass(frozen=True)
class Walking:
    """
    A release, its checklist, and its report.

    Args:
        looking: the look that has begun already; the first one at the checklist, and the review, go on with it.
    """

    release: Release
    report: Report
    yes: bool = False
    until: str = ""
    picture: Path | None = None
    whole: Checklist | None = None
    looking: Context = field(default_factory=copy_context)

    @classmethod
    def of(cls, project: Project, words: Words, report: Report) -> Walking:
        """The release in progress, or the one that the words begin, looked at for the first time."""
        looking = ask_once.begun()
        return cls(looking.run(chosen, project, words), report, looking=looking)

    @cached_property
    def checklist(self) -> Checklist:
        """The whole checklist, or its sections up to `until`."""
        whole = self.whole or checklist(self.release, self.ask)
        if not self.until:
            return whole
        names, until = [item.name for item in whole.items if hasattr(item, "name")], self.until
        if self.release.by_pull and until == "prove and build":
            until = "build" if "build" in names else "prove"
        if until not in names:
            raise Usage(
                f"the checklist of {self.release} has no section {until!r} here: the workflow walks it",
                expected=", ".join(names),
                type_next="invoke release",
            )
        return Checklist(whole.items[: names.index(until) + 1])

    def ask(self, release: Release, sealed: Sealed) -> bool:
        """
        Ask for a yes on a terminal.

        Raises:
            NeedsPerson: there is no terminal, and no `--yes`.
        """
        text = review_text(release, sealed, self.looking.run(_to_review, release))
        if self.yes:
            self.report.says(text)
            return True
        if not sys.stdin.isatty() or not isinstance(self.report, Terminal):
            self.report.says(text)
            raise NeedsPerson(
                f"{release} waits for a review, and there is no terminal to ask on",
                expected="a person's yes to this commit and these digests",
                type_next="invoke release --yes   (or invoke release on a terminal)",
            )
        with self.report.paused():
            self.report.says(text)
            return is_confirmed(f"Release {release}? Nothing after this can be undone. [y/N] ")

    def walk(self) -> None:
        """
        Check everything, then make every step true.

        Raises:
            ReleaseError: any stop, Ctrl-C and signals too; the report says what is public already.
        """
        public, whole = Public(), self.checklist
        running = Running(self.release.logs, self.report.redact, tell=self.report.says)

        board = Board.of(str(self.release), whole, self.report.redact)
        record = events.of(self.release, announcing.redactor(self.release.project))

        def watch(event: Event) -> None:
            public.learn(event)
            if event.what is Phase.DONE and event.step.is_irreversible and not self.release.commit:
                cross(self.release, event.step.title)
            board.update(event)
            record.keep(event)
            self.report.event(event)

        try:
            with self.report.watching(self.release, whole):
                seen = self._prove_possible(whole, public)
                if not self.release.commit:
                    begin(self.release)
                record.begin()
                whole.walk(watch, running, seen)
        except ReleaseError as error:
            self.report.stopped(error, public)
            raise
        except KeyboardInterrupt as error:
            stopped = interruption(error)
            self.report.stopped(stopped, public)
            raise stopped from error
        finally:
            if self.picture:
                board.picture(self.picture)

    def await_checks(self) -> None:
        """
        Wait until no check of the commit is running.

        Raises:
            Usage: no place has checks.
        """
        from contd_release.channels.github.access import awaited

        if not self.release.project.settings.github:
            raise Usage(
                f"{self.release.project.name} has no GitHub repository, whose checks could end",
                expected="no --wait-ci",
                type_next=self.release.task,
            )
        waiting = Checklist((Section("checks", (awaited(self.release),)),))
        with self.report.watching(self.release, waiting):
            waiting.walk(self.report.event, Running(self.release.logs, self.report.redact, tell=self.report.says))

    def plan(self) -> None:
        """Print every step, whether it holds now, and each command that would run; change nothing."""
        seen = self.status()
        self.report.says(f"{self.release} from {self.release.base[:12]} (plan: nothing is changed)")
        for one in seen:
            self.report.seen(one, with_commands=True)
        self.checklist.check(seen)

    def status(self) -> tuple[Seen, ...]:
        """The state of every step now."""
        return self.looking.run(lambda: looked(self.report, self.checklist))

    def _prove_possible(self, whole: Checklist, public: Public) -> Sequence[Seen]:
        """Stop before anything is changed when a step is known to stop us; past the line there is only forward."""
        if self.release.commit or journal.of(self.release.project).under_way():
            public.expect(whole.steps())
        seen = self.status()
        public.see(seen)
        if not public.done:
            whole.check(seen)
        return seen


def walk(words: Words, *, as_json: bool, yes: bool, until: str = "", picture: str = "") -> None:
    """Walk the release in progress, or the one that the words begin, alone in this clone."""
    project = current_project()
    report = reporting(as_json=as_json, settings=project.settings)
    with lock.held(project.state / "lock"):
        git.remove_unfinished(project.root)
        walking = Walking.of(project, words, report)
        if words.wait_ci:
            walking.await_checks()
        picture_to = Path(picture) if picture else None
        replace(walking, yes=yes, until=until, picture=picture_to).walk()
        if not until:
            finish(walking.release, "finished")
            report.says(f"\n{walking.release} is {_became(walking.release)}.")
            _say_what_users_cannot_pull(walking.release, report)
            if walking.release.project.settings.monitor:
                _say_what_is_seen(walking.release, report)
            if git.branch(project.root) == project.settings.main and repository.newest_main(project):
                report.says("type: git pull")


def _say_what_users_cannot_pull(release: Release, report: Report) -> None:
    """The warnings of the channels; a channel that does not answer now was verified before, and is left out."""
    for _, reading in registry.readings(release):
        with suppress(Unanswered):
            if warning := reading.look().warning:
                report.says(f"warning: {reading.name}: {warning}")


def _became(release: Release) -> str:
    is_installable = bool(registry.installable(release.project))
    return "out" if is_installable else "tagged, and nothing that can be installed was released"


def _say_what_is_seen(release: Release, report: Report) -> None:
    """The first look of the monitor, and how to go on watching."""
    from contd_release.after.monitor import sampling

    if seen := sampling.last(release):
        report.says("\n".join((f"the monitor says {seen.verdict.value}", *(f"  - {one}" for one in seen.reasons))))
    hint = f"invoke monitor --version {release.version}"
    if hints.is_typed_here():
        report.says(f"type: {hint}")


def _to_review(release: Release) -> ToReview:
    """What a person reads before approving: the evidence for the part, and the documentation that changed."""
    settings = release.project.settings
    last = repository.last_tag(git.remote(release.project.root, settings.remote).tags, release)
    found = evidence.of(release)
    changed = guide.changed(release, last) if last else ()
    return ToReview(found.least(), found.lines(), changed, deprecations.due(release), _notes(release))


def _notes(release: Release) -> tuple[str, Path] | None:
    """The notes as they will be published, and their file; none where a workflow's checkout has them."""
    path = release.tree / release.notes
    return (markdown.calling_nobody(path.read_text(encoding="utf-8")), path) if path.is_file() else None
