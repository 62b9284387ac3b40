"""
A merge of a release into main, made in a worktree of its own: nothing is pushed here.

Three things would conflict in every merge of two lines, and are decided instead: version files keep the higher version,
the changelog keeps the sections of both in order, and fragments that the release consumed leave main.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from contd_release.channels.chart import version as chart_version
from contd_release.errors import FailedCommand, ReleaseError
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.project.version import parse
from contd_release.tools import bumpversion, git
from contd_release.tools.markup import changelog

# The commit that brings the code of an earlier version back names it in this line of its message.
RESTORES: Final = "Restores-code-of: "


@dataclass(frozen=True)
class Merge:
    """
    The result of a merge.

    Args:
        commit: what main can become, or, where there are problems, the release with everything decided that can be.
        problems: what only a person can decide.
    """

    commit: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sides:
    """The three texts of a three-way merge: where both came from, main's, and the release's."""

    base: str
    main: str
    release: str


def merged(release: Release, tip: str, ours: str, running: Running) -> Merge:
    """The release commit merged into main at `tip`; the release commit itself where main can move forward to it."""
    root, where = release.project.root, release.source("merge")
    restoring = _restoring(release, ours)
    if not restoring and (tip == release.base or git.is_ancestor(root, tip, ours)):
        return Merge(ours)
    for action in git.add_worktree(root, where, tip):
        action.run(running)
    if restoring:
        # main keeps its code: that of the earlier version was for the users of the release only.
        words = ("--strategy=ours", "--no-ff", "-m", f"Keep the code of {release.project.settings.main}")
        git.git(where, "merge", "--quiet", *words, restoring, env=_dates(release)).run(running)
    base, main = git.merge_base(where, "HEAD", ours), git.commit(where)
    assert main is not None
    git.git(where, "merge", "--quiet", "--no-ff", "--no-commit", ours, env=_dates(release)).ask()
    base_text = _write(where, _decided(release, where, _Sides(base or main, main, ours)))
    unmerged = git.git(where, "diff", "--name-only", "--diff-filter=U", "-z").ask().out
    problems = (*base_text, *(f"{path} was changed by both" for path in unmerged.split("\0") if path))
    if not problems:
        message = f"Merge {release.tag} into {release.project.settings.main}"
        git.git(where, "commit", "--quiet", "--no-verify", "-m", message, env=_dates(release)).run(running)
        found = git.commit(where)
        assert found is not None
    else:
        found = _prepared(release, where, _Sides(base or main, main, ours), running)
    git.remove_worktree(root, where).run(running)
    return Merge(found, problems)


def consumed(release: Release, ours: str) -> tuple[str, ...]:
    """The fragments that the release has consumed."""
    root, folder = release.project.root, release.project.news.directory
    left = git.names(root, ours, folder)
    return tuple(path for path in git.names(root, release.base, folder) if path not in left)


def _prepared(release: Release, where: Path, sides: _Sides, running: Running) -> str:
    """A commit on top of the release in which the higher version and both changelogs are in place already."""
    for words in (("merge", "--abort"), ("checkout", "--quiet", "--detach", sides.release)):
        git.git(where, *words).run(running)
    for path, text in _decided(release, where, sides):
        if text is not None and (where / path).is_file():
            _put(where, path, text)
    message = f"Prepare the merge of {release.tag} into {release.project.settings.main}"
    git.git(where, "commit", "--quiet", "--no-verify", "--allow-empty", "-m", message, env=_dates(release)).run(running)
    return git.commit(where) or sides.release


def _decided(release: Release, where: Path, sides: _Sides) -> Iterator[tuple[str, str | None]]:
    """
    Every file that is decided here, with its text; nothing as the text where a person has to, and an empty one where
    the file goes.
    """
    news = release.project.news
    chart = release.project.settings.chart
    own = (chart_version.path(chart),) if chart and chart_version.is_own(release.project) else ()
    for path in dict.fromkeys((*_version_files(where, sides), *own)):
        texts = _texts(where, sides, path)
        if texts and path != news.changelog:
            restated = _restated(where, sides, path, texts)
            yield path, _three_way(_with_one_chart_version(restated) if path in own else restated)
    if texts := _texts(where, sides, news.changelog):
        yield news.changelog, _changelog(release, texts)
    for path in consumed(release, sides.release):
        base_text, mains = (git.text(where, commit, path) for commit in (release.base, sides.main))
        if mains is not None:
            yield path, "" if mains == base_text else None


def _version_files(where: Path, sides: _Sides) -> tuple[str, ...]:
    paths: tuple[str, ...] = ()
    for commit in (sides.main, sides.release):
        try:
            paths += bumpversion.configuration(partial(git.text, where, commit)).paths
        except ReleaseError:
            continue
    return tuple(dict.fromkeys(paths))


def _texts(where: Path, sides: _Sides, path: str) -> _Sides | None:
    """The three texts of a file; None if one side does not have it."""
    base, main, ours = (git.text(where, commit, path) for commit in (sides.base, sides.main, sides.release))
    return None if base is None or main is None or ours is None else _Sides(base, main, ours)


def _restated(where: Path, sides: _Sides, path: str, texts: _Sides) -> _Sides:
    """
    The three texts as they are when all of them state the higher of the two versions: then only the rest is merged.
    """
    base, main, ours = (
        bumpversion.configuration(partial(git.text, where, commit))
        for commit in (sides.base, sides.main, sides.release)
    )
    version = max(main.current, ours.current)
    return _Sides(
        base.stating(path, texts.base, version),
        main.stating(path, texts.main, version),
        ours.stating(path, texts.release, version),
    )


def _with_one_chart_version(texts: _Sides) -> _Sides:
    """Three texts of a Chart.yaml that counts itself as they are when all of them state the higher of its versions."""
    stated = [found for text in (texts.main, texts.release) if (found := chart_version.said(text)[1])]
    highest = max(stated, key=parse, default="")
    return _Sides(*(chart_version.stating(text, highest) for text in (texts.base, texts.main, texts.release)))


def _changelog(release: Release, texts: _Sides) -> str | None:
    """main's changelog with every section that only the release has, each above the next lower version."""
    news = release.project.news
    known = {part.version for part in changelog.sections(texts.base, news)}
    new = [part for part in changelog.sections(texts.release, news) if part.version not in known]
    rest = changelog.without(texts.release, news, frozenset(part.version for part in new))
    found = _three_way(_Sides(texts.base, texts.main, rest))
    for part in new:
        section = texts.release[part.start : part.end]
        found = None if found is None else changelog.with_section(found, news, part.version, section)
    return found


def _three_way(texts: _Sides) -> str | None:
    """The merge of three texts; None if both sides changed the same lines."""
    if texts.base == texts.release:
        return texts.main
    with TemporaryDirectory(prefix="contd-release-") as folder:
        paths = [Path(folder, name) for name in ("main", "base", "release")]
        for path, text in zip(paths, (texts.main, texts.base, texts.release), strict=True):
            path.write_text(text, encoding="utf-8", newline="")
        answer = git.git(Path(folder), "merge-file", "--stdout", "--quiet", *map(str, paths)).ask()
    return answer.out if answer.code == 0 else None


def _write(where: Path, decided: Iterator[tuple[str, str | None]]) -> list[str]:
    """Put what is decided into the merge; what is not comes back as a problem."""
    problems = []
    for path, text in decided:
        if text is None:
            problems.append(f"{path} says something else on both sides")
        elif text:
            _put(where, path, text)
        else:
            _done(where, "rm", "--quiet", "--force", "--ignore-unmatch", "--", path)
    return problems


def _put(where: Path, path: str, text: str) -> None:
    (where / path).write_text(text, encoding="utf-8", newline="")
    _done(where, "add", "--", path)


def _done(where: Path, *words: str) -> None:
    answer = git.git(where, *words).ask()
    if answer.code:
        raise FailedCommand(f"git {words[0]} ended with {answer.code}: {' '.join(answer.err.split())}")


def _restoring(release: Release, ours: str) -> str | None:
    """The commit of this release that brings the code of an earlier version back, if it has one."""
    words = ("rev-list", f"--grep=^{RESTORES}", "--max-count=1", f"{_since(release)}..{ours}")
    found = git.git(release.project.root, *words).ask()
    return found.out.strip() or None if found.code == 0 else None


def _since(release: Release) -> str:
    """The tag that a hotfix starts from; the base of any other release."""
    return f"refs/tags/{release.project.tags.of(release.previous)}" if release.hotfix else release.base


def _dates(release: Release) -> dict[str, str]:
    return {name: value for name, value in release.dates.items() if name.startswith("GIT_")}
