"""Promotion: of the release in progress, or of the tag that is checked out."""

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


def promote_release(wanted: Scope, *, as_json: bool, yes: bool) -> None:
    """Make public last what comes last: the GitHub Release and the moving tags."""
    registry.chosen(current_project(), wanted.only, wanted.command)
    if release := by_tag.tagged_release(is_required=wanted.is_given):
        by_tag.walk(release, wanted, promoting(release, wanted.only), as_json=as_json)
    else:
        walk(Words(), as_json=as_json, yes=yes, until="promote")


def promoting(release: Release, only: Collection[str]) -> Checklist:
    """What is promoted."""
    return Checklist(
        (
            Section("prepare", (together(*by_tag.sound(release)),)),
            by_tag.guarded(release, "promote", *registry.section("promote", release, only)),
        )
    )
