"""How a hotfix begins: in the maintainer's own tree, with picks that do not apply, and released from its branch."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox import remotes
from contd_release.tools.git.asking import directory

# Each has a release behind it.
pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from tests.conftest import Place

LINE = "contd/line.py"
BRANCH = "hotfix/v0.2.1"


@pytest.fixture
def released(release: Place) -> Place:
    """The clone, with 0.2.0 out."""
    said = release.run("release", "--part", "minor", "--yes")
    assert said.code == 0, said.text
    release.git("pull", "-q", "--tags", "origin", "main")
    return release


def committed(place: Place, number: int, text: str) -> str:
    """A fix on main, with its fragment: a line at the end of a file that is there; the commit."""
    place.write(LINE, (place.clone / LINE).read_text(encoding="utf-8") + text)
    place.write(f"newsfragments/{number}.bugfix.md", f"Fix {number}.\n")
    place.publish(f"Mend {number}")
    return place.git("rev-parse", "HEAD")


def test_here(released: Place) -> None:
    """`--here` goes to the branch in the maintainer's own tree, which has to be clean; no other tree is made."""
    released.write("mine.txt", "not committed\n")
    with released.untouched():
        said = released.run("hotfix.start", "--of", "0.2.0", "--here")
    assert said.code == 3, said.text
    assert f"{released.clone} has changes that are not committed" in said.err
    assert "type:     git stash   (or leave out --here)" in said.err
    (released.clone / "mine.txt").unlink()
    for _ in range(2):
        said = released.run("hotfix.start", "--of", "0.2.0", "--here")
        assert said.code == 0, said.text
        assert f"{BRANCH} is at {released.clone}\n" in said.out
        assert f"next: cd {released.clone}, commit the fix, git push" in said.out
        assert released.git("branch", "--show-current") == BRANCH
        assert f"origin/{BRANCH}" == released.git("rev-parse", "--abbrev-ref", "@{upstream}")
        assert released.git("rev-parse", "v0.2.0^{commit}") == released.git("rev-parse", "HEAD")
        assert not released.clone.with_name("clone-hotfix-v0.2.1").exists()


def test_a_pick_that_does_not_apply(released: Place) -> None:
    """Nothing is pushed and no tree is made, not even for the pick before it; what the message says leads on."""
    first = committed(released, 21, "# one\n")
    released.write(LINE, (released.clone / LINE).read_text(encoding="utf-8").replace("# one", "# another"))
    released.write("newsfragments/22.bugfix.md", "Fix 22.\n")
    released.publish("Mend 22")
    second = released.git("rev-parse", "HEAD")
    before, mine = remotes.refs(released.remote), released.mine()
    for picks in (("--pick", second), ("--pick", second)):
        said = released.run("hotfix.start", "--of", "0.2.0", *picks)
        assert said.code == 8, said.text
        assert f"{second[:12]} (Mend 22) does not apply to v0.2.0: {LINE}" in said.err
        assert before == remotes.refs(released.remote)
        assert mine == released.mine()
        assert not released.clone.with_name("clone-hotfix-v0.2.1").exists()

    tree = released.clone.with_name("clone-hotfix-v0.2.1")
    assert (
        f"invoke hotfix.start --of 0.2.0   (without it), then in {tree}: git cherry-pick -x {second[:12]}" in said.err
    )
    said = released.run("hotfix.start", "--of", "0.2.0")
    assert said.code == 0, said.text
    with pytest.raises(AssertionError, match="could not apply"):
        released.git("cherry-pick", "-x", second[:12], where=tree)
    (tree / LINE).write_text(released.git("show", f"v0.2.0:{LINE}") + "\n# another\n", encoding="utf-8")
    released.git("add", "--all", where=tree)
    released.git("-c", "core.editor=true", "cherry-pick", "--continue", where=tree)
    released.git("push", "-q", where=tree)
    said = released.run("hotfix.start", "--of", "0.2.0", "--pick", second)
    assert said.code == 0, said.text
    tip = remotes.refs(released.remote)[f"refs/heads/{BRANCH}"]
    assert len(released.git("rev-list", f"v0.2.0..{tip}").splitlines()) == 1
    assert first not in released.git("log", "--format=%B", tip, where=tree)


def test_one_of_two_picks_does_not_apply(released: Place) -> None:
    """Both or neither: the first is not pushed alone."""
    released.write("contd/alone.py", "ALONE = 1\n")
    released.publish("Alone")
    good = released.git("rev-parse", "HEAD")
    committed(released, 21, "# one\n")
    released.write(LINE, (released.clone / LINE).read_text(encoding="utf-8").replace("# one", "# another"))
    released.publish("Mend 22")
    bad = released.git("rev-parse", "HEAD")
    before = remotes.refs(released.remote)
    said = released.run("hotfix.start", "--of", "0.2.0", "--pick", good, "--pick", bad)
    assert said.code == 8, said.text
    assert before == remotes.refs(released.remote)
    said = released.run("hotfix.start", "--of", "0.2.0", "--pick", good)
    assert said.code == 0, said.text
    tip = remotes.refs(released.remote)[f"refs/heads/{BRANCH}"]
    assert released.git("diff", "--name-only", "v0.2.0", tip, where=released.remote).splitlines() == ["contd/alone.py"]


@pytest.mark.parametrize("words", [("--here",), ()], ids=["here", "beside"])
def test_release_on_its_branch(released: Place, words: tuple[str, ...]) -> None:
    """`invoke release` on the branch is `invoke hotfix.finish`: the next patch, tagged as a hotfix, merged back."""
    fix = committed(released, 21, "# mended\n")
    said = released.run("hotfix.start", "--of", "0.2.0", "--pick", fix, *words)
    assert said.code == 0, said.text
    tree = released.clone if words else released.clone.with_name("clone-hotfix-v0.2.1")
    on_branch = replace(released, clone=tree)
    refused = on_branch.run("release", "--part", "minor", "--yes")
    assert refused.code == 2
    assert "a hotfix raises the patch: 0.2.1" in refused.err
    said = on_branch.run("release", "--yes")
    assert said.code == 0, said.text
    assert "contd 0.2.1 is out." in said.out
    assert released.git("tag", "-l", "--format=%(contents:subject)", "v0.2.1") == "Hotfix v0.2.1"
    refs = remotes.refs(released.remote)
    assert released.git("rev-parse", "v0.2.1^{commit}") == refs[f"refs/heads/{BRANCH}"]
    assert 'version = "0.2.1"' in released.git("show", "main:pyproject.toml", where=released.remote)
    assert released.git("branch", "--show-current", where=tree) == BRANCH
    again = released.run("hotfix.finish", "--yes")
    assert again.code == 2
    assert ("0.2.1 is out already" if words else "no hotfix is under way") in again.err
    assert "type:" in again.err


def test_a_hotfix_that_brings_more_than_a_fix(released: Place) -> None:
    """A hotfix has no other part to be: what to type is itself with a reason, and that releases it."""
    said = released.run("hotfix.start", "--of", "0.2.0")
    assert said.code == 0, said.text
    tree = released.clone.with_name("clone-hotfix-v0.2.1")
    (tree / "newsfragments" / "31.feature.md").write_text("There is more.\n", encoding="utf-8")
    released.git("add", "--all", where=tree)
    released.git("commit", "-qm", "Add more", where=tree)
    released.git("push", "-q", where=tree)
    said = released.run("hotfix.finish", "--yes")
    assert said.code == 2
    assert "1 feature ask for minor at least, and 0.2.1 is a patch release" in said.err
    (line,) = [one for one in said.err.splitlines() if "type:" in one]
    assert line.strip() == 'type:     invoke hotfix.finish --version 0.2.1 --because "…" --yes'
    words = shlex.split(line.partition("invoke ")[2])
    said = released.run(*words)
    assert said.code == 0, said.text
    assert "contd 0.2.1 is out." in said.out


def test_a_checkout_that_was_killed_is_made_again(released: Place) -> None:
    """git locks a worktree that it is filling; killed then, it stays locked, and pruning would keep it."""
    assert released.run("hotfix.start", "--of", "0.2.0").code == 0
    tree, half = released.clone.with_name("clone-hotfix-v0.2.1"), released.clone.with_name(".clone-hotfix-v0.2.1.half")
    released.git("worktree", "move", str(tree), str(half))
    released.git("worktree", "lock", "--reason", "initializing", str(half))
    shutil.rmtree(half)
    said = released.run("hotfix.start", "--of", "0.2.0")
    assert said.code == 0, said.text
    assert released.git("branch", "--show-current", where=tree) == BRANCH


def test_a_worktree_that_a_killed_git_left_without_a_commit(released: Place) -> None:
    """git writes a HEAD of zeros first, with which the clone can fetch nothing; the same command goes on."""
    assert released.run("hotfix.start", "--of", "0.2.0").code == 0
    tree, half = released.clone.with_name("clone-hotfix-v0.2.1"), released.clone.with_name(".clone-hotfix-v0.2.1.half")
    released.git("worktree", "move", str(tree), str(half))
    administration = directory(half)
    (administration / "HEAD").write_text(f"{0:040}\n", encoding="utf-8")
    (administration / "locked").write_text("initializing\n", encoding="utf-8")
    said = released.run("hotfix.start", "--of", "0.2.0")
    assert said.code == 0, said.text
    assert released.git("branch", "--show-current", where=tree) == BRANCH
