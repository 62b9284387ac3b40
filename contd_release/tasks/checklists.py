"""
The checklist of a release, on one screen.
"""

from __future__ import annotations

from collections.abc import Iterable

from contd_release import channels
from contd_release.after import merge_back
from contd_release.channels import origin
from contd_release.checklist import Checklist, Item, Section, Together
from contd_release.prepare import docs, notes, proof, repository, review, seal, tree, versions
from contd_release.release import Release
from contd_release.tasks import announcing


def checklist(release: Release, ask: review.Ask) -> Checklist:
    """
    Everything that makes a release, in order. Steps without an undo begin at "publish".
    """
    return Checklist(
        (
            Section(
                "prepare",
                (
                    together(
                        repository.tools_here(),
                        repository.committer_known(release),
                        repository.history_whole(release),
                        repository.base_is_tip(release),
                        versions.agreed(release),
                        versions.big_enough(release),
                        notes.ready(release),
                        docs.guide_written(release),
                        *channels.section("access", release),
                        *announcing.access(release),
                    ),
                    tree.checked_out(release),
                    together(versions.bumped(release), notes.written(release)),
                    tree.committed(release),
                ),
            ),
            Section(
                "prove and build",
                (
                    together(*proof.passed(release), *channels.section("build", release)),
                    seal.sealed(release, channels.built),
                ),
            ),
            Section(
                "stage",
                (
                    *([origin.branched(release)] if release.has_branch else []),
                    together(*channels.section("stage", release)),
                ),
            ),
            Section("review", (review.approved(release, ask), origin.tagged(release))),
            *_public(release),
            Section("verify", (together(*channels.section("verify", release)),)),
            *_promoted(release),
            Section("after", (merge_back.merged(release), *announcing.announced(release), *_looked(release))),
        )
    )


def _public(release: Release) -> tuple[Section, ...]:
    """
    The tag, and what this machine or the workflow that the tag starts makes public.
    """
    if release.project.settings.publisher == "github-actions":
        from contd_release.channels import github_workflow

        return (Section("publish", (origin.pushed(release), github_workflow.released_by_workflow(release))),)
    return (Section("publish", (origin.pushed(release), together(*channels.section("publish", release)))),)


def _promoted(release: Release) -> tuple[Section, ...]:
    """
    What moves last; the workflow does it where it publishes.
    """
    if release.project.settings.publisher == "github-actions":
        return ()
    return (Section("promote", (together(*channels.section("promote", release)),)),)


def _looked(release: Release) -> tuple[Item, ...]:
    """
    A first look, where the project is monitored; nobody waits here for the end of the window.
    """
    if not release.project.settings.monitor:
        return ()
    from contd_release.after import monitor

    return (monitor.looked(release, announcing.redactor(release.project)),)


def together(*branches: Item | Iterable[Item]) -> Together:
    """
    Steps, or sequences of steps, that do not depend on each other.
    """
    return Together(tuple(tuple(one) if isinstance(one, Iterable) else (one,) for one in branches))
