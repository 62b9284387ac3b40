"""Which release a task is about: the one in progress, the one that the options of the call start, or an earlier one."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from packaging.version import Version

from contd_release.console import reporting
from contd_release.errors import Conflict, NotReady, Usage
from contd_release.prepare import changed, committed, repository, stated, versions
from contd_release.prepare.committed import project_at
from contd_release.prepare.part import evidence
from contd_release.prepare.pull_request import way
from contd_release.procedures import next_version, progress
from contd_release.procedures.hotfix import hotfix
from contd_release.procedures.options import Words
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.version import AUTO, parse, parse_stated
from contd_release.project.version import next_version as raised
from contd_release.records import journal
from contd_release.records.entries import Begun
from contd_release.tools import git


def chosen(project: Project, words: Words) -> Release:
    """
    The release in progress, if the options agree with it, or the one that they start.

    Raises:
        Conflict: another one is in progress.
        NotReady: no release is in progress and the options name none, or the clone is not where a release can begin.
        Usage: the options make no version.
    """
    begun = journal.of(project).under_way()
    if begun is None:
        branch = git.branch(project.root)
        if mended := project.tags.asked(words.hotfix) if words.hotfix else hotfix.version_of(project, branch or ""):
            return planned_hotfix(project, words, mended)
        return planned(project, words, branch)
    release = resumed(project, begun)
    if words.hotfix and project.tags.asked(words.hotfix) != release.version:
        raise _another(release, begun)
    if words.without_ci:
        release = replace(release, without_ci=words.without_ci)
    if words.part == AUTO and not release.previous.pre:
        words = replace(words, part=release.part)
        if project.is_dated:
            words = replace(words, part="", version=str(release.version))
    if words.are_given and next_version.version_after(project, release.previous, words) != release.version:
        raise _another(release, begun)
    return release


def packages_of(option: str, version: str = "", *, begins: bool) -> tuple[str, ...]:
    """
    The packages that `--package` names: one, several with commas between them, or `all`, which also means the only one.

    Args:
        version: the one that they all get, if a release of them is to begin with it.
        begins: whether a release of them is to begin; several are then those that have fragments, or one in progress.
            With one version for all, they are those that are not at it already.
    """
    if option != "all" and "," not in option:
        return (option,)
    named = committed.packages(git.clone(Path.cwd())) if option == "all" else map(str.strip, option.split(","))
    names = tuple(dict.fromkeys(name for name in named if name)) or ("",)
    if not begins or names == ("",):
        return names
    report, found = reporting(as_json=False), []
    for name in names:
        one = changed.of(name)
        is_wanted = parse(version.removeprefix("v")) != parse_stated(one.version) if version else one.fragments
        if is_wanted or one.under_way:
            found.append(name)
        else:
            report.says(f"{one}: left out")
    return tuple(found)


def planned_hotfix(project: Project, words: Words, wanted: Version) -> Release:
    """The release of a hotfix branch as it is now."""
    named = project.tags.asked(words.version) if words.version else wanted
    if (words.part or "patch") not in ("patch", AUTO) or words.pre or words.final or named != wanted:
        raise Usage(
            f"a hotfix raises the patch: {wanted}",
            expected=f"no part, or another branch than {hotfix.PREFIX}{project.tags.of(wanted)}",
            type_next=f"invoke release   (or git switch {project.settings.main})",
        )
    base = hotfix.fixed(project, wanted)
    found, branch = project_at(project, base), f"{hotfix.PREFIX}{project.tags.of(wanted)}"
    return Release(
        project=found,
        version=wanted,
        previous=stated.at(project, base).current,
        base=base,
        epoch=_epoch(project.root, base),
        because=words.because or "",
        without_ci=words.without_ci or "",
        hotfix=True,
        by_pull=way.is_by_pull(found, branch),
    )


def planned(project: Project, words: Words, branch: str | None, *, base: str = "") -> Release:
    """
    The release that the options would start now, from the branch that is checked out.

    Args:
        base: the commit to look at where the remote does not say which one is the tip of main.
    """
    base = base or repository.beginning(project, branch)
    current = stated.at(project, base).current
    if not words.are_given:
        raise behind(project, current) or _nothing_under_way(project, base, current)
    found = project_at(project, base)
    if words.part == AUTO and not current.pre:
        words = next_version.automatic(found, base, current, words)
    version = next_version.version_after(found, current, words)
    return Release(
        project=found,
        version=version,
        previous=current,
        base=base,
        epoch=_epoch(project.root, base),
        because=words.because or "",
        without_ci=words.without_ci or "",
        by_pull=way.is_by_pull(found, found.settings.main),
    )


def resumed(project: Project, begun: Begun) -> Release:
    """The release in the journal, with the project as it was when it began."""
    found = project_at(project, begun.base)
    return Release(
        project=found,
        version=parse(begun.version),
        previous=parse_stated(begun.previous),
        base=begun.base,
        epoch=begun.epoch,
        because=begun.because,
        without_ci=begun.without_ci,
        hotfix=begun.hotfix,
        by_pull=begun.by_pull,
        checkouts=progress.checkouts(found, begun.version),
    )


def of_version(project: Project, version: str) -> Release:
    """
    A release that was begun in this clone.

    Raises:
        Usage: none with this version was.
    """
    wanted = str(project.tags.asked(version))
    begun = journal.of(project).last(Begun, wanted)
    if begun is None:
        near = get_close_matches(wanted, [one.version for one in journal.of(project).entries(Begun)], 1)
        raise Usage(
            f"this clone knows nothing of {wanted}" + (f"; did you mean {near[0]}?" if near else ""),
            expected="a version that was released from here",
            type_next=f"git ls-remote --tags {project.settings.remote}",
        )
    return resumed(project, begun)


def _another(release: Release, begun: Begun) -> Conflict:
    return Conflict(
        f"{release} is under way, begun {begun.at}",
        expected="one release at a time",
        type_next=f"invoke release   (it goes on with {release.version}; or invoke abort)",
    )


def _epoch(root: Path, base: str) -> int:
    """The time that dates the release: now, or SOURCE_DATE_EPOCH; never before the commit it starts from."""
    return max(next_version.now(), git.described(root, base).time)


def behind(project: Project, current: Version) -> NotReady | None:
    """Why no next version can be computed: a newer release is tagged than the version files say."""
    remote = project.settings.remote
    newest = repository.newest(project, git.remote(project.root, remote))
    if newest is None or newest[0] <= current:
        return None
    files, tag = versions.paths(project, project.commit), newest[1]
    if not files:
        return NotReady(
            f"the newest release tag that leads to {project.commit[:12]} is {current}, and {tag} is on {remote}",
            expected=f"a commit that {tag} leads to",
            type_next=f"git fetch {remote} tag {tag}; git merge {tag}",
        )
    return NotReady(
        f"the version files say {current}, and {tag} is tagged on {remote}",
        expected=f"version files that say {newest[0]}",
        type_next=f"$EDITOR {' '.join(files)}",
    )


def _nothing_under_way(project: Project, base: str, current: Version) -> NotReady:
    if current.pre:
        return NotReady(
            f"{project.name} {current} is out, a pre-release, and nothing is under way",
            expected="the next pre-release, or the final",
            type_next="invoke release --final   (or --pre rc)",
        )
    found = evidence.at(project, base, current)
    least = found.least()
    counted = f"{project.news.directory}/ has {found.fragments.counted()}"
    if project.is_dated:
        return NotReady(
            f"{project.name} is at {current}, and nothing is under way; {counted}",
            expected="the version to release, whose numbers are a date",
            type_next=f"invoke release {next_version.suggested(project, current, least)}",
        )
    return NotReady(
        f"{project.name} is at {current}, and nothing is under way; {counted}",
        expected=f"a part of the version to raise: {least} at least, which gives {raised(current, least)}",
        type_next=f"invoke release --part {least}",
    )
