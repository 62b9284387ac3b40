"""The work of `invoke announce`: preview, send, and settle messages."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast, get_args

from contd_release.after.announce import announcement as announce
from contd_release.after.announce import outcome
from contd_release.after.announce.announcement import Announcement
from contd_release.after.announce.message import Kind
from contd_release.after.announce.places import places
from contd_release.channels.withdrawal import Rollback
from contd_release.console import Report, reporting
from contd_release.engine.checklist import Checklist, Section
from contd_release.errors import NotReady, ReleaseError, Usage, raise_all
from contd_release.prepare.committed import current_project
from contd_release.procedures.after import steps
from contd_release.procedures.rollback import checklist
from contd_release.procedures.rollback import tag as tags
from contd_release.procedures.selection import of_version, resumed
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.records import journal, lock


@dataclass(frozen=True)
class Wanted:
    """
    What a call says about messages.

    Args:
        again: a place that gets its message again.
        done: a place that has its message.
    """

    version: str = ""
    kind: str = "release"
    again: str = ""
    done: str = ""


@dataclass(frozen=True)
class Telling:
    """One kind of message about one release."""

    release: Release
    kind: Kind
    report: Report

    @property
    def announcement(self) -> Announcement:
        """
        What is sent: the release notes, or why the release is withdrawn and what to use instead.

        Raises:
            NotReady: a correction of a release that is not withdrawn.
        """
        if self.kind == "release":
            return steps.announcement(self.release)
        version = self.release.version
        if not (reason := tags.reason(self.release)):
            raise NotReady(
                f"{version} is not withdrawn, so there is nothing to correct",
                expected="its rollback, which tells users why",
                type_next=f'invoke rollback --version {version} --reason "…"',
            )
        return checklist.correction(Rollback(self.release, reason))

    def preview(self) -> None:
        """
        Show every message.

        Raises:
            NotReady: no place is configured.
            ReleaseError: a place is not usable; the others are shown all the same.
        """
        self._require_places()
        previews = list(announce.preview(self.announcement))
        errors: list[ReleaseError] = []
        for one in previews:
            if one.post is None or one.service is None:
                errors += [one.error] if one.error else []
                continue
            self.report.says(f"\n{one.place} · {one.service.name}")
            self.report.says(str(one.post))
        raise_all(errors)

    def answer(self, *, again: str, done: str) -> None:
        """Record a person's answer about messages whose outcome is not known."""
        with lock.held(self.release.project.state / "lock"):
            if again:
                outcome.again(self.release, again, self.kind)
                self.report.says(f"the message to {again} will be sent again; type: {self._following()}")
            if done:
                outcome.done(self.release, done, self.kind)
                self.report.says(f"{done} has the message")

    def tell(self) -> None:
        """
        Send the message to every place that does not have it.

        Raises:
            NotReady: no place is configured.
        """
        self._require_places()
        whole = Checklist((Section("announce", (announce.announced_everywhere(self.announcement),)),))
        with lock.held(self.release.project.state / "lock"), self.report.watching(self.release, whole):
            whole.walk(self.report.event, Running(self.release.logs, self.report.redact))

    def _following(self) -> str:
        """The command that sends the message: the rollback, if one waits for it."""
        waiting = journal.of(self.release.project).withdrawing()
        if self.kind == "correction" and waiting and waiting.version == str(self.release.version):
            return "invoke rollback"
        return outcome.command(self.release, self.kind)

    def _require_places(self) -> None:
        """Refuse, and say why, if no place gets the message."""
        version, edit = self.release.version, "$EDITOR pyproject.toml"
        settings = self.release.project.settings
        if outcome.recipients(self.release, self.kind):
            return
        if not settings.announce:
            raise NotReady("no place is named", expected="[tool.contd-release.announce]", type_next=edit)
        if self.kind == "correction":
            raise NotReady(
                f"{version} was not announced anywhere",
                expected="a release that was announced, to correct it",
                type_next=f"invoke status --version {version}",
            )
        raise NotReady(
            f"no place gets messages about a pre-release such as {version}",
            expected="names of places in announce-pre-releases",
            type_next=edit,
        )


def about(wanted: Wanted, *, as_json: bool) -> Telling:
    """
    A release that was begun in this clone, or the one in progress.

    Raises:
        NotReady: no release is in progress, and no version was named.
        Usage: there is no such kind of message, place or version.
    """
    version, kind, named = wanted.version, wanted.kind, f" --version {wanted.version}" if wanted.version else ""
    if kind not in get_args(Kind):
        near = get_close_matches(kind, get_args(Kind), 1)
        raise Usage(
            f"there is no kind of message {kind!r}" + (f"; did you mean {near[0]}?" if near else ""),
            expected=", ".join(get_args(Kind)),
            type_next=f"invoke announce --preview{named} --kind {(near or ['release'])[0]}",
        )
    project = current_project()
    of_kind = f" --kind {kind}" if kind != "release" else ""
    for option, place in (("--again", wanted.again), ("--done", wanted.done)):
        if place:
            command = (f"invoke announce{named}{of_kind}", option)
            outcome.require_place(places(project.settings), place, command, "announce")
    begun = journal.of(project).under_way()
    if not version and begun is None:
        raise NotReady(
            "nothing is under way",
            expected="a version",
            type_next="invoke announce --preview --version 1.2.0   (without --preview it is sent)",
        )
    release = of_version(project, version) if version or begun is None else resumed(project, begun)
    return Telling(release, cast(Kind, kind), reporting(as_json=as_json, settings=project.settings))
