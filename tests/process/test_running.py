"""A process that is followed: nothing that it printed is lost."""

from __future__ import annotations

import time

from contd_release.process.running import Start, followed, spawned


def test_what_was_printed_after_a_long_silence_is_not_lost() -> None:
    """
    A program that says nothing for a while, prints, and ends before it is looked at again.

    On a busy machine a moment between two looks is enough: `helm show chart` seemed to print nothing.
    """
    process = spawned(Start(("sh", "-c", "sleep 1.2; echo late"), None, {}))
    with followed(process, b"") as pipes:
        process.wait(10)
        read = b""
        deadline = time.monotonic() + 10
        while pipes.code() is None and time.monotonic() < deadline:
            read += b"".join(piece for _, piece in pipes.pieces())

    assert (read, process.returncode) == (b"late\n", 0)
