"""
The version: where it stands, whether the part is big enough for what changed, and the bump.
"""

from __future__ import annotations

from functools import partial

from contd_release.errors import NotReady
from contd_release.prepare import fragments
from contd_release.release import Release
from contd_release.step import Found, State, Step
from contd_release.tools import bumpversion, git


def agreed(release: Release) -> Step:
    """
    Every version file states the version that is current at the base.
    """
    text_of = partial(git.text, release.project.root, release.base)

    def observe() -> Found:
        configuration = bumpversion.configuration(text_of)
        git.read_ahead(release.project.root, release.base, *configuration.paths)
        problems = configuration.problems(text_of, release.previous)
        if problems:
            return Found(
                State.ABSENT,
                f"the version files do not agree on {release.previous}: " + "; ".join(problems),
                f"$EDITOR {' '.join(configuration.paths)}",
            )
        return Found(State.DONE, f"{len(configuration.files)} places say {release.previous}")

    return Step(f"the version files agree on {release.previous}", observe)


def big_enough(release: Release) -> Step:
    """
    The version goes up at least as far as the fragments ask for, or a reason says why not.
    """

    def observe() -> Found:
        found = fragments.at(release.project, release.base)
        least = found.least_part(release.previous)
        if not fragments.is_smaller(release.part, least):
            return Found(State.DONE, f"{found.counted()} ask for {least}")
        if release.because:
            return Found(State.DONE, f"{found.counted()} ask for {least}; {release.part} because {release.because}")
        return Found(
            State.ABSENT,
            f"{found.counted()} ask for {least} at least, and {release.version} is a {release.part} release",
            f'{release.task} --because "…"'
            if release.hotfix
            else f'invoke release --part {least}   (or --part {release.part} --because "…")',
        )

    return Step(f"{release.part} is big enough for what changed", observe)


def bumped(release: Release) -> Step:
    """
    The version files in the release's tree say the new version.
    """

    def text_of(path: str) -> str | None:
        file = release.tree / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def observe() -> Found:
        if not release.tree.is_dir():
            return Found(State.ABSENT, "there is no tree yet")
        configuration = bumpversion.configuration(text_of)
        problems = configuration.problems(text_of, release.version)
        if not problems:
            return Found(State.DONE, f"{len(configuration.files)} places in {len(configuration.paths) - 1} files")
        is_untouched = not configuration.problems(text_of, release.previous)
        return Found(State.ABSENT if is_untouched else State.PARTIAL, problems[0])

    return Step(
        f"version files say {release.version}",
        observe,
        act=(
            git.git(release.tree, "checkout-index", "--force", "--", *_paths(release)),
            bumpversion.bump(release.tree, release.previous, release.version),
        ),
    )


def _paths(release: Release) -> tuple[str, ...]:
    try:
        return bumpversion.configuration(partial(git.text, release.project.root, release.base)).paths
    except NotReady:
        return ()
