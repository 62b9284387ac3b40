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
            Section("publish", (origin.pushed(release), together(*channels.section("publish", release)))),
            Section("verify", (together(*channels.section("verify", release)),)),
            Section("promote", (together(*channels.section("promote", release)),)),
            Section("after", (merge_back.merged(release),)),
        )
    )


def together(*branches: Item | Iterable[Item]) -> Together:
    """
    Steps, or sequences of steps, that do not depend on each other.
    """
    return Together(tuple(tuple(one) if isinstance(one, Iterable) else (one,) for one in branches))
