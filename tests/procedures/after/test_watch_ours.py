"""`invoke watch`: a release of ours never raises the alarm, not in the middle of it, and not after a rollback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from released import Lab

from contd_release.sandbox.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world in which nothing is released yet, without an image."""
    pytest.importorskip("helm_python", reason="pip install contd-release[helm]")
    folder = tmp_path_factory.mktemp("ours")
    with World(folder / "world") as world:
        found = Lab(folder, world, with_image=False)
        found.prepare()
        yield found


def looked(lab: Lab, elsewhere: Path) -> list[tuple[int, str]]:
    """How a look ends in the clone that releases, and in one that knows only what is public."""
    lab.git(elsewhere, "fetch", "--quiet", "--tags", "--force", "origin")
    said = [lab.run("watch", where=where) for where in (lab.clone, elsewhere)]
    return [(one.returncode, one.stderr) for one in said]


def did(lab: Lab, *words: str) -> None:
    """Run the product, and see that it does its work."""
    said = lab.run(*words)
    assert said.returncode == 0, said.stdout + said.stderr
    lab.git(lab.clone, "pull", "--quiet", "origin", "main")


def changed(lab: Lab, tree: Path, fragment: str) -> None:
    """Publish a change that has this fragment, on the branch of the tree."""
    (tree / "newsfragments" / fragment).write_text("Lines are longer.\n", encoding="utf-8")
    lab.git(tree, "add", "newsfragments")
    lab.git(tree, "commit", "--quiet", "-m", "Change lines")
    lab.git(tree, "push", "--quiet", "origin", "HEAD")


def test_what_we_do_is_explained_at_every_stage(lab: Lab) -> None:
    """A release that stopped behind its tag, finished, a pre-release, a hotfix, and its rollback."""
    elsewhere = lab.folder / "elsewhere"
    lab.git(lab.folder, "clone", "--quiet", str(lab.remote), str(elsewhere))
    quiet = [(0, ""), (0, "")]
    lab.world.faults.order("POST /legacy/ 2- 403")
    stopped = lab.run("release", "--part", "minor", "--yes")
    assert stopped.returncode != 0
    assert "v0.2.0" in lab.git(lab.remote, "tag")
    assert quiet == looked(lab, elsewhere)
    lab.world.faults.clear()
    did(lab, "release", "--yes")
    assert quiet == looked(lab, elsewhere)
    changed(lab, lab.clone, "22.feature.md")
    did(lab, "release", "--part", "minor", "--pre", "rc", "--yes", "--without-ci", "a test")
    assert quiet == looked(lab, elsewhere)
    did(lab, "hotfix.start", "--of", "0.2.0")
    changed(lab, lab.clone.with_name(f"{lab.clone.name}-hotfix-v0.2.1"), "21.bugfix.md")
    did(lab, "hotfix.finish", "--yes", "--without-ci", "a test")
    assert quiet == looked(lab, elsewhere)
    said = lab.run("rollback", "--version", "0.2.1", "--reason", "it loses lines", "--yes", "--wait", "1")
    assert "withdrawn/v0.2.1" in lab.git(lab.remote, "tag"), said.stdout + said.stderr
    assert quiet == looked(lab, elsewhere)
