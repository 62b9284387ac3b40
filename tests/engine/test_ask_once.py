"""Within one look, a question is asked once, however many steps want to know."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from contd_release.engine import ask_once
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Unanswered
from contd_release.process.action import Running


class Asked:
    """Counts how often it is asked, and takes its time."""

    def __init__(self, error: Exception | None = None) -> None:
        self.count = 0
        self.error = error

    def __call__(self) -> int:
        """How often it was asked by now."""
        self.count += 1
        time.sleep(0.05)
        if self.error:
            raise self.error
        return self.count


def steps(ask: Callable[[], int], *questions: str) -> tuple[Step, ...]:
    """A step for each of these questions, which is done."""

    def step(number: int, question: str) -> Step:
        return Step(f"{number}", lambda: Found(State.DONE, f"{question} {ask_once.once(question, ask)}"))

    return tuple(step(number, question) for number, question in enumerate(questions))


def test_steps_that_ask_the_same_share_an_answer() -> None:
    """Also while the first of them still waits for it."""
    asked = Asked()
    seen = list(Checklist(steps(asked, *"aaaaaaaaaaaa")).status())

    assert asked.count == 1
    assert {"a 1"} == {one.found.detail for one in seen if one.found}


def test_another_question_is_another_answer() -> None:
    """And another look asks again."""
    asked = Asked()
    whole = Checklist(steps(asked, "a", "b", "a"))
    list(whole.status())
    assert asked.count == 2
    list(whole.status())

    assert asked.count == 4


def test_no_answer_is_no_answer_for_everybody() -> None:
    """Whoever asked is told why."""
    asked = Asked(Unanswered("nobody there"))
    seen = list(Checklist(steps(asked, "a", "a", "a")).status())

    assert asked.count == 1
    assert [one.error.what_is for one in seen if one.error] == ["nobody there"] * 3


def test_a_walk_asks_each_time() -> None:
    """What it does changes the answers."""
    asked = Asked()
    Checklist(steps(asked, "a", "a")).walk(lambda _: None, Running(Path("unused")))

    assert asked.count == 2


def test_a_look_ends_where_it_began() -> None:
    """Whoever tells what is seen, one by one, asks anew."""
    asked = Asked()
    for _ in Checklist(steps(asked, "a", "a")).status():
        ask_once.once("a", asked)

    assert asked.count == 3


def test_two_looks_at_once_do_not_meet() -> None:
    """Each sees its own moment."""
    asked = Asked()
    looks = [threading.Thread(target=lambda: list(Checklist(steps(asked, "a", "a")).status())) for _ in range(2)]
    for one in looks:
        one.start()
    for one in looks:
        one.join()

    assert asked.count == 2


def test_an_error_that_is_ours_is_raised() -> None:
    """A bug is not hidden behind a shared answer."""
    with pytest.raises(ZeroDivisionError):
        list(Checklist(steps(Asked(ZeroDivisionError()), "a", "a")).status())


def test_a_look_within_a_look_is_the_same() -> None:
    """What was asked to find out what is released is not asked again by its checklist; outside, it is."""
    asked = Asked()
    looking = ask_once.begun()
    assert looking.run(ask_once.once, "a", asked) == 1
    (within,) = looking.run(lambda: tuple(Checklist(steps(asked, "a")).status()))
    (outside,) = Checklist(steps(asked, "a")).status()
    assert [one.found.detail for one in (within, outside) if one.found] == ["a 1", "a 2"]
