"""`contd-release adopt`: how a repository starts to release with us."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.process.edge import edge


@task(
    help={
        "yes": "take the default of every question, and write without asking",
        "check": "write nothing; fail if something would be written",
        "answer": "KEY=VALUE, the answer to a question; may be repeated",
        "json": "one JSON object a line, for machines",
    },
    iterable=["answer"],
)
def adopt(c: Context, answer: list[str], yes: bool = False, check: bool = False, json: bool = False) -> None:
    """Find what this repository has, show what it needs to release with these tasks, and write it if you say yes."""
    with edge():
        from contd_release.procedures.adopt import Wishes, run

        run(Wishes(tuple(answer), yes=yes, check=check, as_json=json))
