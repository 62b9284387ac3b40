"""
Withdrawing a version from a classic chart repository, on request: the entry is removed, or marked.

Removed, the version is gone from index.yaml and its `.tgz` from the branch, whose history keeps both. Marked, the entry
says `deprecated: true`, so that `helm search` and Artifact Hub show it; the `.tgz` keeps its bytes and its digest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from contd_release.channels.chart.names import advised, file_name, name, settings, version
from contd_release.channels.chart.pages import place
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.step import Found, State, Step
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.git import Branch, File
from contd_release.tools.helm.classic import edited, index


def row(rollback: Rollback) -> Remaining:
    """What the branch has, and what becomes of it."""
    release, where = rollback.release, f"chart on {settings(rollback.release).pages}"
    theirs = place.looked_at(release)
    if theirs is None:
        return Remaining(where, "nothing of this version")
    there, better = f"{place.reference(release)} is sha256 {theirs.digest[:12]}", advised(rollback)
    instead = f"helm upgrade with --version {better}" if better else f"{rollback.following} replaces it"
    if "delete-chart" in rollback.wishes:
        done = f"the entry is removed from {index.FILE}, and {file_name(release)} from the branch"
        return Remaining(where, there, done, "the history of the branch keeps it; who pulled it has it", instead)
    if "deprecate-chart" in rollback.wishes:
        done = "the entry says deprecated: true, which helm search and Artifact Hub show"
        return Remaining(where, there, done, "helm still installs it, without a warning", instead)
    instead = f"{instead}; or invoke rollback with --deprecate-chart or --delete-chart"
    return Remaining(where, there, "nothing", "helm still installs it", instead)


def steps(rollback: Rollback) -> tuple[Step, ...]:
    """The removal and the mark, on request."""
    asked = {"delete-chart": _removed, "deprecate-chart": _marked}
    return tuple(step(rollback.release) for wish, step in asked.items() if wish in rollback.wishes)


def _removed(release: Release) -> Step:
    """The index does not list the version any more, and the branch does not have its `.tgz`."""

    def observe() -> Found:
        with git.looked_at(place.place(release)) as found:
            entry, there = place.entry(release, found), found.hash(file_name(release))
        if entry is None and there is None:
            return Found(State.DONE, f"{place.reference(release)} is not there")
        return Found(
            State.ABSENT, f"{place.reference(release)} is there" if entry else f"{file_name(release)} is there"
        )

    def files(found: Branch) -> tuple[File, ...]:
        text = found.text(index.FILE)
        archive = (File(file_name(release), None),) if found.hash(file_name(release)) else ()
        if text is None or place.entry(release, found) is None:
            return archive
        return (*archive, File(index.FILE, edited.removed(text, name(release), version(release))))

    act = _committed(release, files, "is withdrawn")
    return Step(f"{settings(release).pages} has {name(release)} {version(release)} no more", observe, act=(act,))


def _marked(release: Release) -> Step:
    """The index says that the version is deprecated; one that it does not list needs no mark."""

    def observe() -> Found:
        theirs = place.looked_at(release)
        if theirs is None:
            return Found(State.DONE, f"{place.reference(release)} is not there")
        state = State.DONE if theirs.is_deprecated else State.ABSENT
        return Found(state, "deprecated: true" if theirs.is_deprecated else f"{place.reference(release)} has no mark")

    def files(found: Branch, *, is_deprecated: bool) -> tuple[File, ...]:
        text, theirs = found.text(index.FILE), place.entry(release, found)
        if text is None or theirs is None or theirs.is_deprecated == is_deprecated:
            return ()
        marked = edited.marked(text, name(release), version(release), is_deprecated=is_deprecated)
        return (File(index.FILE, marked),)

    return Step(
        f"{place.reference(release)} is deprecated",
        observe,
        act=(_committed(release, partial(files, is_deprecated=True), "is deprecated"),),
        undo=(_committed(release, partial(files, is_deprecated=False), "is deprecated no more"),),
    )


def _committed(release: Release, files: Callable[[Branch], tuple[File, ...]], what: str) -> git.CommitPushed:
    title = f"{name(release)} {version(release)} {what}"
    return git.CommitPushed(partial(place.place, release), files, title, place.shown(release), release.dates)
