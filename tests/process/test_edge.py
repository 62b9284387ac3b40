"""The edge of a task: what it makes of an error, of Ctrl-C, and of a reader that has ended."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from invoke.exceptions import Exit

from contd_release.errors import Conflict, Interrupted, ReleaseError, Several, Unanswered, Unsettled, Usage
from contd_release.process.edge import edge


@pytest.mark.parametrize(("kind", "code"), [(Usage, 2), (Conflict, 3), (Unanswered, 4), (Interrupted, 130)])
def test_edge_makes_an_exit(kind: type[ReleaseError], code: int) -> None:
    """At the edge an error is a message and an exit code."""
    with pytest.raises(Exit) as caught, edge():
        raise kind("what is", "what should", "what to type")

    assert code == caught.value.code
    assert caught.value.message == "\nwhat is\n  expected: what should\n  type:     what to type"


def test_edge_uses_the_first_of_several() -> None:
    """Several errors exit with the code of the first."""
    with pytest.raises(Exit) as caught, edge():
        raise Several([Several([Unsettled("a")]), Usage("b")])

    assert caught.value.code == 5


@pytest.mark.parametrize("bug", [ZeroDivisionError, KeyError, OSError, SystemExit])
def test_edge_leaves_a_bug_alone(bug: type[BaseException]) -> None:
    """Whatever is not ours keeps its type, and so its traceback."""
    with pytest.raises(bug), edge():
        raise bug("a bug")


def test_edge_says_how_to_go_on_after_ctrl_c() -> None:
    """Ctrl-C is no bug: it exits with 130 and says that the same command continues."""
    with pytest.raises(Exit) as caught, edge():
        raise KeyboardInterrupt

    assert caught.value.code == 130
    assert caught.value.message == "\ninterrupted\n  type:     the same command again   (it continues where it stopped)"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_ctrl_c_that_python_cannot_raise_is_not_lost() -> None:
    """Python only prints an interruption inside a finalizer, as while it imports; the task stops all the same."""

    class Finalized:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Exit) as caught, edge():
        Finalized()
        time.sleep(5)

    assert caught.value.code == 130


def test_edge_passes_what_succeeds() -> None:
    """Nothing is raised when nothing stopped."""
    passed = False
    with edge():
        passed = True
    assert passed


def test_edge_stops_quietly_when_nothing_reads_any_more() -> None:
    """`contd-release adopt | head` ends with 130 and a sentence, and Python says nothing of it at its end."""
    program = (
        "from contd_release.process.edge import edge\n"
        "from invoke.exceptions import Exit\n"
        "try:\n"
        "    with edge():\n"
        "        for _ in range(100_000):\n"
        "            print('a line')\n"
        "except Exit as stopped:\n"
        "    raise SystemExit(stopped.code)\n"
    )
    with subprocess.Popen((sys.executable, "-c", program), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
    assert (process.returncode, said) == (130, "")
