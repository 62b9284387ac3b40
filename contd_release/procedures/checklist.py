"""The checklist of a release, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from contd_release.after.merge_back import merge_back
from contd_release.channels import origin, registry
from contd_release.engine.checklist import Checklist, Item, Section, Together
from contd_release.prepare import links, notes, proof, pull_request, repository, review, seal, tree, versions
from contd_release.prepare.docs import artifact_hub, deprecations, directives, guide
from contd_release.procedures.after import steps
from contd_release.project.release import Release


def checklist(release: Release, ask: review.Ask) -> Checklist:
    """Everything that makes a release, in order. Steps without an undo begin at "publish"."""
    return Checklist(
        (
            Section(
                "prepare",
                (
                    together(
                        repository.tools_here(release),
                        repository.committer_known(release),
                        repository.history_whole(release),
                        repository.base_is_tip(release),
                        links.inside(release),
                        versions.agreed(release),
                        *([] if release.hotfix else [versions.follows(release)]),
                        versions.big_enough(release),
                        notes.ready(release),
                        review.destined(release),
                        guide.written(release),
                        deprecations.known(release),
                        *proof.access(release),
                        *pull_request.access(release),
                        *_access(release),
                        *steps.access(release),
                    ),
                    tree.checked_out(release),
                    together(versions.bumped(release), notes.written(release)),
                    *([] if release.version.is_prerelease else [directives.dated(release)]),
                    *_annotated(release),
                    tree.committed(release),
                ),
            ),
            *_made(release),
            Section(
                "stage",
                (
                    *([origin.branched(release)] if release.has_branch else []),
                    together(*_staging("stage", release)),
                ),
            ),
            Section("review", (review.approved(release, ask), origin.tagged(release))),
            *_public(release),
            Section(
                "after",
                (
                    merge_back.merged(release),
                    *steps.announced(release),
                    *_looked(release),
                    *_brought(release),
                ),
            ),
        )
    )


def _made(release: Release) -> tuple[Section, ...]:
    """
    The proof and the artifacts. Where a pull request comes between them, they are built for its text, and built again
    from what was merged.
    """
    proofs, builds = proof.passed(release), tuple(_staging("build", release))
    sealed = [] if _is_elsewhere(release) else [seal.sealed(release, registry.built)]
    if not release.by_pull:
        return (Section("prove and build", (together(*proofs, *builds), *sealed)),)
    built = Section("build", (together(*builds), *sealed, pull_request.listed(release)))
    return (
        Section("prove", (together(*proofs, *_foreseen(release)),)),
        Section("pull request", pull_request.asked(release)),
        *([] if _is_elsewhere(release) else [built]),
    )


def _foreseen(release: Release) -> Iterator[tuple[Item, ...]]:
    """The builds of this machine whose digests a pull request can list; an image names the commit that is merged."""
    channels = [name for name in registry.channels(release.project) if name != "image"]
    return iter(()) if _is_elsewhere(release) or not channels else registry.section("build", release, channels)


def _public(release: Release) -> tuple[Section, ...]:
    """The tag, the publication by this machine or the workflow that the tag starts, and the verification."""
    if _is_elsewhere(release):
        from contd_release.procedures import by_workflow

        return (*by_workflow.published(release), *by_workflow.verified(release))
    return (
        Section("publish", (origin.pushed(release), together(*registry.section("publish", release)))),
        Section("verify", (together(*registry.section("verify", release)),)),
        Section("promote", (together(*registry.section("promote", release)),)),
    )


def _annotated(release: Release) -> tuple[Item, ...]:
    """The changes in the chart's Chart.yaml, where the settings ask for them."""
    chart = release.project.settings.chart
    return (artifact_hub.annotated(release, chart),) if chart and chart.artifact_hub else ()


def _access(release: Release) -> Iterator[Item | Iterable[Item]]:
    if _is_elsewhere(release):
        from contd_release.procedures import by_workflow

        return by_workflow.access(release)
    return registry.section("access", release)


def _staging(name: Literal["build", "stage"], release: Release) -> Iterator[tuple[Item, ...]]:
    """The builds and uploads of this machine; a workflow that publishes builds and stages by itself."""
    return iter(()) if _is_elsewhere(release) else registry.section(name, release)


def _is_elsewhere(release: Release) -> bool:
    return release.project.settings.publisher == "github-actions"


def _looked(release: Release) -> tuple[Item, ...]:
    """The first look of the monitor, if the project has one; the release does not wait for the end of the window."""
    if not release.project.settings.monitor:
        return ()
    from contd_release.after.monitor import sampling

    return (sampling.looked(release, steps.redactor(release.project)),)


def _brought(release: Release) -> tuple[Item, ...]:
    """The housekeeping at the end, which users do not wait for: the branch of the pull request, and main's merge."""
    from contd_release.procedures.after import merge_back as waiting

    removed = (pull_request.removed(release),) if release.by_pull else ()
    return (*removed, *waiting.brought(release))


def together(*branches: Item | Iterable[Item]) -> Together:
    """Steps, or sequences of steps, that do not depend on each other."""
    return Together(tuple(tuple(one) if isinstance(one, Iterable) else (one,) for one in branches))
