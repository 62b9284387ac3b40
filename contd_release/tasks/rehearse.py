"""The whole release in a throwaway world on this machine."""

from __future__ import annotations

from dataclasses import replace

from invoke.context import Context
from invoke.tasks import task

from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help={
        "part": "the part to raise; auto, what the changes ask for, when absent",
        "version": "the version itself instead of a part",
        "fresh": "begin again, even if a rehearsal of this commit was stopped",
        "crash-everywhere": "kill the release at every step and in every act, and continue it each time",
        "kills": "kill the release at most this many times, such as 20, instead of everywhere",
        "fault": "a fault to happen in the sandbox, such as 'UPLOAD /legacy/ 1 accept-then-drop'; may be repeated",
        "svg": "a file that gets the walked checklist as a picture",
        "without-proof": "skip the proof, for a first look",
        "scenario": "rehearse hotfix, rollback, protected-main, protected-hotfix or two-packages, instead of a release",
        "json": "print each event as a line of JSON",
    },
    iterable=["fault"],
)
def rehearse(
    c: Context,
    fault: list[str],
    part: str = "",
    version: str = "",
    fresh: bool = False,
    crash_everywhere: bool = False,
    kills: str | None = None,
    svg: str = "",
    scenario: str = "",
    without_proof: bool = False,
    json: bool = False,
) -> None:
    """Run the release of this commit against local servers: the same steps, without a secret."""
    with edge():
        from contd_release.procedures.options import whole_number
        from contd_release.procedures.rehearse import Wishes, crash, run

        wishes = Wishes(part, tuple(fault), svg, fresh, json, scenario, without_proof, version, 0, crash_everywhere)
        if kills is not None:
            wishes = replace(wishes, kills=whole_number(kills, f"{wishes.typed} --kills 20", least=1))
        if wishes.everywhere or wishes.kills:
            crash(wishes)
        else:
            run(wishes)
