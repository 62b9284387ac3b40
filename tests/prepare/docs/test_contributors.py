"""The people who made what a release brings, in its notes."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from contd_release.prepare.docs import contributors
from contd_release.tools import git

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place


def written(place: Place, name: str, who: str, *, body: str = "") -> None:
    """A fragment in a commit of somebody."""
    place.write(f"newsfragments/{name}", f"Change {name}.\n")
    author, _, address = who.partition(" <")
    env = place.environment() | {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", author), ("EMAIL", address.rstrip(">")))
    }
    subprocess.run(("git", "add", "--all"), cwd=place.clone, env=env, check=True)
    message = f"Change {name}\n\n{body}".strip()
    subprocess.run(("git", "commit", "--quiet", "-m", message), cwd=place.clone, env=env, check=True)


@pytest.fixture
def named(here: Place) -> Place:
    """A project that names its contributors, with fragments of several."""
    here.replace("pyproject.toml", "[tool.contd-release]\n", "[tool.contd-release]\ncontributors = true\n")
    here.publish()
    written(here, "20.bugfix.md", "Grace Hopper <grace@example.com>", body="Co-authored-by: Zoë <zoe@example.com>")
    written(here, "21.bugfix.md", "grace <grace@example.com>")
    written(here, "22.bugfix.md", "renovate[bot] <bot@example.com>")
    written(here, "23.bugfix.md", "@everyone *b* <x@example.com>")
    here.git("push", "--quiet", "origin", "HEAD:main")
    return here


def test_who_is_named(named: Place, beginning: Beginning) -> None:
    """Authors and co-authors, each address once, no program, nothing that pings or is Markdown."""
    release = beginning()
    assert contributors.names(release) == ("Ada", "everyone *b*", "grace", "Zoë")
    assert contributors.thanks(release) == r"Made by Ada, everyone \*b\*, grace and Zoë."


def test_the_notes_end_with_them(named: Place) -> None:
    """In the new section of the changelog and in the notes, once; no address is in either."""
    said = named.say("bump", "--part", "minor")
    assert said.code == 0, said.text
    (worktree,) = named.cache.glob("contd-release/contd-*/v0.2.0")
    line = r"Made by Ada, everyone \*b\*, grace and Zoë."
    notes = git.text(worktree, "HEAD", "changelog.d/0.2.0.md") or ""
    assert notes.endswith(f"\n\n{line}\n")
    changelog = git.text(worktree, "HEAD", "CHANGELOG.md") or ""
    assert changelog.count(line) == 1
    assert changelog.index("## [0.2.0]") < changelog.index(line) < changelog.index("## [0.1.5]")
    assert "@" not in notes


def test_it_is_off(here: Place, beginning: Beginning) -> None:
    """Without the setting, the notes have no names."""
    assert contributors.thanks(beginning()) == ""


def test_only_what_came_since_the_last_release(named: Place, beginning: Beginning) -> None:
    """A fragment of an earlier release that had the same name is somebody else's."""
    named.git("tag", "-a", "-m", "v0.1.5", "v0.1.5")
    named.git("push", "--quiet", "origin", "v0.1.5")
    (named.clone / "newsfragments/20.bugfix.md").unlink()
    named.publish()
    written(named, "20.bugfix.md", "Linus <linus@example.com>")
    named.git("push", "--quiet", "origin", "HEAD:main")
    assert contributors.names(beginning()) == ("Ada", "Linus")
