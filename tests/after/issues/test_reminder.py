"""One issue when a release is due, and never a second."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from packaging.version import Version

from contd_release.after.issues import reminder
from contd_release.after.issues.notice import Tracker
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State
from contd_release.errors import Unanswered
from contd_release.process.action import Running
from contd_release.project.settings import Schedule
from contd_release.schedule import due as schedule
from contd_release.schedule.due import DueRow, Pending, Shipped
from contd_release.schedule.plan import read


@dataclass(frozen=True)
class Issue:
    """An issue as this forge keeps it."""

    url: str
    body: str
    is_open: bool = True
    label: str = ""


@dataclass
class Forge:
    """Issues in memory; `silent` loses the answers, not the requests."""

    issues: list[Issue] = field(default_factory=list)
    silent: bool = False
    down: bool = False

    @property
    def tracker(self) -> Tracker:
        """What the step is given."""
        return Tracker(self.labelled, self.open_issue)

    def labelled(self, label: str) -> list[Issue]:
        """The issues with a label."""
        if self.down:
            raise Unanswered("the forge did not answer")
        return [one for one in self.issues if one.label == label]

    def open_issue(self, title: str, body: str, label: str) -> None:
        """Open one."""
        self.issues.append(Issue(f"#{len(self.issues) + 1} {title}", body, label=label))
        if self.silent:
            raise Unanswered("the answer was lost")


def rows(now: str, *shipped: tuple[str, str], part_kind: str = "feature") -> tuple[DueRow, ...]:
    """The table with one waiting change."""
    out = [Shipped(Version(version), datetime.fromisoformat(f"{at}T12:00+00:00")) for version, at in shipped]
    pending = [Pending("1.md", part_kind, "minor")]
    return schedule.table(read(Schedule()), out, pending, datetime.fromisoformat(now).replace(tzinfo=UTC))


def walk(forge: Forge, found: tuple[DueRow, ...], tmp_path: Path) -> None:
    """What cron does."""
    if step := reminder.reminded(found, forge.tracker):
        Checklist((step,)).walk(lambda event: None, Running(tmp_path, stop=Event()))


DUE = (("1.2.0", "2026-10-01"),)


def test_nothing_due_asks_nothing() -> None:
    """Without a due release there is no step, and no request."""
    assert reminder.reminded(rows("2026-10-20", *DUE), Forge(down=True).tracker) is None


def test_one_issue_and_never_a_second(tmp_path: Path) -> None:
    """Cron runs every day: the issue is opened once, while it is due and when it becomes late."""
    forge = Forge()
    for day in ("2026-11-01", "2026-11-02", "2026-11-20"):
        walk(forge, rows(day, *DUE), tmp_path)

    assert [one.url for one in forge.issues] == ["#1 The minor release is due"]
    assert forge.issues[0].body == (
        "- patch (as needed): nothing to ship, no changes waiting; "
        "1 more asks for more than a patch release, up to minor\n"
        "- minor (monthly): due, 2026-11-01, 1 change waiting\n"
        "- major (yearly): not yet, 2027-10-01, 1 change waiting\n"
        "\nTo release:\n\n    invoke release --part minor\n\n"
        "<!-- contd-release: due minor after 1.2.0 -->\n"
    )


def test_lost_answer_opens_no_second(tmp_path: Path) -> None:
    """The forge opened the issue and its answer was lost: the next look finds it."""
    forge = Forge(silent=True)
    walk(forge, rows("2026-11-01", *DUE), tmp_path)
    walk(forge, rows("2026-11-02", *DUE), tmp_path)

    assert len(forge.issues) == 1


def test_closed_issue_was_an_answer(tmp_path: Path) -> None:
    """Who closed the reminder is not asked again for the same release, but for the next one."""
    forge = Forge()
    walk(forge, rows("2026-11-01", *DUE), tmp_path)
    forge.issues[0] = replace(forge.issues[0], is_open=False)
    walk(forge, rows("2026-11-05", *DUE), tmp_path)
    assert len(forge.issues) == 1

    walk(forge, rows("2026-12-20", *DUE, ("1.3.0", "2026-11-10")), tmp_path)
    assert len(forge.issues) == 2


def test_open_issue_serves_after_a_patch(tmp_path: Path) -> None:
    """A patch in between does not make the open reminder double; nor does another part that becomes due."""
    forge = Forge()
    walk(forge, rows("2026-11-01", *DUE), tmp_path)
    walk(forge, rows("2027-11-20", *DUE, ("1.2.1", "2026-11-02")), tmp_path)

    assert len(forge.issues) == 1


def test_others_issues_do_not_count(tmp_path: Path) -> None:
    """An issue of a person with the same label is not our reminder."""
    forge = Forge([Issue("#1", "when is the next one due?", label=reminder.LABEL)])
    walk(forge, rows("2026-11-01", *DUE), tmp_path)

    assert len(forge.issues) == 2


def test_silence_is_not_absence() -> None:
    """A forge that does not answer is not one without an issue."""
    step = reminder.reminded(rows("2026-11-01", *DUE), Forge(down=True).tracker)
    assert step is not None
    with pytest.raises(Unanswered):
        step.observe()


def test_states() -> None:
    """Absent before, done after; the plan shows the title that would be opened."""
    forge = Forge()
    step = reminder.reminded(rows("2026-11-01", *DUE), forge.tracker)
    assert step is not None

    assert State.ABSENT is step.observe().state
    assert str(step.act[0]) == "open an issue with the label release-due: The minor release is due"
    forge.open_issue("", reminder.marker(rows("2026-11-01", *DUE)[1]), reminder.LABEL)
    assert State.DONE is step.observe().state
