"""Where the sandbox's GitHub keeps its records: one JSON file each, so that they survive a restart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from contd_release.process import files
from contd_release.sandbox.github.records import GitHubRules, Issue, Pull, Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Shelf(Generic[R]):
    """The records of one kind, oldest first."""

    folder: Path
    kind: type[R]

    def __iter__(self) -> Iterator[R]:
        for path in sorted(self.folder.glob("*.json"), key=lambda path: int(path.stem)):
            yield self.kind(**plain(json.loads(path.read_text(encoding="utf-8"))))

    def get(self, number: int) -> R | None:
        """The record with this id."""
        return next((record for record in self if record.id == number), None)

    def put(self, record: R) -> R:
        """Keep a record, in place of the one with its id."""
        files.write(self.folder / f"{record.id}.json", json.dumps(asdict(record)))
        return record

    def remove(self, number: int) -> None:
        """Forget a record."""
        (self.folder / f"{number}.json").unlink(missing_ok=True)


@dataclass(frozen=True)
class StoredRepository:
    """One repository: its records below `folder`, its commits in the bare git repository `remote`."""

    folder: Path
    remote: Path
    name: str

    def shelf(self, kind: type[R]) -> Shelf[R]:
        """Where the records of this kind are."""
        return Shelf(self.folder / kind.__name__.lower(), kind)

    def new_id(self) -> int:
        """A number that nothing in this repository ever had."""
        path = self.folder / "last-id"
        last = int(path.read_text(encoding="ascii")) if path.exists() else 1000
        files.write(path, str(last + 1))
        return last + 1

    def new_number(self) -> int:
        """The next number that issues and pull requests share."""
        return max(self.numbers(), default=0) + 1

    def numbers(self) -> set[int]:
        """The numbers of all issues and pull requests."""
        return {one.number for one in self.shelf(Issue)} | {one.number for one in self.shelf(Pull)}

    def rules(self) -> GitHubRules:
        """The settings as they are now."""
        return self.shelf(GitHubRules).get(1) or GitHubRules(id=1)

    def blob(self, asset: int) -> Path:
        """The file that holds an asset's bytes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"asset-{asset}"


def now() -> str:
    """The second it is, as GitHub writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record as JSON has them, with tuples for lists."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
