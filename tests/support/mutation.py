"""Change one operator at a time in a copy of this repository, run the tests of its room, and write docs/mutation.md."""

from __future__ import annotations

import json
import os
import random
import shlex
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosmic_ray.work_item import MutationSpec

REASONS = Path(__file__).with_name("survivors.toml")
QUICK = "not slow and not integration"
HEAD = """# Mutation testing

`nox -s mutation` changes one operator of a module at a time, in a copy of the repository, and runs the tests of its
room. A mutant with which every test passes has survived. `[tool.mutation]` in `pyproject.toml` has the rooms, their
tests, the seed of the sample and the operators that are left out: most of their mutants end with a `TypeError`.

| room | mutants | sampled | killed | of them by timeout | survived | of them equivalent or cosmetic | killed |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""
SCOPE = """Only quick tests of the room itself run: what a slow
test or a test of another room notices counts as survived. Modules that have no row are not tried yet."""


@dataclass(frozen=True)
class Mutant:
    """One changed operator, named so that it can be made again."""

    room: str
    module: str
    operator: str
    occurrence: int


@dataclass(frozen=True)
class Outcome:
    """What the tests said about a mutant: killed, timeout or survived, and the lines before and after."""

    mutant: Mutant
    outcome: str
    old: str
    new: str


@dataclass(frozen=True)
class Settings:
    """The table `[tool.mutation]`: modules and folders with the tests that cover them."""

    seed: int
    sample: int
    patience: int
    left_out: tuple[str, ...]
    rooms: dict[str, list[str]]

    @classmethod
    def of(cls, pyproject: Path) -> Settings:
        """Read the table."""
        table = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["mutation"]
        return cls(table["seed"], table["sample"], table["patience"], tuple(table["left-out"]), table["rooms"])


def mutants(room: str, others: set[str], left_out: tuple[str, ...]) -> Iterator[Mutant]:
    """Every mutant of a room, except for the modules that another room names."""
    import re

    from cosmic_ray.commands.init import _all_work_items

    paths = [Path(room)] if room.endswith(".py") else sorted(Path(room).rglob("*.py"))
    owned = [
        path for path in paths if not any(one.startswith(f"{room}/") and path.is_relative_to(one) for one in others)
    ]
    for item in _all_work_items(owned, {}):
        one = item.mutations[0]
        if not any(re.search(pattern, one.operator_name) for pattern in left_out) and is_python(one):
            yield Mutant(room, str(one.module_path), one.operator_name, one.occurrence)


def is_python(place: MutationSpec) -> bool:
    """Whether the mutant can be compiled: a `not` before an assignment expression cannot, and no test is needed."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    if not place.operator_name.endswith("AddNot"):
        return True
    source = Path(place.module_path).read_text(encoding="utf-8")
    code = mutate_code(source, get_operator(place.operator_name)(), place.occurrence)
    try:
        compile(code, place.module_path, "exec")
    except SyntaxError:
        return False
    return True


def tried(mutant: Mutant, tests: list[str], patience: int) -> Outcome:
    """Make the mutant, run the tests of its room, and put the module back."""
    from cosmic_ray.mutating import mutate_and_test
    from cosmic_ray.work_item import MutationSpec, TestOutcome

    place = MutationSpec(
        module_path=Path(mutant.module),
        operator_name=mutant.operator,
        occurrence=mutant.occurrence,
        start_pos=(0, 0),
        end_pos=(0, 1),
    )
    result = mutate_and_test([place], command(tests), patience)
    if result.test_outcome not in {TestOutcome.KILLED, TestOutcome.SURVIVED}:
        raise RuntimeError(f"{mutant}: {result.output}")
    outcome = "timeout" if result.output == "timeout" else result.test_outcome.value
    lines = [line for line in result.diff.splitlines() if not line.startswith(("---", "+++", "@@"))]
    old = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    new = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return Outcome(mutant, outcome, old, new)


def command(tests: list[str]) -> str:
    """The tests of a room; a word `-m` among them replaces the marker."""
    words = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", QUICK, *tests)
    return shlex.join(words)


def run(settings: Settings, wanted: list[str], results: Path) -> None:
    """Try a sample of the mutants of each room; results that are there are not made again."""
    seen = {one.mutant for one in read(results)}
    for room, tests in settings.rooms.items():
        if wanted and room not in wanted:
            continue
        every = list(mutants(room, set(settings.rooms), settings.left_out))
        sample = random.Random(f"{settings.seed} {room}").sample(every, min(settings.sample, len(every)))  # noqa: S311
        compiled = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
        subprocess.run(shlex.split(command(tests)), check=True, env=compiled, stdout=sys.stderr)
        for mutant in (one for one in sample if one not in seen):
            outcome = tried(mutant, tests, settings.patience)
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome) | {"of": len(every)}) + "\n")
            sys.stderr.write(f"{outcome.outcome} {mutant.module} {mutant.operator}: {outcome.new}\n")


def read(results: Path) -> list[Outcome]:
    """The outcomes so far."""
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    tables = [json.loads(line) for line in lines]
    return [Outcome(Mutant(**one["mutant"]), one["outcome"], one["old"], one["new"]) for one in tables]


def page(outcomes: list[Outcome], counts: dict[str, int], reasons: dict[str, str], made: str) -> str:
    """The table, and the survivors with the reason why no test has to fail."""
    rows, listed, tally = "", "", Counter[str]()
    for room, every in counts.items():
        ours = [one for one in outcomes if one.mutant.room == room]
        count = Counter(one.outcome for one in ours)
        count["reason"] = sum(one.outcome == "survived" and key(one) in reasons for one in ours)
        tally.update(count)
        rows += row(f"`{room}`", every, count)
    rows += row("together", sum(counts.values()), tally)
    for one in sorted(outcomes, key=lambda one: (one.mutant.module, one.old)):
        if one.outcome == "survived":
            reason = reasons.get(key(one), "**open**: no quick test notices it.")
            listed += f"- `{one.mutant.module}`: {quoted(one.old)} became {quoted(one.new)}: {reason}\n"
    return f"{HEAD}{rows}\n{made}\n\n## Survivors\n\n{listed or 'None.'}"


def row(name: str, every: int, count: Counter[str]) -> str:
    """One line of the table; a timeout kills."""
    sampled, killed = count.total() - count["reason"], count["killed"] + count["timeout"]
    percent = f"{100 * killed / sampled:.0f} %" if sampled else ""
    numbers = (every, sampled, killed, count["timeout"], count["survived"], count["reason"], percent)
    return f"| {name} | {' | '.join(map(str, numbers))} |\n"


def quoted(line: str) -> str:
    """Source as Markdown code."""
    return f"``{line}``" if line else "a blank line"


def key(outcome: Outcome) -> str:
    """How a reason names its survivor."""
    return f"{outcome.mutant.module}: {outcome.old} -> {outcome.new}"


def main() -> int:
    """Try the mutants, or none with the word `page`, and write the page; exit with 1 if a survivor has no reason."""
    copy, results, *wanted = sys.argv[1:]
    here, kept = Path.cwd(), Path(results).resolve()
    settings = Settings.of(here / "pyproject.toml")
    os.chdir(copy)
    if wanted != ["page"]:
        run(settings, wanted, kept)
    every = {room: set(mutants(room, set(settings.rooms), settings.left_out)) for room in settings.rooms}
    commit = subprocess.run(
        ("git", "rev-parse", "--short=12", "HEAD"), capture_output=True, text=True, check=True
    ).stdout.strip()
    os.chdir(here)
    outcomes = [one for one in read(kept) if one.mutant in every.get(one.mutant.room, ())]
    counts, reasons = (
        {room: len(all_of) for room, all_of in every.items()},
        tomllib.loads(REASONS.read_text(encoding="utf-8")),
    )
    made = (
        f"Last run on {datetime.now(UTC).date().isoformat()} at commit `{commit}`, with seed {settings.seed}. {SCOPE}"
    )
    Path("docs/mutation.md").write_text(page(outcomes, counts, reasons, made), encoding="utf-8")
    return int(any(one.outcome == "survived" and key(one) not in reasons for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
