"""A scenario as a folder: a repository, how it is adopted, and what its rehearsed release changes."""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from contd_release.sandbox import remotes
from tests.conftest import WHO, Place, git

FOLDER: Final = Path(__file__).parents[1] / "scenarios" / "adopt"
IS_UPDATED: Final = "UPDATE_SCENARIOS" in os.environ


@dataclass(frozen=True)
class Scenario:
    """One folder below `tests/scenarios/adopt`."""

    folder: Path

    def __str__(self) -> str:
        return self.folder.name

    @cached_property
    def toml(self) -> dict[str, Any]:
        """Its scenario.toml."""
        path = self.folder / "scenario.toml"
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    @property
    def adopting(self) -> tuple[str, ...]:
        """The words that adopt it."""
        answers = (
            word for key, value in self.toml.get("answers", {}).items() for word in ("--answer", f"{key}={value}")
        )
        return ("adopt", "--yes", *answers)

    def begun(self, directory: Path) -> Place:
        """The repository as a clone whose remote has all of its history."""
        remote = remotes.make(directory / "git", "origin")
        clone = directory / str(self)
        clone.mkdir(parents=True)
        (directory / "home").mkdir()
        place = Place(directory, clone, remote, _installing())
        place.git("init", "--quiet", f"--initial-branch={self.toml.get('branch', 'main')}")
        for key, value in (("user.name", "Ada"), ("user.email", "ada@example.com"), ("core.autocrlf", "false")):
            place.git("config", key, value)
        history = self.folder / "history"
        for number, earlier in enumerate(sorted(history.iterdir()) if history.exists() else ()):
            shutil.copytree(earlier, clone, dirs_exist_ok=True, symlinks=True, copy_function=shutil.copy)
            tag = unquote(earlier.name)
            self._commit(place, tag, -1000 + number, (tag,))
        shutil.copytree(self.folder / "in", clone, dirs_exist_ok=True, symlinks=True, copy_function=shutil.copy)
        self._commit(place, "Go on", 0, tuple(self.toml.get("tags", ())))
        place.git("push", "--quiet", "--tags", str(remote), "HEAD")
        place.git("remote", "add", "origin", self.toml.get("origin", str(remote)))
        branch = self.toml.get("branch", "main")
        place.git("update-ref", f"refs/remotes/origin/{branch}", "HEAD")
        place.git("symbolic-ref", "refs/remotes/origin/HEAD", f"refs/remotes/origin/{branch}")
        return place

    @staticmethod
    def _commit(place: Place, message: str, offset: int, tags: tuple[str, ...]) -> None:
        at = int(WHO["GIT_COMMITTER_DATE"].split()[0]) + offset
        place.git("add", "--all", "--force")
        place.git(
            "-c", "core.hooksPath=/dev/null", "commit", "--quiet", "--allow-empty", "-m", message, "--date", str(at)
        )
        for tag in tags:
            place.git("tag", tag)

    def compare(self, name: str, text: str) -> None:
        """See that a file of the scenario has this text; with `UPDATE_SCENARIOS`, write it."""
        path = self.folder / name
        if IS_UPDATED:
            path.write_text(text, encoding="utf-8", newline="")
        assert path.read_bytes().decode() == text


def _installing() -> dict[str, str]:
    """What this machine needs to install a build tool, from wherever it has them."""
    words = ("PIP_", "UV_", "SSL_", "REQUESTS_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    found = {name: value for name, value in os.environ.items() if name.upper().startswith(words)}
    return {"UV_CACHE_DIR": str(Path.home() / ".cache" / "uv")} | found


def scenarios() -> list[Scenario]:
    """Every scenario."""
    return [Scenario(path) for path in sorted(FOLDER.iterdir()) if (path / "in").is_dir()]


def shown(place: Place, older: str, newer: str, where: Path | None = None) -> str:
    """The difference between two commits, without what is different each time."""
    words = ("diff", "--no-color", "--no-ext-diff", "--no-renames", "--full-index", older, newer)
    lines = git(where or place.clone, *words).splitlines()
    return "".join(f"{line}\n" for line in lines if not line.startswith("index "))
