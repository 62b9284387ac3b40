"""
The invoke surface: thin, one module per verb family.

A repository's `tasks.py` imports `namespace` from here; what a task needs is imported when it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from invoke.collection import Collection
from invoke.tasks import Task

from contd_release.tasks import abort, adopt, doctor, hotfix, news, plan, rehearse, release, rollback, status
from contd_release.tasks.after import announce, clean, monitor, report, schedule, watch
from contd_release.tasks.sections import build, bump, changelog, check, promote, publish, verify


def _long_options(*tasks: Task[Callable[..., None]]) -> tuple[Task[Callable[..., None]], ...]:
    """
    The tasks without the short options that invoke makes of first letters.

    One letter would mean one thing in one task and another in the next, and `-h` would not be help everywhere.
    """
    for task in tasks:
        task.auto_shortflags = False
    return tasks


namespace: Final = Collection(
    *_long_options(
        release.release,
        plan.plan,
        status.status,
        abort.abort,
        rehearse.rehearse,
        bump.bump,
        changelog.changelog,
        check.check,
        build.build,
        publish.publish,
        verify.verify,
        promote.promote,
        announce.announce,
        schedule.schedule,
        monitor.monitor,
        watch.watch,
        report.report,
        news.news,
        rollback.rollback,
        clean.clean,
        adopt.adopt,
        doctor.doctor,
    ),
    Collection("hotfix", *_long_options(hotfix.start, hotfix.finish)),
)
