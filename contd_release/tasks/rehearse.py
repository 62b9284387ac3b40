"""The whole release in a throwaway world on this machine."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge


@task(
    help={
        "part": "the part to raise; auto, what the changes ask for, when absent",
        "version": "the version itself instead of a part",
        "fresh": "begin again, even if a rehearsal of this commit was stopped",
        "crash-everywhere": "kill the release at every step and in every act, and continue it each time",
        "fault": "a fault that the world orders, such as 'UPLOAD /legacy/ 1 accept-then-drop'; may be repeated",
        "svg": "a file that gets the walked checklist as a picture",
        "without-proof": "leave the proof out, for a first look; the end says that nothing was proved",
        "scenario": "rehearse more than a release: hotfix, or rollback",
        "json": "tell events as JSON lines",
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
    svg: str = "",
    scenario: str = "",
    without_proof: bool = False,
    json: bool = False,
) -> None:
    """Release this commit into a throwaway world on this machine: no secret, no network, the same steps."""
    with edge():
        from contd_release.procedures.rehearse import Wishes, crash, run

        wishes = Wishes(
            part,
            tuple(fault),
            svg,
            fresh=fresh,
            as_json=json,
            scenario=scenario,
            without_proof=without_proof,
            version=version,
        )
        if crash_everywhere:
            crash(wishes)
        else:
            run(wishes)
