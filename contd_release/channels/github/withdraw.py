"""Withdrawing a release on GitHub: the reason is on top of it, and another one is the latest."""

from __future__ import annotations

from typing import Final

from packaging.version import Version

from contd_release.channels.github import latest
from contd_release.channels.github.notes import LONGEST, marked_commit
from contd_release.channels.github.standing import PATIENCE
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.tools import git
from contd_release.tools.github import api, releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.releases import ReleaseInfo
from contd_release.tools.http import may_pass
from contd_release.tools.markup import markdown

MARK: Final = "<!-- contd-release: withdrawn -->"


def row(rollback: Rollback) -> Remaining:
    """What GitHub has, and what becomes of it."""
    repository = api.connected(rollback.release.project)
    public = releases.release_of_tag(repository, rollback.release.tag)
    if public is None:
        drafts = len(_drafts(rollback, repository))
        return Remaining(
            "GitHub", "a draft" if drafts else "nothing of this version", "the draft is deleted" if drafts else ""
        )
    is_latest = latest.is_marked(public, repository)
    following = _following(rollback, repository) if is_latest else None
    undone = "the reason stands on top of it"
    if is_latest:
        undone += (
            f"; {following.tag} is the latest again"
            if following
            else "; it is marked as a pre-release: no other is good"
        )
    return Remaining(
        "GitHub",
        f"{public.url}{', the latest' * is_latest}",
        undone,
        "who downloaded its files has them",
        f"they read the reason there, and the link to {rollback.advised or rollback.following}",
    )


def steps(rollback: Rollback) -> tuple[Step, ...]:
    """The mark, the latest, and what was not public yet."""
    return marked(rollback), overtaken(rollback), undrafted(rollback)


def marked(rollback: Rollback) -> Step:
    """The release on GitHub begins with the words that it is withdrawn, and why."""
    release, head = rollback.release, _head(rollback)

    def observe() -> Found:
        public = releases.release_of_tag(api.connected(release.project), release.tag)
        if public is None:
            return Found(State.DONE, f"{release.tag} is not public on GitHub")
        if _body(public).startswith(head):
            return Found(State.DONE, public.url)
        return Found(State.PARTIAL if MARK in public.body else State.ABSENT, f"{public.url} does not say it")

    def mark() -> None:
        repository = api.connected(release.project)
        if public := releases.release_of_tag(repository, release.tag):
            rest = _body(public).partition(f"{MARK}\n\n")[2] if _body(public).startswith(_OPENING) else _body(public)
            releases.edit_body(repository, public.id, f"{head}{rest}"[:LONGEST])

    return Step(
        f"{release.tag} on GitHub says that it is withdrawn",
        observe,
        act=(Call(f"write the reason on top of {release.tag}", mark),),
        patience=PATIENCE,
        retry=may_pass,
    )


def overtaken(rollback: Rollback) -> Step:
    """GitHub does not show a withdrawn release as the latest: this one, or one that was withdrawn before it."""
    release = rollback.release

    def observe() -> Found:
        shown = releases.latest(api.connected(release.project))
        if shown is None or release.project.tags.version(shown.tag) not in _bad(rollback):
            return Found(State.DONE, f"the latest is {shown.tag}" if shown else "none is the latest")
        return Found(State.ABSENT, f"{shown.tag} is the latest")

    def overtake() -> None:
        repository = api.connected(release.project)
        if other := _following(rollback, repository):
            releases.publish(repository, other.id, prerelease=False, make_latest="true")
            return
        # GitHub always takes one of the final releases for the latest.
        for one in releases.releases(repository):
            if release.project.tags.version(one.tag) in _bad(rollback) and not (one.is_draft or one.is_prerelease):
                releases.publish(repository, one.id, prerelease=True, make_latest="false")

    return Step(
        f"{release.tag} is not the latest on GitHub",
        observe,
        act=(Call("let the highest good release be the latest", overtake),),
        patience=PATIENCE,
        retry=may_pass,
    )


def undrafted(rollback: Rollback) -> Step:
    """No draft of ours waits to be published."""
    release = rollback.release

    def observe() -> Found:
        drafts = _drafts(rollback, api.connected(release.project))
        return Found(State.ABSENT, drafts[0].url) if drafts else Found(State.DONE, "none")

    def delete() -> None:
        repository = api.connected(release.project)
        for one in _drafts(rollback, repository):
            releases.delete(repository, one.id)

    act = (Call(f"delete our draft for {release.tag} by its id", delete),)
    return Step(f"no draft for {release.tag} is left", observe, act=act, patience=PATIENCE, retry=may_pass)


_OPENING: Final = "> [!CAUTION]\n> **Withdrawn.** "


def _head(rollback: Rollback) -> str:
    advice = f"\n> Use {rollback.advised} instead." if rollback.advised else ""
    return f"{_OPENING}{markdown.quiet(rollback.reason)}{advice}\n\n{MARK}\n\n"


def _body(public: ReleaseInfo) -> str:
    return public.body.replace("\r\n", "\n")


def _following(rollback: Rollback, repository: GitHubRepository) -> ReleaseInfo | None:
    """The release that is the latest after the rollback: one of the leading package, else of the same package."""
    return latest.of_leading(rollback.release.project, repository) or _good(rollback, repository)


def _good(rollback: Rollback, repository: GitHubRepository) -> ReleaseInfo | None:
    """The highest public final release that is not withdrawn."""
    bad, found = _bad(rollback), {}
    for one in releases.releases(repository):
        version = rollback.release.project.tags.version(one.tag)
        if version and not (one.is_draft or one.is_prerelease or version in bad):
            found[version] = one
    return found[max(found)] if found else None


def _bad(rollback: Rollback) -> frozenset[Version]:
    release = rollback.release
    return git.remote(release.project.root, release.project.settings.remote).withdrawn(release.project.withdrawal) | {
        release.version
    }


def _drafts(rollback: Rollback, repository: GitHubRepository) -> tuple[ReleaseInfo, ...]:
    """The drafts for our tag that carry our mark; what others drafted stays."""
    tag = rollback.release.tag
    found = (one for one in releases.releases(repository) if one.is_draft and one.tag == tag)
    return tuple(one for one in found if marked_commit(one.body, tag))
