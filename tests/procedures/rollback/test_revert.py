"""main gets the code of before, where main is protected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from withdrawals import BECAUSE, github, news, released, rolled_back

from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.tools.github import issues

# Each releases twice, and withdraws.
pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from rollback_bench import Yanking

    from tests.conftest import Place

BRANCH = "revert/v0.3.0"


def files(place: Place, ref: str) -> set[str]:
    """The files of a branch on the remote."""
    return {*place.git("ls-tree", "-r", "--name-only", ref, where=place.remote).splitlines()}


def test_a_pull_request_brings_it(everywhere: Place, world: World, yanking: Yanking) -> None:
    """
    One pull request restores the code, once; main is as it was until somebody merges it; then nothing more is asked.
    """
    released(everywhere)
    news(everywhere, "bad")
    released(everywhere)
    before = remotes.refs(everywhere.remote)["refs/heads/main"]
    remotes.refuse(everywhere.remote, "refs/heads/main")
    said = rolled_back(everywhere, yanking, "0.3.0", "--revert")
    assert before == remotes.refs(everywhere.remote)["refs/heads/main"]
    (pull,) = issues.pulls(github(world), BRANCH, "main")
    assert pull.title == "Restore the code of 0.2.0"
    assert f"main cannot be pushed to; {pull.url} asks for the revert" in said.out
    assert f"{pull.url} brings it, when it is merged" in said.out
    assert "contd/bad.py" not in files(everywhere, BRANCH)
    assert "contd/bad.py" in files(everywhere, "main")
    assert before == everywhere.git("rev-parse", f"{BRANCH}^", where=everywhere.remote)

    again = everywhere.run("rollback", "--version", "0.3.0")
    assert again.code == 0, again.text
    assert len(issues.pulls(github(world), BRANCH, "main", closed=True)) == 1
    remotes.allow(everywhere.remote, "refs/heads/main")
    everywhere.git("fetch", "-q", "origin", BRANCH)
    everywhere.git("push", "-q", "origin", "FETCH_HEAD:refs/heads/main")
    merged = everywhere.run("rollback", "--version", "0.3.0")
    assert merged.code == 0, merged.text
    assert "on origin/main" in merged.out
    assert "contd/bad.py" not in files(everywhere, "main")


def test_nowhere_to_ask(release: Place, yanking: Yanking) -> None:
    """Without GitHub a person is told what to merge, and the rollback goes on once main has it."""
    released(release)
    news(release, "bad")
    released(release)
    remotes.refuse(release.remote, "refs/heads/main")
    with yanking("0.3.0"):
        said = release.run("rollback", "--version", "0.3.0", "--yes", "--revert", "--wait", "5", *BECAUSE)
        assert said.code == 8, said.text
        assert "main is protected" in said.err
        assert f"a person who merges {BRANCH}" in said.err
        commands = f"git fetch origin; git switch main; git merge origin/{BRANCH}; git push origin main"
        assert f"type:     {commands}   (then invoke rollback)" in said.err
        remotes.allow(release.remote, "refs/heads/main")
        for command in commands.split("; "):
            release.git(*command.split()[1:])
        said = release.run("rollback", "--wait", "30")
    assert said.code == 0, said.text
    assert "contd/bad.py" not in files(release, "main")


def test_main_went_on_in_the_same_lines(everywhere: Place, yanking: Yanking) -> None:
    """
    What came after the release touches what it brought: a person decides, with the commit at hand; nothing is pushed.
    """
    released(everywhere)
    news(everywhere, "bad")
    released(everywhere)
    everywhere.write("contd/bad.py", "NAME = 'better'\n")
    everywhere.publish("Better")
    before = remotes.refs(everywhere.remote)["refs/heads/main"]
    said = everywhere.run("rollback", "--version", "0.3.0", "--yes", "--revert", "--wait", "1", *BECAUSE)
    assert said.code == 8, said.text
    assert "main has changed since 0.3.0 in contd/bad.py" in said.err
    assert before == remotes.refs(everywhere.remote)["refs/heads/main"]
    assert f"refs/heads/{BRANCH}" not in remotes.refs(everywhere.remote)
    (line,) = [one for one in said.err.splitlines() if "git cherry-pick" in one]
    commit = line.partition("git cherry-pick ")[2].partition(" ")[0]
    with pytest.raises(AssertionError, match="could not apply"):
        everywhere.git("cherry-pick", commit)
    everywhere.git("rm", "-q", "contd/bad.py")
    everywhere.git("-c", "core.editor=true", "cherry-pick", "--continue")
    everywhere.git("push", "-q", "origin", "HEAD:refs/heads/main")
    with yanking("0.3.0"):
        said = everywhere.run("rollback", "--wait", "30")
    assert said.code == 0, said.text
