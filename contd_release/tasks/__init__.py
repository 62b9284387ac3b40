"""
The invoke surface: thin, one module per verb family.

A repository's `tasks.py` imports `namespace` from here; what a task needs is imported when it runs.
"""

from __future__ import annotations

from typing import Final

from invoke.collection import Collection

from contd_release.tasks import abort, adopt, hotfix, news, plan, rehearse, release, rollback, status
from contd_release.tasks.after import announce, monitor, report, schedule
from contd_release.tasks.sections import build, bump, changelog, check, promote, publish, verify

namespace: Final = Collection(
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
    report.report,
    news.news,
    rollback.rollback,
    adopt.adopt,
    adopt.doctor,
    Collection("hotfix", hotfix.start, hotfix.finish),
)
