"""A worktree of ours is whole or not there, whenever a process that removes it is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from contd_release.process.action import Running
from contd_release.tools import git
from tests.conftest import Place, contents
from tests.conftest import git as typed

KILLED_AS_IT_REMOVES = """
import os, signal, sys
from pathlib import Path
from contd_release.process.action import Running
from contd_release.tools import git

left = [int(sys.argv[3])]

def heard(event, args):
    if event in ("os.remove", "os.rmdir"):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(heard)
git.remove_worktree(Path(sys.argv[1]), Path(sys.argv[2])).run(Running(Path(sys.argv[2] + "-logs")))
"""


def test_a_killed_removal_leaves_no_half_of_a_worktree(place: Place, tmp_path: Path) -> None:
    """A half would be taken for the tree of the release, and files that it lacks for files that the project lacks."""
    tree, running = tmp_path / "ours" / "v1", Running(tmp_path / "logs")
    tree.parent.mkdir()
    removed = len(list(place.clone.glob("*"))) + 3
    for action in git.add_worktree(place.clone, tree, typed(place.clone, "rev-parse", "HEAD")):
        action.run(running)
    whole = contents(tree)

    argv = (sys.executable, "-P", "-c", KILLED_AS_IT_REMOVES, str(place.clone), str(tree), str(removed))
    done = subprocess.run(argv, capture_output=True, check=False)

    assert done.returncode == -signal.SIGKILL
    assert not tree.exists() or contents(tree) == whole
    git.remove_worktree(place.clone, tree).run(running)
    assert [path.name for path in tree.parent.iterdir()] == []
