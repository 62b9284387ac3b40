"""The work of `invoke schedule`: the table, the calendar file, and the reminder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from contd_release.after.issues import notice, reminder
from contd_release.console import Lines, reporting
from contd_release.engine.checklist import Checklist
from contd_release.errors import Usage
from contd_release.prepare import fragments, repository, stated
from contd_release.prepare.committed import current_project
from contd_release.prepare.fragments import Fragments
from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.schedule import due as schedule
from contd_release.schedule import history, ics
from contd_release.schedule import plan as plans
from contd_release.schedule.due import DueRow, Pending
from contd_release.schedule.plan import Plan
from contd_release.tools.github import api


@dataclass(frozen=True)
class Scheduling:
    """The schedule of a project at one moment."""

    project: Project
    plan: Plan
    rows: tuple[DueRow, ...]
    now: datetime

    @property
    def report(self) -> Lines:
        """Where the schedule is printed."""
        found = reporting(as_json=False)
        assert isinstance(found, Lines)
        return found

    def show(self) -> None:
        """Print the table."""
        self.report.table(
            ("part", "every", "last", "next due", "waiting", "verdict"),
            [
                (
                    row.part,
                    row.frequency.words,
                    f"{row.last.version}, {self.plan.day(row.last.at)}" if row.last else "never",
                    row.due.isoformat() if row.due else "as needed",
                    str(len(row.pending)),
                    row.verdict.value + (f"; {row.note}" if row.note else ""),
                )
                for row in self.rows
            ],
        )
        if any(row.is_due for row in self.rows):
            self.report.says(f"type: {schedule.command(self.rows)}")

    def check(self) -> None:
        """Exit with 8 if a release is due."""
        schedule.check(self.rows)

    def write(self, path: str) -> None:
        """
        Write the calendar file.

        Raises:
            Usage: it cannot be written.
        """
        days = tuple(ics.days(self.project.name, self.plan, self.rows, self.now))
        text = ics.text(self.project.name, days, self.now)
        try:
            Path(path).write_bytes(text)
        except OSError as error:
            raise Usage(
                f"{path} cannot be written: {error.strerror}",
                expected="a file in a folder that is there",
                type_next=f"ls -ld {Path(path).parent}",
            ) from error
        self.report.says(f"{path} is written: {len(days)} days")

    def remind(self) -> None:
        """Open one issue if a release is due."""
        step = reminder.reminded(self.rows, notice.tracker(api.connected(self.project)))
        if step is None:
            self.report.says("nothing is due")
            return
        running = Running(self.project.state / "logs", self.report.redact)
        Checklist((step,)).walk(self.report.event, running)


def seen() -> Scheduling:
    """The schedule of the project of the current folder, now."""
    project = current_project()
    commit, now = repository.newest_main(project) or project.commit, datetime.now(UTC)
    plan = plans.read(project.settings.schedule)
    current = stated.at(project, commit).current
    pending = tuple(
        Pending(one.name, one.type, Fragments((one,), ()).least_part(current))
        for one in fragments.at(project, commit).fragments
    )
    return Scheduling(project, plan, schedule.table(plan, history.shipped(project), pending, now), now)
