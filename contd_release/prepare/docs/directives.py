"""
`next` in the documentation: `.. versionadded:: next` and its like say the version from the release commit on.

A contributor does not know which version a change will be in. https://devguide.python.org/documentation/markup/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Final

from contd_release.engine.step import Found, State, Step
from contd_release.process import files
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.tools import git

# reStructuredText `.. versionadded:: next`, also in a docstring, and MyST "```{versionadded} next".
_NEXT: Final = re.compile(
    rb"""^([^\w\n`]*(?:[rRuU]?["']{1,3})?[ \t]*(?:\.\.[ \t]+|[`~:]{3,}\{)"""
    rb"""(?:versionadded|versionchanged|versionremoved|deprecated)(?:::|\})[ \t]+)next(?=[\s"']|\Z)""",
    re.MULTILINE,
)
_SEARCHED: Final = r"(versionadded|versionchanged|versionremoved|deprecated)(::|\})[[:blank:]]+next"
_ENDINGS: Final = ("py", "pyi", "pyx", "rst", "md", "txt")
_TESTS: Final = frozenset({"test", "tests", "testing", "fixtures", "vendor", "node_modules"})


def dated(release: Release) -> Step:
    """The documentation says the version where contributors wrote `next`; a pre-release leaves `next` as it is."""

    def observe() -> Found:
        paths = _searched(release)
        if not paths:
            return Found(State.DONE, "nothing says next")
        if not release.tree.is_dir():
            return Found(State.ABSENT, f"{', '.join(paths[:5])}{' …' if paths[5:] else ''} may say next")
        left = [path for path in paths if _NEXT.search(_content(release, path))]
        if not left:
            return Found(State.DONE, f"{len(paths)} file{'s' * (len(paths) != 1)}")
        return Found(State.ABSENT if left == paths else State.PARTIAL, f"{left[0]} says next")

    return Step(
        f"the documentation says {release.version} where it said next",
        observe,
        act=(Call(f"write {release.version} where versionadded and its like say next", partial(_write, release)),),
    )


def places(release: Release) -> Iterator[str]:
    """Each place that says `next` at the base of the release: `docs/usage.md:12`."""
    for path in _searched(release):
        text = (git.text(release.project.root, release.base, path) or "").encode()
        for match in _NEXT.finditer(text):
            line = text.count(b"\n", 0, match.start(1)) + 1
            yield f"{path}:{line}"


def _searched(release: Release) -> list[str]:
    """
    The files at the base that git finds the word in; tests, the changelog and the fragments are left out.

    Of several packages, only those in the folder of this one: elsewhere, nothing says whose version is meant.
    """
    news = release.project.news
    ours = (f"{news.directory}/", f"{news.notes}/", news.changelog)
    found = git.matching(release.project.root, release.base, _SEARCHED, tuple(f"*.{ending}" for ending in _ENDINGS))
    found = tuple(path for path in found if path.startswith(release.project.folder))
    return [path for path in found if not path.startswith(ours) and _TESTS.isdisjoint(PurePosixPath(path).parts[:-1])]


def _content(release: Release, path: str) -> bytes:
    file = release.tree / path
    return file.read_bytes() if file.is_file() and not file.is_symlink() else b""


def _write(release: Release) -> None:
    for path in _searched(release):
        before = _content(release, path)
        after = _NEXT.sub(rb"\g<1>" + str(release.version).encode(), before)
        if after != before:
            file = release.tree / path
            files.write(file, after, mode=file.stat().st_mode & 0o777)
