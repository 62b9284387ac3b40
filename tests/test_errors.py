"""Every way to stop has its exit code, and several are told at once."""

from __future__ import annotations

import re

import pytest

from contd_release import errors
from contd_release.errors import (
    Conflict,
    FailedCommand,
    FailedProof,
    Held,
    Interrupted,
    NeedsPerson,
    NotReady,
    ReleaseError,
    RollbackProposed,
    Several,
    Unanswered,
    Unexplained,
    Unsettled,
    Unwritable,
    Usage,
    exit_code,
    raise_all,
)

CODES = {
    Usage: 2,
    NotReady: 2,
    Conflict: 3,
    Unanswered: 4,
    Unsettled: 5,
    FailedCommand: 6,
    FailedProof: 7,
    NeedsPerson: 8,
    Unwritable: 9,
    Held: 10,
    RollbackProposed: 11,
    Unexplained: 12,
    Interrupted: 130,
}


def test_every_leaf_has_its_exit_code() -> None:
    """CI can tell what stopped a release by the exit code alone; none is 1, which is what a bug's traceback gives."""
    leaves = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ReleaseError) and kind not in (ReleaseError, Several)
    }

    assert {kind: exit_code(kind("x")) for kind in leaves} == CODES


def test_the_kind_of_an_exit_code() -> None:
    """A command that runs ours ends with the same exit code; a code that is none of ours is a failed command."""
    kinds = {kind.exit_code: errors.with_exit_code(kind.exit_code) for kind in CODES}
    assert {code: kind.exit_code for code, kind in kinds.items()} == {code: code for code in kinds}
    assert errors.with_exit_code(1) is FailedCommand


def test_codes_are_shared_only_by_what_is_usage() -> None:
    """Apart from a requirement that a person must meet, which is a kind of wrong use, no two leaves share a code."""
    distinct = [code for kind, code in CODES.items() if kind is not NotReady]

    assert len(set(distinct)) == len(distinct)


def test_text_says_what_is_what_was_expected_and_what_to_type() -> None:
    """The three lines stand under each other, and an expectation that nobody gave is left out."""
    full = Conflict("v1.2.0 is there", expected="it to be free", type_next="invoke status")

    assert str(full) == "v1.2.0 is there\n  expected: it to be free\n  type:     invoke status"
    assert str(Conflict("it is there", type_next="invoke status")) == "it is there\n  type:     invoke status"


@pytest.mark.parametrize("kind", CODES)
def test_no_error_leaves_open_what_to_type(kind: type[ReleaseError]) -> None:
    """Where whoever raises it cannot say what to type, the kind of error does."""
    assert re.fullmatch(r"it broke\n  type:     \S.+", str(kind("it broke")))


def test_raise_all_of_nothing_raises_nothing() -> None:
    """No problem, no error."""
    raise_all([])


def test_raise_all_of_one_raises_that_one() -> None:
    """A single problem keeps its own type."""
    one = Unanswered("no answer")

    with pytest.raises(Unanswered) as caught:
        raise_all([one])
    assert one is caught.value


def test_raise_all_tells_everything_at_once() -> None:
    """Several problems are one error whose text has them all, and the first decides the exit code."""
    with pytest.raises(Several) as caught:
        raise_all([Conflict("a", "b", "invoke abort"), Unanswered("c", type_next="invoke verify")])

    assert str(caught.value) == ("a\n  expected: b\n  type:     invoke abort\nc\n  type:     invoke verify")
    assert exit_code(caught.value) == 3


def test_raise_all_leaves_out_what_was_only_interrupted() -> None:
    """A step that stopped because its sibling failed is not a cause."""
    cause = FailedCommand("twine ended with 1")

    with pytest.raises(FailedCommand) as caught:
        raise_all([Interrupted("stopped"), cause, Interrupted("stopped")])
    assert cause is caught.value


def test_raise_all_looks_into_nested_several() -> None:
    """
    Steps side by side within steps side by side: the leaves are told flat, and interruptions are left out there too.
    """
    with pytest.raises(Several) as caught:
        raise_all([Several([Interrupted("x"), Several([Conflict("a"), Interrupted("y")])]), Unanswered("b")])

    assert [error.what_is for error in caught.value.errors] == ["a", "b"]


def test_raise_all_of_interruptions_raises_one() -> None:
    """When everything was interrupted, that is said once."""
    with pytest.raises(Interrupted, match="first"):
        raise_all([Interrupted("first"), Interrupted("second")])
