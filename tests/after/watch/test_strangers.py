"""What is public and no seal explains, and what a person does about it at once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import plugin
import pytest

from contd_release.after.issues.notice import Tracker
from contd_release.after.watch import strangers
from contd_release.after.watch.alarm import raised
from contd_release.channels.github import offers as github
from contd_release.channels.image import names as image_names
from contd_release.channels.offer import Offer
from contd_release.engine.step import State
from contd_release.process.action import Running
from contd_release.project import project
from contd_release.project.project import Project
from contd_release.tools.oci.manifest import Manifest

if TYPE_CHECKING:
    from image_bench import Bench

SHELF = """
from contd_release.channels.base import Offer

def is_on(project):
    return True

def offers(project):
    yield Offer("shelf", "box", "sha256:1", "9.9.9")
"""
CONTAINMENT = """
def containment(offer):
    return f"shelf take {offer.name} away"
"""


def git(where: Path, *words: str) -> None:
    """Let git do something."""
    subprocess.run(("git", *words), cwd=where, check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path: Path) -> Project:
    """A project whose remote is called upstream, with a tag that no release of ours made."""
    root = tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--bare", "upstream.git")
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "clone")
    git(root, "remote", "add", "upstream", str(tmp_path / "upstream.git"))
    git(root, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    git(root, "push", "--quiet", "upstream", "HEAD:refs/tags/v9.9.9")
    text = '[project]\nname = "contd"\n[tool.contd-release]\nremote = "upstream"\npypi = false\n'
    return project.read(root, root / ".git" / "contd-release", {"pyproject.toml": text}.get)


@pytest.mark.parametrize(
    ("code", "expected"),
    [(SHELF, "look at who put box there"), (SHELF + CONTAINMENT, "shelf take box away")],
    ids=["left out", "given"],
)
def test_each_channel_says_what_contains_it(
    clone: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, expected: str
) -> None:
    """A tag is deleted on the remote that the project has, and a plug-in says what is done in its place."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    plugin.install(site, "shelf", code)
    monkeypatch.delitem(sys.modules, "contd_shelf", raising=False)
    assert list(strangers.lines(strangers.look(clone).strangers)) == [
        "git v9.9.9: no release of ours is 9.9.9",
        "  git push --delete upstream v9.9.9   (after git fetch upstream tag v9.9.9, so that it can be read)",
        "shelf box: no release of ours is 9.9.9",
        f"  {expected}",
    ]


@pytest.mark.parametrize(
    ("name", "digest", "expected"),
    [
        ("v1.2.0", "", "gh release edit v1.2.0 --draft   (then read its files, and the audit log)"),
        (
            "v1.2.0/a b.tgz",
            "sha256:1",
            "gh release delete-asset v1.2.0 'a b.tgz'   (after gh release download v1.2.0 --pattern 'a b.tgz')",
        ),
        (
            "contd/v1.2.0",
            "",
            "gh release list   (then gh release edit TAG --draft, and read its files, and the audit log)",
        ),
    ],
)
def test_a_page_and_a_file_on_github(name: str, digest: str, expected: str) -> None:
    """A file is deleted, a page is made a draft; a name that may be either is looked up first."""
    assert github.containment(Offer("github", name, digest)) == expected


@dataclass(frozen=True)
class Issue:
    """An issue as a tracker has it."""

    body: str
    url: str = "#1"
    is_open: bool = False


def test_the_alarm_counts_and_is_raised_once(clone: Project) -> None:
    """The title counts the strangers; a closed issue with the same strangers is the answer, another issue is not."""
    found = strangers.look(clone).strangers
    issues = [Issue("the release-alarm of something else")]
    step = raised(found, Tracker(lambda _: issues, lambda _title, body, _label: issues.append(Issue(body))))
    assert State.ABSENT is step.observe().state
    assert str(step.act[0]) == (
        "open an issue with the label release-alarm: 1 thing is public that no release of ours explains"
    )
    step.act[0].run(Running(clone.state / "logs"))
    assert (step.observe().state, step.observe().detail) == (State.DONE, "#1 was closed")
    assert State.ABSENT is raised(found * 2, Tracker(lambda _: issues, lambda *_: None)).observe().state


@pytest.mark.usefixtures("impatient", "alone")
@pytest.mark.parametrize(
    ("tag", "because"),
    [
        ("1.2.0", "the seal of 1.2.0 does not list its bytes, sha256:"),
        ("latest", "it names no version, and has the bytes of none"),
        ("9.9.9", "no release of ours is 9.9.9"),
    ],
)
def test_an_image_tag_that_was_moved_by_hand(bench: Bench, tag: str, because: str) -> None:
    """A release explains each of its tags; one that names other bytes is a stranger, and the others stay ours."""
    settings = replace(bench.release.project.settings, github=None)
    watched, there = replace(bench.release.project, settings=settings), image_names.repository(bench.release)
    bench.seal()
    bench.walk("stage", "publish", "promote")
    git(watched.root, "push", "--quiet", "origin", f"{bench.commit()}:refs/tags/v1.2.0")
    assert strangers.look(watched).strangers == ()
    ours = there.manifest(str(there.digest("1.2.0")))
    assert ours is not None
    there.put(tag, Manifest(ours.content.replace(b"{", b"{ ", 1), ours.media_type))
    found = strangers.look(watched).strangers
    assert [f"image {tag}"] == [str(one.offer) for one in found]
    assert found[0].because.startswith(because)
