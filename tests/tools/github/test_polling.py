"""GitHub is asked again and again: what is waited for may come late, and silence has an end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from threading import Event, Timer

import pytest

from contd_release.errors import Interrupted, Unanswered
from contd_release.process.action import Running
from contd_release.tools.github.polling import Pace, replies
from contd_release.tools.http import Refused

BRISK = Pace(first=0.01, longest=0.02, silence=0.1, whole=5)


def said(*script: str | Unanswered) -> Callable[[], str]:
    """Answer with each of these in turn, and with the last one for ever."""
    left = list(script)

    def ask() -> str:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Unanswered):
            raise answer
        return answer

    return ask


SILENT = Unanswered("nothing", expected="an answer", type_next="invoke release")


def test_a_short_silence_is_waited_out(tmp_path: Path) -> None:
    """The loop goes on after a question without an answer."""
    asked = replies(said("running", SILENT, SILENT, "over"), BRISK, Running(tmp_path / "log"), stopped="")
    assert [next(asked), next(asked)] == ["running", "over"]


def test_a_long_silence_is_an_error(tmp_path: Path) -> None:
    """What was answered before does not help: each silence is counted from the last answer."""
    asked = replies(said("running", SILENT), BRISK, Running(tmp_path / "log"), stopped="")
    assert next(asked) == "running"
    with pytest.raises(Unanswered, match="nothing"):
        next(asked)


def test_a_refused_token_is_not_asked_with_again(tmp_path: Path) -> None:
    """The first refusal ends the wait."""
    refused = Refused("401", expected="a token", type_next="export GITHUB_TOKEN=…")
    with pytest.raises(Refused):
        next(replies(said(refused, "over"), BRISK, Running(tmp_path / "log"), stopped=""))


def test_the_wait_ends_with_its_time(tmp_path: Path) -> None:
    """The caller, who knows what was waited for, says that it never came."""
    pace = Pace(first=0.01, longest=0.02, whole=0.1)
    assert {*replies(said("running"), pace, Running(tmp_path / "log"), stopped="")} == {"running"}


def test_an_interrupted_wait_says_what_goes_on(tmp_path: Path) -> None:
    """Ctrl-C during a pause ends it at once."""
    stop = Event()
    asked = replies(said("running"), Pace(first=60), Running(tmp_path / "log", stop=stop), stopped="it stays open")
    assert next(asked) == "running"
    stop.set()
    with pytest.raises(Interrupted, match="it stays open"):
        next(asked)


def test_ctrl_c_says_what_goes_on(tmp_path: Path) -> None:
    """A wait of the main thread is stopped by the signal itself."""
    asked = replies(said("running"), Pace(first=60), Running(tmp_path / "log"), stopped="it stays open")
    assert next(asked) == "running"
    Timer(0.05, signal.pthread_kill, (threading.get_ident(), signal.SIGINT)).start()
    with pytest.raises(Interrupted, match="interrupted: it stays open"):
        next(asked)


def test_pauses_grow(tmp_path: Path) -> None:
    """Each pause is half as long again, up to the longest."""
    pauses: list[float | None] = []

    class Noted(Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout)
            return len(pauses) == 4

    asked = replies(said("running"), Pace(first=4, longest=10), Running(tmp_path / "log", stop=Noted()), stopped="")
    with pytest.raises(Interrupted):
        list(asked)
    assert pauses == [4, 6, 9, 10]
