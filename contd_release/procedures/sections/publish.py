"""Publication: of the release in progress, or of the tag that is checked out."""

from __future__ import annotations

from collections.abc import Collection

from contd_release.channels import registry
from contd_release.engine.checklist import Checklist, Section
from contd_release.prepare.committed import current_project
from contd_release.procedures.checklist import together
from contd_release.procedures.options import Words
from contd_release.procedures.release import walk
from contd_release.procedures.sections import by_tag
from contd_release.procedures.sections.by_tag import Scope
from contd_release.project.release import Release


def publish_release(wanted: Scope, *, as_json: bool, yes: bool) -> None:
    """Publish to every channel, or to those in scope."""
    registry.chosen(current_project(), wanted.only, wanted.command)
    if release := by_tag.tagged_release(is_required=wanted.is_given):
        by_tag.walk(release, wanted, publishing(release, wanted.only), as_json=as_json)
    else:
        walk(Words(), as_json=as_json, yes=yes, until="publish")


def publishing(release: Release, only: Collection[str]) -> Checklist:
    """What is staged and published; each step acts only while the tag is where it was."""
    return Checklist(
        (
            Section("prepare", (together(*by_tag.sound(release), *registry.section("access_by_tag", release, only)),)),
            by_tag.guarded(release, "stage", *registry.section("stage", release, only)),
            by_tag.guarded(release, "publish", *registry.section("publish", release, only)),
        )
    )
