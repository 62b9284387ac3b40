"""
main gets what was released: the version it continues from, and the changelog.
"""

from __future__ import annotations

from contd_release.release import Release
from contd_release.step import Found, State, Step
from contd_release.tools import git


def merged(release: Release) -> Step:
    """
    The remote's main branch has the release commit.
    """
    root, settings = release.project.root, release.project.settings
    upstream = f"{settings.remote}/{settings.main}"

    def observe() -> Found:
        tip, ours = git.remote(root, settings.remote).branch(settings.main), git.release_commit(release)
        if ours and tip and (tip == ours or git.is_ancestor(root, ours, tip)):
            return Found(State.DONE, f"{upstream} is at {tip[:12]}")
        if tip == release.base:
            return Found(State.ABSENT, f"{upstream} is at {tip[:12]}, without the release commit")
        return Found(
            State.CONFLICT,
            f"{upstream} has moved on to {tip and tip[:12]} without the release commit",
            f"git pull; git merge {release.tag}; git push {settings.remote} {settings.main}",
        )

    return Step(
        f"{settings.main} has the release commit",
        observe,
        act=(git.push(release.tree, settings.remote, f"HEAD:refs/heads/{settings.main}"),),
        undo=None,
    )
