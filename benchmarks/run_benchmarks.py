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
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import four_channels, subject
from benchmarks.four_channels import Built
from benchmarks.subject import Subject
from benchmarks.timing import OURS, PROGRAMS, shell, timed
from contd_release.project.project import OVERLAY
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
    """One line of the table: ours and by hand in seconds, their ratio, and the ratio to reach."""

    name: str
    ours: float
    by_hand: float
    to_reach: float

    @property
    def ratio(self) -> float:
        """Ours in units of by hand."""
        return self.ours / self.by_hand

    @property
    def is_reached(self) -> bool:
        """Whether it is as fast as it should be."""
        return self.ratio <= self.to_reach


def main() -> None:
    """Print the table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run of what takes a second, and no upload")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each pair")
    parser.add_argument("--json", type=Path, help="a file that gets the figures")
    chosen = parser.parse_args()
    runs = 1 if chosen.quick else chosen.runs
    with tempfile.TemporaryDirectory() as folder:
        ratios = list(measured(Path(folder), runs, is_quick=chosen.quick))
    print(f"{'':48}{'ours':>9}{'by hand':>9}{'ratio':>8}{'to reach':>10}")
    for one in ratios:
        sign = "✓" if one.is_reached else "✗"
        print(f"{one.name:48}{one.ours:>7.2f} s{one.by_hand:>7.2f} s{one.ratio:>8.2f}{one.to_reach:>10.2f} {sign}")
    if chosen.json:
        figures = [asdict(one) | {"ratio": one.ratio, "is_reached": one.is_reached} for one in ratios]
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measured(folder: Path, runs: int, *, is_quick: bool) -> Iterable[Ratio]:
    """Every ratio, one after another."""
    small = subject.make(folder / "small", has_package=False)
    here = Path(__file__).parents[1]
    yield _compared(
        "invoke --list / invoke --version",
        lambda: timed([str(PROGRAMS / "invoke"), "--list"], here),
        lambda: timed([str(PROGRAMS / "invoke"), "--version"], here),
        (runs, 1.2),
    )
    plan = [*OURS, "plan", "--part", "minor"]
    yield _compared(
        "plan / the plan by hand",
        lambda: timed(plan, small.clone),
        lambda: shell(PLAN_BY_HAND, small.clone),
        (runs, 0.5),
    )
    fresh = _Fresh(folder)
    yield _compared(
        "bump to push / by hand",
        lambda: timed([*OURS, "release", "--part", "minor", "--yes"], fresh(has_package=False).clone),
        lambda: shell(PUSH_BY_HAND, fresh(has_package=False).clone),
        (runs, 1.7),
    )
    if is_quick:
        return
    old = subject.make(folder / "old", has_package=False, commits=50_000, tags=1_000)
    yield _compared(
        "plan, 50,000 commits and 1,000 tags / plan",
        lambda: timed(plan, old.clone),
        lambda: timed(plan, small.clone),
        (runs, 1.1),
    )
    yield _compared(
        "release, uploaded and verified / by hand",
        lambda: _in_a_world(folder, fresh(has_package=True), _released),
        lambda: _in_a_world(folder, fresh(has_package=True), _released_by_hand),
        (runs, 1.0),
    )
    if programs := four_channels.missing():
        print(f"not measured: four channels; missing here: {programs}", file=sys.stderr)
        return
    yield _compared(
        "four channels, published and verified / by hand",
        lambda: _in_four_channels(folder, Built.published),
        lambda: _in_four_channels(folder, Built.published_by_hand),
        (runs, 0.6),
    )


class _Fresh:
    """A project that nobody has released, each time it is called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def __call__(self, *, has_package: bool) -> Subject:
        self.count += 1
        return subject.make(self.folder / f"fresh-{self.count}", has_package=has_package)


def _compared(
    name: str, ours: Callable[[], float], by_hand: Callable[[], float], runs_and_goal: tuple[int, float]
) -> Ratio:
    """Medians of both, run in turn after one uncounted run each."""
    runs, to_reach = runs_and_goal
    print(f"measuring: {name}", file=sys.stderr, flush=True)
    pairs = [(ours(), by_hand()) for _ in range(runs + 1)][1:] if runs > 1 else [(ours(), by_hand())]
    return Ratio(
        name,
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        to_reach,
    )


def _released(clone: Path, world: World) -> float:
    """Seconds of our release."""
    overlay = clone.parent / "overlay.toml"
    overlay.write_text(f'[pypi]\nrepository = "{world.upload_url}"\nindex = "{world.index_url}"\n', encoding="utf-8")
    return timed([*OURS, "release", "--part", "minor", "--yes"], clone, _login(world) | {OVERLAY: str(overlay)})


def _released_by_hand(clone: Path, world: World) -> float:
    """Seconds of the same by hand, with isolated builds, and without looking whether it worked."""
    upload = f"twine upload --repository-url {world.upload_url} dist/*"
    return shell(f"{PUSH_BY_HAND}; python -m build; twine check dist/*; {upload}", clone, _login(world))


def _login(world: World) -> dict[str, str]:
    account = world.accounts.publisher
    return {"TWINE_USERNAME": account.user, "TWINE_PASSWORD": account.password.reveal()}


def _in_a_world(folder: Path, project: Subject, release: Callable[[Path, World], float]) -> float:
    """Seconds of a release to an index that has nothing yet."""
    with World(folder / f"world-{project.clone.parent.name}") as world:
        return release(project.clone, world)


def _in_four_channels(folder: Path, publish: Callable[[Built], float]) -> float:
    """Seconds from the seal to the end, in a world of its own each time."""
    with tempfile.TemporaryDirectory(dir=folder) as room, four_channels.built(Path(room)) as built:
        return publish(built)


if __name__ == "__main__":
    main()
