"""A working tree as it is, committed or not, and the files that come with us."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path

from contd_release.adopt import version_files
from contd_release.engine.step import Found, State
from contd_release.errors import ReleaseError
from contd_release.project import project
from contd_release.project.project import Project
from contd_release.project.settings import News
from contd_release.tools import git


@dataclass(frozen=True)
class Repository:
    """A working tree, as it is, committed or not."""

    clone: git.Clone

    @property
    def root(self) -> Path:
        """The root of the working tree."""
        return self.clone.root

    def text(self, path: str) -> str | None:
        """The text of a file; nothing when it is not there."""
        return version_files.reader(self.root)(path)

    def project(self) -> Project:
        """
        What the files say about the project.

        Raises:
            ReleaseError: they cannot be read.
        """
        url_of = partial(git.known_url, self.root)
        return project.read(self.root, self.clone.state, self.text, url_of)

    def news(self) -> News:
        """What towncrier is configured to do; what we would configure, where it is not or wrongly."""
        try:
            return self.project().news
        except ReleaseError:
            return News()

    def files(self) -> tuple[str, ...]:
        """Every file that git knows or would know."""
        told = git.git(self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").ask()
        return tuple(dict.fromkeys(path for path in told.out.split("\0") if path))

    def write(self, path: str, text: str) -> None:
        """Write a file that is not there yet."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        with open(self.root / path, "x", encoding="utf-8") as stream:
            stream.write(text)


def template(name: str) -> str:
    """The text of a file that comes with us."""
    return (resources.files("contd_release.adopt") / "templates" / name).read_text(encoding="utf-8")


def is_there(repository: Repository, path: str) -> Found:
    """Whether a file is there, whatever it says."""
    there = repository.text(path) is not None
    return Found(State.DONE, path) if there else Found(State.ABSENT, f"{path} is not there")
