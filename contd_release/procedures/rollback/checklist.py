"""
A rollback: it withdraws a release as far as possible, and says what cannot be undone.

First a table of what each place has; then a checklist of its own, walked and continued like any other. Nothing is
claimed that was not observed.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from contd_release.after.announce import announcement, outcome
from contd_release.after.announce.announcement import Announcement
from contd_release.after.announce.places import places
from contd_release.after.merge_back import merge_back
from contd_release.after.website import publication
from contd_release.channels import registry
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.checklist import Checklist, Item, Section, Together
from contd_release.engine.step import Step
from contd_release.errors import NotReady, Usage
from contd_release.procedures.hotfix import branch
from contd_release.procedures.hotfix.hotfix import Hotfix
from contd_release.procedures.rollback import revert
from contd_release.procedures.rollback import tag as tags
from contd_release.procedures.rollback.restoration import Restoration
from contd_release.project.project import Project
from contd_release.records import journal
from contd_release.tools import git

_MENDING: Final = frozenset({"revert", "republish", "hotfix"})


def table(rollback: Rollback) -> tuple[Remaining, ...]:
    """For each place: what is there, what will be done, what cannot be undone and what to do about that."""
    return tuple(_rows(rollback))


def checklist(rollback: Rollback) -> Checklist:
    """Everything that withdraws a release. What needs a person comes last, so that nothing else waits for it."""
    back, by_person = _withdrawn(rollback)
    if publication.is_on(rollback.release.project):
        back.append((publication.withdrawn(rollback.release, rollback.reason),))
    sections = (
        Section("mark", (tags.marked(rollback),)),
        Section("take back", (Together(tuple(back), goes_on=True),)),
        Section("tell", (announcement.announced_everywhere(correction(rollback)),)),
        Section("main", tuple(_on_main(rollback))),
        Section("tag", (tags.deleted(rollback),) if "delete-tag" in rollback.wishes else ()),
        Section("by a person", by_person),
    )
    return Checklist(tuple(one for one in sections if one.items))


def mending(rollback: Rollback) -> Hotfix:
    """The hotfix that follows: of the withdrawn code, or of what was before it."""
    release, restores = rollback.release, None
    if "republish" in rollback.wishes and rollback.previous:
        restores = Restoration(release.project, release.version, rollback.previous, rollback.reason)
    return Hotfix(release.project, release.version, restores=restores)


def refuse(rollback: Rollback) -> None:
    """
    Refuse what makes no sense, before anything is asked or done.

    Raises:
        Usage: there is no reason, there never was such a release, or a wish cannot be met.
        NotReady: nothing of it is public.
    """
    version, wishes = rollback.version, rollback.wishes
    there = git.remote(rollback.release.project.root, rollback.release.project.settings.remote)
    is_known = there.tag(rollback.release.tag) is not None or version in there.withdrawn(
        rollback.release.project.withdrawal
    )
    if not is_known and not list(tags.pointing(rollback.release)):
        _refuse_unpublished(rollback, there)
    if not rollback.reason:
        raise Usage(
            f"no reason is given for the withdrawal of {version}",
            expected="one sentence, which users will read",
            type_next=command(rollback, wishes),
        )
    if not wishes & _MENDING:
        return
    if "delete-tag" in wishes:
        raise Usage(
            f"what mends {version} starts from its tag",
            expected="--delete-tag alone",
            type_next=command(rollback, wishes - _MENDING),
        )
    if version.is_prerelease:
        raise Usage(
            f"{version} is a pre-release: {rollback.release.project.settings.main} goes on from it",
            expected="the next pre-release, with the fix",
            type_next="invoke release --pre rc",
        )
    if wishes & {"revert", "republish"} and rollback.previous is None:
        raise Usage(
            f"no good version comes before {version}",
            expected="--hotfix",
            type_next=command(rollback, wishes - _MENDING | {"hotfix"}),
        )
    following = rollback.release.project.tags.of(rollback.following)
    if wishes & {"republish", "hotfix"} and there.tag(following):
        raise Usage(
            f"{following} is out already",
            expected="no --republish and no --hotfix: users go to it",
            type_next=command(rollback, wishes - {"republish", "hotfix"}),
        )


def command(rollback: Rollback, wishes: frozenset[str]) -> str:
    """The command that begins this rollback with other wishes."""
    reason = shlex.quote(rollback.reason) if rollback.reason else '"…"'
    return f"invoke rollback --version {rollback.version}{typed(rollback.release.project, wishes)} --reason {reason}"


def typed(project: Project, wishes: frozenset[str]) -> str:
    """The options that ask for these wishes: those of plug-ins have no flag of their own."""
    plugins = {one for name, some in registry.wishes(project).items() if name not in registry.BUILT_IN for one in some}
    return "".join(f" --wish {one}" if one in plugins else f" --{one}" for one in sorted(wishes))


def advice(rollback: Rollback) -> str:
    """The text of a correction: the reason, and what to do."""
    if rollback.advised is None:
        return f"{rollback.reason}\n\nDo not use {rollback.version}. {rollback.following} will mend it."
    name = rollback.release.project.name
    return f"{rollback.reason}\n\n- Use {name} {rollback.advised} instead of {rollback.version}."


def correction(rollback: Rollback) -> Announcement:
    """The message that a release is withdrawn, with the reason and what to use instead."""
    release = rollback.release
    return Announcement(release, notes=lambda: advice(rollback), link=announcement.link(release), kind="correction")


def _refuse_unpublished(rollback: Rollback, there: git.Remote) -> None:
    version, project = rollback.version, rollback.release.project
    begun = journal.of(project).under_way()
    if begun and begun.version == str(version):
        raise NotReady(f"nothing of {version} is public", expected="a release that is", type_next="invoke abort")
    known = sorted(project.tags.versions(there.tags), reverse=True)
    near = get_close_matches(str(version), map(str, known), 1)
    meant = f"; did you mean {near[0]}?" if near else ""
    raise Usage(
        f"{project.name} {version} was never released: no tag, and no place has it{meant}",
        expected=f"one of {', '.join(map(str, known[:5]))}" if known else "a version that is out",
        type_next="git ls-remote --tags",
    )


def _withdrawn(rollback: Rollback) -> tuple[list[tuple[Item, ...]], tuple[Item, ...]]:
    """What each channel takes back by itself, and the steps that wait for a person."""
    back, by_person = list[tuple[Item, ...]](), list[Item]()
    for channel in registry.channels(rollback.release.project).values():
        alone = list[Item]()
        for item in channel.withdraw(rollback):
            (by_person if isinstance(item, Step) and item.needs_person else alone).append(item)
        if alone:
            back.append(tuple(alone))
    return back, tuple(by_person)


def _rows(rollback: Rollback) -> Iterator[Remaining]:
    project = rollback.release.project
    yield tags.row(rollback)
    for channel in registry.channels(project).values():
        yield from channel.remains(rollback)
    if publication.is_on(project):
        yield Remaining("website", "its page, if it has one", "the page and the feed say that it is withdrawn, and why")
    if project.settings.signatures:
        yield Remaining(
            "signatures",
            "in sigstore's log, and where what they sign is",
            "",
            "they stay: they say who published, not that it is good",
            f"invoke verify --version {rollback.version}   (it still reads them)",
        )
    yield _described(rollback)
    yield from _wanted(rollback)
    if project.settings.publisher == "github-actions":
        yield Remaining(
            "GitHub Actions", "a workflow may still be running", "", "nothing stops it from here", "cancel its run"
        )


def _wanted(rollback: Rollback) -> Iterator[Remaining]:
    """What was asked for on main and on a branch."""
    main, previous, following = rollback.release.project.settings.main, rollback.previous, rollback.following
    if "revert" in rollback.wishes:
        yield Remaining(main, f"the code of {rollback.version}", f"one commit restores the code of {previous}")
    if "republish" in rollback.wishes:
        yield Remaining(f"{following}", "not released yet", f"it is released, with the code of {previous}")
    elif "hotfix" in rollback.wishes:
        yield Remaining(f"{following}", "not released yet", f"{mending(rollback).branch} begins, for the fix")


def _described(rollback: Rollback) -> Remaining:
    """The places that got a message about the release, as far as this clone knows."""
    release = rollback.release
    announced = places(release.project.settings, release.version)
    known = [one.name for one in announced if outcome.last(release, one.name, "release")]
    if not announced:
        return Remaining("people", "no place is configured")
    if not known:
        instead = f"tell {', '.join(one.name for one in announced)} by hand, if they know of {release.version}"
        return Remaining("people", "this clone has announced it nowhere", "", "what others may have announced", instead)
    return Remaining(
        "people",
        f"{', '.join(known)} may have the announcement",
        "each gets a correction, once",
        "a message that was read",
        "the correction says what to do",
    )


def _on_main(rollback: Rollback) -> Iterator[Item]:
    """main gets the version that was released, so that it is not used again, and what was asked for."""
    release = rollback.release
    if merge_back.commit(release) and "delete-tag" not in rollback.wishes and not release.version.is_prerelease:
        yield merge_back.merged(release)
    if "revert" in rollback.wishes:
        yield revert.reverted(rollback)
    if rollback.wishes & {"republish", "hotfix"}:
        yield from branch.started(mending(rollback)).items
