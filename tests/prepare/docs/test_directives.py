"""`next` in the documentation becomes the version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State
from contd_release.prepare import tree
from contd_release.prepare.docs import directives
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.tools import git

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place


def walked(release: Release, logs: Path) -> None:
    """Make the tree of a release, and write its version."""
    steps = (tree.checked_out(release), directives.dated(release))
    Checklist(steps).walk(lambda _: None, Running(logs))


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("docs/a.rst", ".. versionadded:: next\n", ".. versionadded:: 0.2.0\n"),
        ("docs/a.rst", "   .. versionchanged:: next\n      More.\n", "   .. versionchanged:: 0.2.0\n      More.\n"),
        ("docs/a.rst", ".. deprecated:: next\r\n   Use b.\r\n", ".. deprecated:: 0.2.0\r\n   Use b.\r\n"),
        ("docs/a.rst", ".. versionremoved:: next in one line", ".. versionremoved:: 0.2.0 in one line"),
        ("docs/a.md", "```{versionadded} next\n```\n", "```{versionadded} 0.2.0\n```\n"),
        ("docs/a.md", ":::{deprecated} next\n:::\n", ":::{deprecated} 0.2.0\n:::\n"),
        ("contd/a.py", 'def f():\n    """\n    .. versionadded:: next\n    """\n', None),
        ("contd/a.py", 'def f():\n    """.. versionadded:: next"""\n', None),
        ("contd/a.py", "#: .. versionadded:: next\nA = 1\n", None),
        ("docs/a.rst", ".. versionadded:: 0.1\n", ".. versionadded:: 0.1\n"),
        ("docs/a.rst", ".. versionadded:: next-but-one\n", ".. versionadded:: next-but-one\n"),
        ("docs/a.md", "Write `.. versionadded:: next` there.\n", "Write `.. versionadded:: next` there.\n"),
        ("docs/a.md", "`.. versionadded:: next` is for you.\n", "`.. versionadded:: next` is for you.\n"),
        ("tests/a.py", '""".. versionadded:: next"""\n', '""".. versionadded:: next"""\n'),
        ("newsfragments/+a.doc.md", ".. versionadded:: next\n", ".. versionadded:: next\n"),
    ],
)
def test_what_is_written(here: Place, beginning: Beginning, tmp_path: Path, path: str, before: str, after: str) -> None:
    """In directives of documentation and docstrings, line ends kept; not in other text, tests and fragments."""
    (here.clone / path).parent.mkdir(exist_ok=True)
    (here.clone / path).write_bytes(before.encode())
    here.publish()
    release = beginning()
    walked(release, tmp_path)
    wanted = before.replace("next", "0.2.0") if after is None else after
    assert (release.tree / path).read_bytes().decode() == wanted
    assert directives.dated(release).observe().state is State.DONE


def test_the_states(here: Place, beginning: Beginning, tmp_path: Path) -> None:
    """Absent before the tree is there, partial when it was killed between two files, and done again afterwards."""
    for name in ("a", "b"):
        here.write(f"docs/{name}.rst", "One.\n\n.. versionadded:: next\n")
    here.publish()
    release = beginning()
    step = directives.dated(release)
    assert (step.observe().state, step.observe().detail) == (State.ABSENT, "docs/a.rst, docs/b.rst may say next")
    assert list(directives.places(release)) == ["docs/a.rst:3", "docs/b.rst:3"]
    Checklist((tree.checked_out(release),)).walk(lambda _: None, Running(tmp_path))
    assert (step.observe().state, step.observe().detail) == (State.ABSENT, "docs/a.rst says next")
    (release.tree / "docs/a.rst").write_text("One.\n\n.. versionadded:: 0.2.0\n", encoding="utf-8")
    assert (step.observe().state, step.observe().detail) == (State.PARTIAL, "docs/b.rst says next")
    walked(release, tmp_path)
    assert (step.observe().state, step.observe().detail) == (State.DONE, "2 files")


def test_nothing_says_next(beginning: Beginning) -> None:
    """Most projects have no such line."""
    assert directives.dated(beginning()).observe().detail == "nothing says next"


def test_the_release_commit_has_it(here: Place) -> None:
    """The version is in the one commit of the release, in the file that states the version as well."""
    here.replace("contd/__init__.py", '"""\n', '"""\n# .. versionadded:: next\n')
    here.publish()
    assert here.say("bump", "--part", "minor").code == 0
    (worktree,) = here.cache.glob("contd-release/contd-*/v0.2.0")
    text = git.text(worktree, "HEAD", "contd/__init__.py") or ""
    assert "# .. versionadded:: 0.2.0\n" in text
    assert '__version__ = "0.2.0"\n' in text


def test_a_pre_release_leaves_it(here: Place) -> None:
    """The final says the version."""
    here.write("docs/a.rst", ".. versionadded:: next\n")
    here.publish()
    assert "where it said next" not in here.say("plan", "--part", "minor", "--pre", "rc").out
