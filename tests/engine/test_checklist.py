"""
A checklist makes claims true in order, acts only where they are not, and believes the world rather than an exit code.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contd_release.engine.checklist import Checklist, Event, Item, Phase, Section, Together, log_of, point_of_no_return
from contd_release.engine.step import Found, State, Step
from contd_release.errors import (
    Conflict,
    FailedCommand,
    Interrupted,
    NotReady,
    ReleaseError,
    Several,
    Unanswered,
    Unsettled,
    Unwritable,
    exit_code,
)
from contd_release.process.action import Call, Running
from contd_release.process.command import Command

GONE, HALF, THERE, OTHER = (
    Found(State.ABSENT, "not there"),
    Found(State.PARTIAL, "half there"),
    Found(State.DONE, "there"),
    Found(State.CONFLICT, "something else is there"),
)


@dataclass
class World:
    """A small world: what is in it, and what was done to it, in order."""

    there: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)

    def observe(self, name: str) -> Found:
        """Look for one thing."""
        return THERE if name in self.there else GONE

    def act(self, name: str, error: ReleaseError | None = None) -> Call:
        """Put one thing there, or fail."""

        def function() -> None:
            self.done.append(name)
            if error:
                raise error
            self.there.add(name)

        return Call(f"make {name}", function)

    def undo(self, name: str) -> Call:
        """Take one thing away."""

        def function() -> None:
            self.done.append(f"un{name}")
            self.there.discard(name)

        return Call(f"remove {name}", function)

    def step(self, name: str, **changes: object) -> Step:
        """The step whose claim is that one thing is there."""
        given: dict[str, object] = {
            "observe": lambda: self.observe(name),
            "act": (self.act(name),),
            "undo": (self.undo(name),),
        }
        return Step(name, **(given | changes))  # type: ignore[arg-type]

    def walk(self, *items: Item, running: Running | None = None) -> None:
        """Walk these items."""
        Checklist(items).walk(self.told.append, running or Running(Path("unused")))

    def undone(self, *items: Item, is_crossed: bool = False) -> list[str]:
        """Undo these items; the titles of what is left."""
        left = Checklist(items).undo(self.told.append, Running(Path("unused")), is_crossed=is_crossed)
        return [one.step.title for one in left]

    def events(self) -> list[tuple[str, str]]:
        """What was told of which step."""
        return [(event.what, event.step.title) for event in self.told]


@pytest.fixture
def world() -> World:
    """An empty world."""
    return World()


def failing(kind: type[ReleaseError], text: str = "no") -> Callable[[], Found]:
    """An observation that cannot know."""

    def observe() -> Found:
        raise kind(text)

    return observe


# Walking.


def test_a_check_that_held_a_moment_ago_is_not_made_again(world: World) -> None:
    """A step without an act that the look before the walk saw done; what the walk acts on is observed anew."""
    looks: list[str] = []

    def observed(name: str) -> Callable[[], Found]:
        def observe() -> Found:
            looks.append(name)
            return world.observe(name)

        return observe

    world.there = {"check", "done"}
    items = (world.step("check", observe=observed("check"), act=()), world.step("done", observe=observed("done")))
    whole = Checklist((*items, world.step("new", observe=observed("new"))))
    whole.walk(world.told.append, Running(Path("unused")), tuple(whole.status()))

    assert {name: looks.count(name) for name in ("check", "done", "new")} == {"check": 1, "done": 2, "new": 3}
    assert world.done == ["new"]


def test_a_check_that_did_not_hold_is_made_again(world: World) -> None:
    """Past the line the walk goes on although a check fails, and meets it where it stands."""
    whole = Checklist((world.step("check", act=()),))

    with pytest.raises(NotReady, match="not there"):
        whole.walk(world.told.append, Running(Path("unused")), tuple(whole.status()))


def test_steps_are_made_true_in_order(world: World) -> None:
    """One after the other, sections included, and each is told as it goes."""
    world.walk(Section("one", (world.step("a"), world.step("b"))), world.step("c"))

    assert world.done == ["a", "b", "c"]
    assert [(what, "a") for what in ("observing", "found", "acting", "settling", "done")] == world.events()[:5]
    assert [world.told[0].section, world.told[-1].section] == ["one", ""]
    assert world.told[-1].found == THERE


def test_what_is_done_is_not_acted_on(world: World) -> None:
    """Walking a finished checklist again does nothing."""
    items = (world.step("a"), world.step("b"))
    world.walk(*items)
    world.done.clear()

    world.walk(*items)

    assert world.done == []


def test_what_is_partly_there_is_acted_on(world: World) -> None:
    """A step that was cut short is taken up again."""
    world.walk(world.step("a", observe=lambda: THERE if "a" in world.there else HALF))

    assert world.done == ["a"]


def test_a_conflict_stops_before_acting(world: World) -> None:
    """Something else under our name is never acted on, nor is anything after it."""
    found = Found(State.CONFLICT, "v1.2.0 is 1234567 there", "git show 1234567")

    with pytest.raises(Conflict) as caught:
        world.walk(world.step("a"), world.step("b", observe=lambda: found), world.step("c"))

    assert world.done == ["a"]
    assert str(caught.value) == "v1.2.0 is 1234567 there\n  expected: b\n  type:     git show 1234567"
    assert world.events()[-1] == ("failed", "b")


@pytest.mark.parametrize("found", [GONE, HALF])
def test_what_only_a_person_can_do_is_not_ready(world: World, found: Found) -> None:
    """A claim without an act stops the walk and says who must act."""
    with pytest.raises(NotReady) as caught:
        world.walk(world.step("a", observe=lambda: found, act=()), world.step("b"))

    assert (found.detail, "a", []) == (caught.value.what_is, caught.value.expected, world.done)


def test_no_answer_is_not_no(world: World) -> None:
    """An observation that cannot know stops the walk before anything is done."""
    with pytest.raises(Unanswered):
        world.walk(world.step("a", observe=failing(Unanswered)))

    assert world.done == []


@pytest.mark.parametrize("after", [GONE, HALF])
def test_an_act_that_shows_nothing_is_unsettled(world: World, after: Found) -> None:
    """Nothing is done because a command exited 0."""
    with pytest.raises(Unsettled) as caught:
        world.walk(world.step("a", observe=lambda: after if world.done else GONE))

    assert world.done == ["a"]
    assert (
        f"a: done without an error, and still {after.detail}\n"
        "  expected: to be seen within 0 s\n  type:     invoke release" == str(caught.value)
    )


def test_an_act_that_makes_a_conflict_is_told(world: World) -> None:
    """Somebody was faster: what is there now is not ours."""
    with pytest.raises(Conflict):
        world.walk(world.step("a", observe=lambda: OTHER if world.done else GONE))


def test_places_with_lag_are_observed_until_they_show_it(world: World) -> None:
    """Within its patience a step may be seen late, and a look that gets no answer is repeated."""
    looks = iter([GONE, GONE, None, THERE])

    def observe() -> Found:
        if (found := next(looks)) is None:
            raise Unanswered("a bad moment")
        return found

    world.walk(world.step("a", observe=observe, patience=5))

    assert world.done == ["a"]


@pytest.mark.parametrize(("late", "kind"), [(GONE, Unsettled), (None, Unanswered)])
def test_patience_ends_when_it_says(world: World, late: Found | None, kind: type[ReleaseError]) -> None:
    """The last look is at the end of the patience, not long before, and its outcome is told."""
    looks: list[float] = []

    def observe() -> Found:
        if not world.done:
            return GONE
        looks.append(time.monotonic())
        if late is None:
            raise Unanswered("no answer")
        return late

    with pytest.raises(kind):
        world.walk(world.step("a", observe=observe, patience=0.5))

    assert 0.45 < looks[-1] - looks[0] < 2


# When an act fails.


def test_an_act_that_failed_and_worked_is_done(world: World) -> None:
    """The answer was lost, the effect was not: the world decides."""
    act = world.act("a", FailedCommand("connection reset"))

    world.walk(world.step("a", observe=lambda: THERE if world.done else GONE, act=(act,)), world.step("b"))

    assert world.done == ["a", "b"]


@pytest.mark.parametrize("after", [GONE, HALF, None])
def test_an_act_that_failed_stops_with_its_own_reason(world: World, after: Found | None) -> None:
    """What was found, or not, after the failure does not hide the failure."""

    def observe() -> Found:
        if world.done and after is None:
            raise Unanswered("no answer")
        return after if world.done and after else GONE

    with pytest.raises(FailedCommand, match="twine ended with 1"):
        world.walk(
            world.step("a", observe=observe, act=(world.act("a", FailedCommand("twine ended with 1")),)),
            world.step("b"),
        )
    assert world.done == ["a"]


def test_the_rest_of_an_act_is_not_done_after_a_failure(world: World) -> None:
    """Actions of one step are in order, too."""
    with pytest.raises(FailedCommand):
        world.walk(world.step("a", act=(world.act("x", FailedCommand("no")), world.act("y"))))

    assert world.done == ["x"]


def again(_: ReleaseError) -> bool:
    """Worth another try."""
    return True


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Running:
    """Surroundings in which pauses are over at once."""

    class Hurried(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(min(timeout or 0, 0.001))

    return Running(Path("unused"), stop=Hurried())


def test_a_failure_that_may_pass_is_tried_again(world: World, hurried: Running) -> None:
    """Where the step says so, the act is repeated until the world shows it."""
    world.walk(
        world.step(
            "a",
            observe=lambda: THERE if len(world.done) == 3 else GONE,
            act=(world.act("a", FailedCommand("502")),),
            retry=again,
        ),
        running=hurried,
    )

    assert world.done == ["a"] * 3


def test_tries_have_an_end(world: World, hurried: Running) -> None:
    """After four tries the failure is told."""
    with pytest.raises(FailedCommand, match="502"):
        world.walk(
            world.step("a", observe=lambda: GONE, act=(world.act("a", FailedCommand("502")),), retry=again),
            running=hurried,
        )

    assert world.done == ["a"] * 4


def test_a_failure_that_will_not_pass_is_not_tried_again(world: World, hurried: Running) -> None:
    """A refusal is not repeated."""
    act = (world.act("a", FailedCommand("403")),)

    with pytest.raises(FailedCommand):
        world.walk(world.step("a", act=act, retry=lambda error: "502" in error.what_is), running=hurried)
    assert world.done == ["a"]


@pytest.mark.parametrize(("after", "kind"), [(OTHER, Conflict), (None, Unanswered)])
def test_nothing_is_tried_again_blindly(
    world: World, hurried: Running, after: Found | None, kind: type[ReleaseError]
) -> None:
    """Only where the world says that it is absent or partial: not over something else, and not without an answer."""

    def observe() -> Found:
        if not world.done:
            return GONE
        if after is None:
            raise Unanswered("no answer")
        return after

    with pytest.raises(kind):
        world.walk(
            world.step("a", observe=observe, act=(world.act("a", FailedCommand("502")),), retry=again), running=hurried
        )
    assert world.done == ["a"]


def test_what_could_not_be_written_down_stops_although_the_claim_holds(world: World) -> None:
    """A journal that fails after the effect of a step: the next step does not begin."""
    with pytest.raises(Unwritable, match="no room"):
        world.walk(
            world.step("a", act=(world.act("a"), world.act("note", Unwritable("no room"))), retry=again),
            world.step("b"),
        )

    assert world.done == ["a", "note"]


# Side by side.


def test_branches_are_walked_side_by_side(world: World) -> None:
    """Two steps that wait for each other get through."""
    meeting = threading.Barrier(2, timeout=5)

    def meet() -> None:
        meeting.wait()

    def met(name: str) -> tuple[Call, ...]:
        return (Call("meet", meet), world.act(name))

    world.walk(Together(((world.step("a", act=met("a")),), (world.step("b", act=met("b")),))), world.step("c"))

    assert {"a", "b"} == set(world.done[:2])
    assert world.done[2] == "c"


def test_a_failing_branch_lets_the_others_finish_their_step_and_no_more(world: World) -> None:
    """The step in flight is finished, the next one is not begun, and only the failure is told."""
    began, failed = threading.Event(), threading.Event()

    def fails() -> None:
        began.wait(5)
        raise FailedCommand("no")

    def flies() -> None:
        began.set()
        failed.wait(5)
        world.done.append("flown")
        world.there.add("b")

    def watch(event: Event) -> None:
        if event.what is Phase.FAILED:
            failed.set()

    both = Together(
        (
            (world.step("a", act=(Call("fail", fails),)),),
            (world.step("b", act=(Call("fly", flies),)), world.step("c")),
        )
    )
    with pytest.raises(FailedCommand, match="no"):
        Checklist((both, world.step("d"))).walk(watch, Running(Path("unused")))

    assert world.done == ["flown"]


def test_a_failing_branch_stops_nested_branches_too(world: World) -> None:
    """Steps side by side within a branch begin nothing new either."""
    began, failed = threading.Barrier(3, timeout=5), threading.Event()

    def watch(event: Event) -> None:
        if event.what is Phase.FAILED:
            failed.set()

    def fails() -> None:
        began.wait()
        raise FailedCommand("no")

    def waits(name: str) -> Call:
        def function() -> None:
            began.wait()
            failed.wait(5)
            time.sleep(0.05)
            world.there.add(name)

        return Call("wait", function)

    inner = Together(tuple((world.step(n, act=(waits(n),)), world.step(f"after {n}")) for n in "bc"))
    with pytest.raises(FailedCommand):
        Checklist((Together(((world.step("a", act=(Call("fail", fails),)),), (inner,))),)).walk(
            watch, Running(Path("unused"))
        )

    assert ({"b", "c"}, []) == (world.there, world.done)


def test_all_failures_are_told_at_once(world: World) -> None:
    """Side by side, several may fail; they are told in an order that does not depend on who was faster."""
    meeting = threading.Barrier(3, timeout=5)

    def fails(error: ReleaseError) -> tuple[Call, ...]:
        def function() -> None:
            meeting.wait()
            raise error

        return (Call("fail", function),)

    errors = [Unanswered("c"), Conflict("b"), Conflict("a")]
    branches = tuple((world.step(error.what_is, act=fails(error)),) for error in errors)

    for _ in range(10):
        with pytest.raises(Several) as caught:
            world.walk(Together(branches))
        assert [error.what_is for error in caught.value.errors] == ["b", "a", "c"]
    assert exit_code(caught.value) == 3


def test_a_bug_side_by_side_keeps_its_traceback(world: World) -> None:
    """What is not ours is not swallowed by a thread."""

    def bug() -> Found:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.walk(Together(((world.step("a", observe=bug),), (world.step("b"),))))


def test_nothing_side_by_side_is_nothing(world: World) -> None:
    """An empty group is walked without a word."""
    world.walk(Together(()), Section("empty", ()))

    assert world.told == []


def test_ctrl_c_ends_what_runs_side_by_side(world: World, tmp_path: Path) -> None:
    """Commands in flight are ended, nothing new begins, and Ctrl-C goes on to the edge."""
    slow = tuple((world.step(name, act=(Command(("sleep", "60")),)), world.step(f"after {name}")) for name in "ab")

    def interrupted() -> None:
        deadline = time.monotonic() + 5
        while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=interrupted).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        world.walk(Together(slow), running=Running(tmp_path))

    assert time.monotonic() - began < 10
    assert world.done == []


def test_a_stopped_walk_begins_nothing(world: World) -> None:
    """Once it was stopped, no step is even observed."""
    running = Running(Path("unused"))
    running.stop.set()

    with pytest.raises(Interrupted, match="the walk was stopped"):
        world.walk(world.step("a"), running=running)
    assert world.told == []


# Looking.


def test_status_is_asked_side_by_side_and_told_in_order(world: World) -> None:
    """The order of the checklist, whoever answered first; an observation without an answer is told with its reason."""
    meeting = threading.Barrier(4, timeout=5)

    def observe(seconds: float, found: Found) -> Callable[[], Found]:
        def function() -> Found:
            meeting.wait()
            time.sleep(seconds)
            return found

        return function

    def silent() -> Found:
        meeting.wait()
        raise Unanswered("no answer")

    steps = (
        world.step("a", observe=observe(0.1, GONE)),
        world.step("b", observe=observe(0.05, THERE)),
        world.step("c", observe=silent),
        world.step("d", observe=observe(0, OTHER)),
    )

    seen = list(Checklist((steps[0], Section("s", (Together(((steps[1],), (steps[2],))), steps[3])))).status())

    assert [(one.section, one.step.title) for one in seen] == [("", "a"), ("s", "b"), ("s", "c"), ("s", "d")]
    assert [one.found for one in seen] == [GONE, THERE, None, OTHER]
    assert [one.is_done for one in seen] == [False, True, False, False]
    assert seen[2].error and seen[2].error.what_is == "no answer"
    assert world.done == []


def test_check_tells_all_problems_at_once(world: World) -> None:
    """Everything that is known to stop the walk, before anything is changed."""
    checklist = Checklist(
        (
            world.step("a", observe=failing(Unanswered, "no answer")),
            world.step("b", observe=lambda: OTHER),
            world.step("c", act=()),
            world.step("d"),
            world.step("e", observe=lambda: THERE, act=()),
        )
    )

    with pytest.raises(Several) as caught:
        checklist.check(list(checklist.status()))

    assert [Unanswered, Conflict, NotReady] == [type(error) for error in caught.value.errors]
    assert [error.what_is for error in caught.value.errors] == ["no answer", "something else is there", "not there"]
    assert "\n".join(str(error) for error in caught.value.errors) == str(caught.value)


def test_check_is_content_with_what_can_be_made_true(world: World) -> None:
    """What is absent, partial or done is no problem."""
    checklist = Checklist(
        (world.step("a"), world.step("b", observe=lambda: HALF), world.step("c", observe=lambda: THERE))
    )

    seen = list(checklist.status())
    checklist.check(seen)
    assert [one.found.state for one in seen if one.found] == [State.ABSENT, State.PARTIAL, State.DONE]


# Undoing.


def test_undo_goes_back_in_reverse(world: World) -> None:
    """The last step first; what was never done is left alone, and what has nothing to undo as well."""
    items = (
        world.step("a"),
        Section("s", (Together(((world.step("b"),), (world.step("c"),))),)),
        world.step("d", undo=()),
    )
    world.there |= {"a", "c", "d"}

    world.undone(*items)

    assert world.done == ["unc", "una"]
    assert [event for event in world.events() if event[0] == "undone"] == [("undone", "c"), ("undone", "a")]


def test_undo_leaves_what_is_not_ours(world: World) -> None:
    """Something else under our name is not deleted."""
    world.undone(world.step("a", observe=lambda: OTHER))

    assert world.done == []


@pytest.mark.parametrize(
    ("found", "kind", "text"),
    [
        (THERE, Conflict, "past the point of no return: b\n  expected: to go on, since this cannot be undone"),
        (HALF, Conflict, "past the point of no return: b"),
        (None, Unanswered, "no answer"),
    ],
)
def test_undo_is_refused_past_the_line(world: World, found: Found | None, kind: type[ReleaseError], text: str) -> None:
    """Once a step that cannot be undone was begun, or may have been, nothing is undone at all."""
    world.there |= {"a", "c"}
    observe = failing(Unanswered, "no answer") if found is None else lambda: found

    with pytest.raises(kind) as caught:
        world.undone(world.step("a"), world.step("b", observe=observe, undo=None), world.step("c"))

    assert str(caught.value).startswith(text)
    assert world.done == []


@pytest.mark.parametrize("found", [GONE, OTHER])
def test_undo_is_allowed_before_the_line(world: World, found: Found) -> None:
    """What cannot be undone and was not done by us stands in nobody's way."""
    world.there |= {"a"}

    world.undone(world.step("a"), world.step("b", observe=lambda: found, undo=None))

    assert world.done == ["una"]


def test_what_follows_somebody_elses_step_is_theirs(world: World) -> None:
    """
    Who lost a race to a tag may find the winner's files to be byte for byte their own: they can still put all back.
    """
    world.there |= {"a", "c"}
    lost = world.step("b", observe=lambda: OTHER, undo=None)

    world.undone(world.step("a"), Section("publish", (lost, Together(((world.step("c", undo=None),),)))))

    assert world.done == ["una"]


def test_what_is_beside_somebody_elses_step_may_be_ours(world: World) -> None:
    """Steps side by side do not wait for each other."""
    world.there |= {"a", "c"}
    lost = world.step("b", observe=lambda: OTHER, undo=None)

    with pytest.raises(Conflict, match="past the point of no return: c"):
        world.undone(world.step("a"), Together(((lost,), (world.step("c", undo=None),))))

    assert world.done == []


def test_every_step_behind_the_line_is_asked(world: World) -> None:
    """Somebody else's tag does not end the questions: a place that does not answer refuses, and nothing is undone."""
    world.there |= {"a"}
    lost = world.step("b", observe=lambda: OTHER, undo=None)
    silent = world.step("c", observe=failing(Unanswered, "no answer"), undo=None)

    with pytest.raises(Unanswered, match="no answer"):
        world.undone(world.step("a"), lost, silent)

    assert world.done == []


@pytest.mark.parametrize("found", [THERE, HALF, OTHER])
def test_once_the_line_was_crossed_whatever_is_there_may_be_ours(world: World, found: Found) -> None:
    """A tag of ours that somebody has moved since, and files that were uploaded behind it, are not denied."""
    world.there |= {"a"}
    lost = world.step("b", observe=lambda: OTHER, undo=None)
    for items in ((lost, world.step("c", observe=lambda: found, undo=None)), (lost,)):
        with pytest.raises(Conflict, match="past the point of no return: something else is there"):
            world.undone(world.step("a"), *items, is_crossed=True)

    assert world.done == []


def test_once_the_line_was_crossed_and_nothing_of_it_is_left(world: World) -> None:
    """The world decides: where every place says that nothing is there, everything can be put back."""
    world.there |= {"a"}

    assert world.undone(world.step("a"), world.step("b", undo=None), is_crossed=True) == []


def test_a_line_that_is_not_known_to_be_crossed(world: World) -> None:
    """What others have published under our name does not stop the undo of what is ours."""
    world.there = {"a"}
    items = (world.step("a"), world.step("b", observe=lambda: OTHER, undo=None))
    left = Checklist(items).undo(world.told.append, Running(Path("unused")))
    assert ([one.step.title for one in left], world.done) == (["b"], ["una"])
    assert world.done == ["una"]


def test_what_is_left_is_told(world: World) -> None:
    """Somebody else's before and behind the line, what cannot be found any more, and what a place never gives up."""
    world.there |= {"d"}
    kept = Found(State.ABSENT, "kept without a name", remains=True)

    def lost() -> Found:
        raise Conflict("its bytes are lost")

    left = world.undone(
        world.step("a", observe=lambda: OTHER),
        world.step("b", observe=lost, undo=(world.act("find", Conflict("it cannot be found")),)),
        world.step("c", observe=lambda: kept),
        world.step("d", observe=lambda: THERE if "d" in world.there else kept),
        world.step("e", observe=lambda: OTHER, undo=None),
        world.step("f", observe=lambda: OTHER, undo=()),
    )

    assert left == ["e", "d", "c", "b", "a"]
    assert world.done == ["und", "find"]


def test_what_is_ours_in_other_bytes_is_undone(world: World) -> None:
    """A tampered artifact: the look raises until it is removed."""

    def observe() -> Found:
        if "una" in world.done:
            return GONE
        raise Conflict("other bytes than were sealed")

    assert world.undone(world.step("a", observe=observe)) == []
    assert world.done == ["una"]


def test_undo_is_observed(world: World) -> None:
    """A step that is still there after it was undone is told, and steps before it stay as they are."""
    world.there |= {"a"}

    with pytest.raises(Unsettled) as caught:
        world.undone(world.step("a"), world.step("b", observe=lambda: THERE))

    assert world.done == ["unb"]
    assert (
        str(caught.value)
        == "b: undone without an error, and still there\n  expected: nothing left of it\n  type:     invoke abort"
    )
    assert world.events()[-1] == ("failed", "b")


def test_undo_waits_for_places_with_lag(world: World) -> None:
    """What was deleted may be shown for a moment longer."""
    looks = iter([THERE, THERE, GONE])

    world.undone(world.step("a", observe=lambda: next(looks), patience=5))

    assert world.done == ["una"]


def test_the_line_is_before_the_first_step_without_undo(world: World) -> None:
    """A step without `undo` is a point of no return."""
    steps = [("", world.step("a")), ("", world.step("b", undo=())), ("", world.step("c", undo=None))]

    assert (point_of_no_return(steps), point_of_no_return(steps[:2]), point_of_no_return([])) == (2, 2, 0)


# Logs.


@given(st.text(max_size=200), st.text(max_size=200))
def test_log_names_are_safe(section: str, title: str) -> None:
    """Whatever a title holds, its log is a plain file name below the folder."""
    path = log_of(Path("/logs"), section, Step(title, lambda: GONE))

    assert Path("/logs") == path.parent
    assert set(path.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    assert path.name[0] not in ".-"
    assert len(path.name) <= 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("s", "a-b"), ("s", "a b")),
        (("s", "A"), ("s", "a")),
        (("s a", "b"), ("s", "a b")),
        (("s", "x" * 100 + "1"), ("s", "x" * 100 + "2")),
        (("s", "größe"), ("s", "grüße")),
        (("s", "発行"), ("s", "検証")),
    ],
)
def test_two_steps_never_share_a_log(one: tuple[str, str], other: tuple[str, str]) -> None:
    """
    Titles that are equal in plain letters, or in their beginning, have different logs; one title has always the same.
    """
    first, second = (log_of(Path("logs"), section, Step(title, lambda: GONE)) for section, title in (one, other))

    assert first != second
    assert first == log_of(Path("logs"), one[0], Step(one[1], lambda: THERE))


def test_log_names_can_be_read() -> None:
    """A person finds the log of a step by its title."""
    name = log_of(Path("logs"), "publish", Step("v1.2.0 is on origin", lambda: GONE)).name

    assert name.startswith("publish-v1.2.0-is-on-origin-")
