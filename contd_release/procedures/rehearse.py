"""The work of `invoke rehearse`: make the world, run the release in it as a person would, and check the result."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain
from pathlib import Path

from packaging.version import Version

from contd_release.console import reporting
from contd_release.errors import Interrupted, Usage, with_exit_code
from contd_release.prepare import stated
from contd_release.prepare.committed import packages
from contd_release.procedures import next_version
from contd_release.procedures.options import Words
from contd_release.process.hints import of_package
from contd_release.process.system.processes import interrupt
from contd_release.project.project import Project
from contd_release.project.several import chosen
from contd_release.project.version import AUTO, PARTS, part
from contd_release.records.entries import Begun
from contd_release.rehearse import bystander, scenarios
from contd_release.rehearse.crashes import sweep
from contd_release.rehearse.evidence import evidence
from contd_release.rehearse.rehearsal import Rehearsal, rehearsal_of
from contd_release.rehearse.scenarios import Once, Scenario
from contd_release.sandbox.faults import Order
from contd_release.sandbox.world import World
from contd_release.tools import git


@dataclass(frozen=True)
class Wishes:
    """
    What the options of the call ask for.

    Args:
        kills: how often to kill at most; 0 is everywhere.
        everywhere: whether the release is killed at every step.
    """

    part: str = ""
    faults: tuple[str, ...] = ()
    svg: str = ""
    fresh: bool = False
    as_json: bool = False
    scenario: str = ""
    without_proof: bool = False
    version: str = ""
    kills: int = 0
    everywhere: bool = False

    @property
    def typed(self) -> str:
        """The command that a person types for this."""
        part = ("--part", self.part) if self.part else ()
        version = ("--version", self.version) if self.version else ()
        scenario = ("--scenario", self.scenario) if self.scenario else ()
        unproved = ("--without-proof",) if self.without_proof else ()
        faults = (word for order in self.faults for word in ("--fault", order))
        everywhere = ("--crash-everywhere",) if self.everywhere else ()
        kills = ("--kills", str(self.kills)) if self.kills else ()
        return shlex.join(("invoke", "rehearse", *part, *version, *scenario, *unproved, *faults, *everywhere, *kills))


def run(wishes: Wishes) -> None:
    """
    Rehearse the release of the commit that is checked out; a rehearsal that was stopped is continued.

    Raises:
        ReleaseError: the release stopped, and has said why; the exit code is the one of the release.
    """
    orders = tuple(Order.of(one) for one in wishes.faults)
    rehearsal = _rehearsal(wishes)
    report = reporting(as_json=wishes.as_json)
    scenario = _scenario(rehearsal, wishes)
    is_begun = rehearsal.scenario == wishes.scenario if wishes.scenario else rehearsal.is_under_way
    is_continued = is_begun and not wishes.fresh and not _is_another(rehearsal, wishes)
    if not is_continued:
        rehearsal.prepare(wishes.scenario)
    report.says(
        f"rehearsing {rehearsal.project.name} at {rehearsal.commit[:12]} in {rehearsal.directory}"
        + (", continued" if is_continued else "")
    )
    if not git.is_clean(rehearsal.project.root):
        report.says("what is not committed is not rehearsed")
    with World(rehearsal.directory / "world") as world, bystander.busy(rehearsal, world):
        rehearsal.be_green(world)
        skipped = rehearsal.pointers.skipped
        for one in skipped:
            report.says(str(one))
        world.faults.only(*orders)
        while command := scenario.following(rehearsal, world):
            if wishes.scenario:
                report.says(f"\n$ invoke {shlex.join(command[command.index('contd_release') + 1 :])}\n")
            if code := _run((*command, *(("--json",) if wishes.as_json else ())), rehearsal, world):
                raise with_exit_code(code)(
                    f"the rehearsed {wishes.scenario or 'release'} stopped with exit code {code}, for the reason above",
                    expected="a rehearsal that ends as a release does",
                    type_next=f"{wishes.typed}   (it continues; --fresh begins again)",
                )
        released = rehearsal.packages if wishes.scenario == scenarios.TWO_PACKAGES else (rehearsal,)
        for line in (*chain.from_iterable(evidence(one, world) for one in released), *map(str, skipped)):
            report.says(line)
        if wishes.without_proof:
            report.says("nothing was proved: the proof was left out; type: invoke rehearse")


def crash(wishes: Wishes) -> None:
    """Rehearse, killed at every step and in every act, continued each time, and compared with a release left alone."""
    rehearsal, report = _rehearsal(wishes), reporting(as_json=wishes.as_json)
    scenario = _scenario(rehearsal, wishes)
    result = sweep(rehearsal, scenario, report.says, faults=wishes.faults, most=wishes.kills)
    report.says(
        f"{result.kills} kills at {result.points} points, each continued: the end state equals the uninterrupted one"
        + "".join(f"\nnever came: {point}" for point in result.missed)
    )


def _rehearsal(wishes: Wishes) -> Rehearsal:
    """The rehearsal of the commit that is checked out."""
    clone = git.clone(Path.cwd())
    # The scenario is about all of them; one stands for the repository.
    all_of_them = packages(clone) if wishes.scenario == scenarios.TWO_PACKAGES else ()
    with chosen(next(iter(all_of_them), "")):
        found = rehearsal_of(clone)
    return replace(found, is_proved=not wishes.without_proof, typed=of_package(wishes.typed))


def _scenario(rehearsal: Rehearsal, wishes: Wishes) -> Scenario:
    """
    What is rehearsed.

    Raises:
        Usage: there is no such scenario.
    """
    words = _words(rehearsal, wishes)
    if not wishes.scenario:
        return Once(words)
    if wishes.scenario not in scenarios.NAMES:
        near = get_close_matches(wishes.scenario, scenarios.NAMES, 1)
        raise Usage(
            f"there is no scenario {wishes.scenario!r}" + (f"; did you mean {near[0]}?" if near else ""),
            expected=", ".join(scenarios.NAMES),
            type_next=replace(wishes, scenario=(near or scenarios.NAMES)[0]).typed,
        )
    return scenarios.named(wishes.scenario, words)


def _words(rehearsal: Rehearsal, wishes: Wishes) -> tuple[str, ...]:
    """The words that begin the rehearsed release."""
    _require_part(wishes)
    svg = ("--svg", str(Path(wishes.svg).absolute())) if wishes.svg else ()
    commit = rehearsal.commit
    current = stated.at(rehearsal.project, commit).current
    if wishes.version:
        return ("--version", _named(rehearsal.project, current, wishes), *svg)
    if current.pre:
        if wishes.part:
            raise Usage(f"{current} is a pre-release", expected="no part", type_next=replace(wishes, part="").typed)
        return ("--final", *svg)
    return ("--part", wishes.part or AUTO, *svg)


def _is_another(rehearsal: Rehearsal, wishes: Wishes) -> bool:
    """Whether the call names another version than the one that the stopped rehearsal began with."""
    begun = next(iter(rehearsal.entries.entries(Begun)), None)
    if begun is None or not (wishes.version or wishes.part not in ("", AUTO)):
        return False
    words = Words(part=wishes.part, version=wishes.version)
    wanted = next_version.version_after(
        rehearsal.project, stated.at(rehearsal.project, rehearsal.commit).current, words
    )
    return str(wanted) != begun.version


def _require_part(wishes: Wishes) -> None:
    """
    Refuse a part that a release would refuse, before a world is made.

    Raises:
        Usage: there is no such part.
    """
    if wishes.part in ("", AUTO):
        return
    try:
        part(wishes.part)
    except Usage as error:
        meant = (get_close_matches(wishes.part, PARTS, 1) or [AUTO])[0]
        raise Usage(error.what_is, expected=error.expected, type_next=replace(wishes, part=meant).typed) from error


def _named(project: Project, current: Version, wishes: Wishes) -> str:
    """
    The version that is named, as a release takes it.

    Raises:
        Usage: a release would refuse it; what to type is said of the rehearsal.
    """
    try:
        return str(next_version.version_after(project, current, Words(part=wishes.part, version=wishes.version)))
    except Usage as error:
        advice, _, version = error.type_next.partition(" --version ")
        typed = replace(wishes, part="", version=version).typed if version else advice
        raise Usage(error.what_is, expected=error.expected, type_next=typed) from error


def _run(argv: tuple[str, ...], rehearsal: Rehearsal, world: World) -> int:
    """Run the release with this terminal as its own; Ctrl-C reaches it as well."""
    process = subprocess.Popen(argv, cwd=rehearsal.clone, env=dict(rehearsal.environment(world)))
    try:
        return process.wait()
    except KeyboardInterrupt:
        interrupt(process)
        process.wait()
        raise Interrupted(
            "the rehearsal was interrupted", expected="its end", type_next=f"{rehearsal.typed}   (it continues)"
        ) from None
