"""
Measure this library against the same commands typed by hand: `python -m benchmarks.run_benchmarks`.

Every figure is a ratio of two medians taken in one run, in turn, so that it holds on a slow machine as on a fast one.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from benchmarks import adoption, four_channels, rehearsed, subject, whole_checklist
from benchmarks.rehearsed import Rehearsed
from benchmarks.subject import Subject
from benchmarks.timing import OURS, PROGRAMS, Cost, shell, timed
from contd_release.project.tables import OVERLAY
from contd_release.sandbox.world import World

BUMP = "bump-my-version bump --new-version 0.2.0"
TOWNCRIER = "towncrier build --version 0.2.0 --date 2026-01-01"
PLAN_BY_HAND = f"git status; git ls-remote origin; {BUMP} --dry-run; {TOWNCRIER} --draft"
PUSH_BY_HAND = (
    f"{BUMP}; {TOWNCRIER} --yes; git add --all; git commit --quiet -m 'Release 0.2.0'; "
    "git tag -a v0.2.0 -m 'Release v0.2.0'; git push --quiet --atomic origin HEAD:refs/heads/main refs/tags/v0.2.0"
)


@dataclass(frozen=True)
class Ratio:
    """
    One line of the table: the medians of both, and the ratio of their seconds.

    Args:
        each: the ratio of each run.
        to_reach: the highest ratio that is fast enough.
    """

    name: str
    ours: Cost
    by_hand: Cost
    each: tuple[float, ...]
    to_reach: float

    @property
    def ratio(self) -> float:
        """The median seconds of ours, divided by those by hand."""
        return self.ours.seconds / self.by_hand.seconds

    @property
    def is_reached(self) -> bool:
        """Whether it is fast enough."""
        return self.ratio <= self.to_reach

    def __str__(self) -> str:
        sign = "✓" if self.is_reached else "✗"
        seconds = f"{self.ours.seconds:>7.2f} s{self.by_hand.seconds:>7.2f} s"
        lines = [f"{self.name:48}{seconds}{self.ratio:>8.2f}{self.to_reach:>10.2f} {sign}"]
        if self.ours.peak and self.by_hand.peak:
            peaks = f"{self.ours.peak / 1e6:>6.0f} MB{self.by_hand.peak / 1e6:>6.0f} MB"
            lines.append(f"{'  the most memory at one time':48}{peaks}{self.ours.peak / self.by_hand.peak:>8.2f}")
        if len(self.each) > 1:
            figures = (min(self.each), statistics.median(self.each), max(self.each))
            title = f"  ratios of {len(self.each)} runs: min, median, max"
            lines.append(f"{title:48}{''.join(f'{one:>9.2f}' for one in figures)}")
        return "\n".join(lines)


def main() -> None:
    """Print the table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run of what takes a second, and no upload")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each pair")
    parser.add_argument("--only", default="", help="measure only the lines whose name contains this")
    parser.add_argument("--json", type=Path, help="a file that gets the figures")
    chosen = parser.parse_args()
    runs = 1 if chosen.quick else chosen.runs
    with tempfile.TemporaryDirectory() as folder:
        pairs = [one for one in compared(Path(folder), is_quick=chosen.quick) if chosen.only in one.name]
        ratios = [one.measured(runs) for one in pairs]
    print(f"{'':48}{'ours':>9}{'by hand':>9}{'ratio':>8}{'to reach':>10}")
    for one in ratios:
        print(one)
    if chosen.json:
        figures = [asdict(one) | {"ratio": one.ratio, "is_reached": one.is_reached} for one in ratios]
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Pair:
    """Ours and the commands by hand, measured in turn."""

    name: str
    to_reach: float
    ours: Callable[[], Cost]
    by_hand: Callable[[], Cost]

    def measured(self, runs: int) -> Ratio:
        """Run both in turn, after one run each that does not count."""
        print(f"measuring: {self.name}", file=sys.stderr, flush=True)
        pairs = [(self.ours(), self.by_hand()) for _ in range(runs + (runs > 1))][runs > 1 :]
        ours, by_hand = (_median(costs) for costs in zip(*pairs, strict=True))
        each = tuple(one.seconds / other.seconds for one, other in pairs)
        return Ratio(self.name, ours, by_hand, each, self.to_reach)


def compared(folder: Path, *, is_quick: bool) -> Iterator[Pair]:
    """Every pair, in the order of the table."""
    fresh = _Fresh(folder)
    yield from _small(folder, fresh)
    if not is_quick:
        yield from _large(folder, fresh)


def _small(folder: Path, fresh: _Fresh) -> Iterator[Pair]:
    """Pairs that take seconds."""
    small, here = subject.make(folder / "small", has_package=False), Path(__file__).parents[1]
    plan = [*OURS, "plan", "--part", "minor"]
    yield Pair(
        "invoke --list / invoke --version",
        1.2,
        lambda: timed([str(PROGRAMS / "invoke"), "--list"], here),
        lambda: timed([str(PROGRAMS / "invoke"), "--version"], here),
    )
    yield Pair(
        "plan / the plan by hand",
        0.5,
        lambda: timed(plan, small.clone),
        lambda: shell(PLAN_BY_HAND, small.clone),
    )
    many = folder / "many"
    adoption.make(many)
    yield Pair(f"adopt, {adoption.FILES:,} files / 3 s", 1.0, lambda: adoption.adopted(many), lambda: adoption.LIMIT)
    yield Pair(
        "bump to push / by hand",
        1.7,
        lambda: timed([*OURS, "release", "--part", "minor", "--yes"], fresh(has_package=False).clone),
        lambda: shell(PUSH_BY_HAND, fresh(has_package=False).clone),
    )


def _large(folder: Path, fresh: _Fresh) -> Iterator[Pair]:
    """Pairs that take longer: much history, and channels to publish to."""
    plan = [*OURS, "plan", "--part", "minor"]
    small = fresh(has_package=False)
    old = subject.make(folder / "old", has_package=False, commits=50_000, tags=1_000)
    yield Pair(
        "plan, 50,000 commits and 1,000 tags / plan",
        1.1,
        lambda: timed(plan, old.clone),
        lambda: timed(plan, small.clone),
    )
    yield Pair(
        "release, uploaded and verified / by hand",
        1.0,
        lambda: _in_a_world(folder, fresh(has_package=True), _released),
        lambda: _in_a_world(folder, fresh(has_package=True), _released_by_hand),
    )
    if programs := rehearsed.without(*four_channels.PROGRAMS):
        print(f"not measured: four channels; missing here: {', '.join(programs)}", file=sys.stderr)
    else:
        channels = partial(_in_a_room, folder, four_channels.sealed_in_a_world)
        yield Pair(
            "four channels, published and verified / by hand",
            0.6,
            lambda: channels(four_channels.published),
            lambda: channels(four_channels.published_by_hand),
        )
    if programs := rehearsed.without("curl"):
        print(f"not measured: the whole checklist; missing here: {', '.join(programs)}", file=sys.stderr)
    else:
        yield _whole(folder)


def _whole(folder: Path) -> Pair:
    """The whole checklist, with every channel of this machine."""
    machine = whole_checklist.machine(folder)
    for one in machine.why_not:
        print(f"not in the whole checklist: {one}", file=sys.stderr)
    example = partial(_in_a_room, folder, partial(whole_checklist.unreleased_in_a_world, machine=machine))
    return Pair(
        "the whole checklist / by hand",
        0.6,
        lambda: example(whole_checklist.released),
        lambda: example(partial(whole_checklist.released_by_hand, machine=machine)),
    )


class _Fresh:
    """Make an unreleased project at each call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def __call__(self, *, has_package: bool) -> Subject:
        self.count += 1
        return subject.make(self.folder / f"fresh-{self.count}", has_package=has_package)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(one.seconds for one in costs), round(statistics.median(one.peak for one in costs)))


def _released(clone: Path, world: World) -> Cost:
    """Measure our release."""
    overlay = clone.parent / "overlay.toml"
    overlay.write_text(f'[pypi]\nrepository = "{world.upload_url}"\nindex = "{world.index_url}"\n', encoding="utf-8")
    return timed([*OURS, "release", "--part", "minor", "--yes"], clone, _login(world) | {OVERLAY: str(overlay)})


def _released_by_hand(clone: Path, world: World) -> Cost:
    """Measure the same by hand, with isolated builds and without reading anything back."""
    upload = f"twine upload --repository-url {world.upload_url} dist/*"
    return shell(f"{PUSH_BY_HAND}; python -m build; twine check dist/*; {upload}", clone, _login(world))


def _login(world: World) -> dict[str, str]:
    account = world.accounts.publisher
    return {"TWINE_USERNAME": account.user, "TWINE_PASSWORD": account.password.reveal()}


def _in_a_world(folder: Path, project: Subject, release: Callable[[Path, World], Cost]) -> Cost:
    """Measure a release to an empty index."""
    with World(folder / f"world-{project.clone.parent.name}") as world:
        return release(project.clone, world)


def _in_a_room(
    folder: Path, make: Callable[[Path], AbstractContextManager[Rehearsed]], release: Callable[[Rehearsed], Cost]
) -> Cost:
    """Measure a release of a fresh project in a sandbox of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as room, make(Path(room)) as project:
        return release(project)


if __name__ == "__main__":
    main()
