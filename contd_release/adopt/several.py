"""
Several packages of one repository, adopted together: each as if its folder were a repository, and a table for each.

What the tools of a package need is written into its folder; the tasks and the tables are written at the root. A
Dockerfile or a chart outside of every package is of the one whose name it has, or whose files alone it copies.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from contd_release.adopt import adoption, belonging, check, settings
from contd_release.adopt.draft import Draft
from contd_release.adopt.find import package, tasks, workflows
from contd_release.adopt.find.proof import proof
from contd_release.adopt.finding import Finding
from contd_release.adopt.found import Found
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.tree import Tree
from contd_release.adopt.write import settings as write_settings
from contd_release.adopt.write import tasks as write_tasks
from contd_release.adopt.write.settings import Table, Value
from contd_release.project.defaults import github_repository
from contd_release.project.latest import is_nameless, leading
from contd_release.project.several import chosen, tags_of
from contd_release.project.tag_format import TagFormat
from contd_release.tools import git

ALL: Final = "all"
_DEFAULT_MAIN: Final = "main"
# The tables whose paths begin at the root.
_PLACES: Final = ("image", "chart")


@dataclass(frozen=True)
class Member:
    """
    One of the packages: its folder, with a slash at its end, and what was found in it.

    Args:
        settings: those of its table, as if the folder were a repository.
    """

    folder: str
    tree: Tree
    found: Found
    settings: Table

    @property
    def name(self) -> str:
        """The name of its table."""
        assert self.found.package is not None
        return self.found.package.name

    @property
    def table(self) -> Table:
        """What its table says, besides its proof."""
        form = self.found.tags.format
        # A format without a name would be that of every package.
        is_own = not is_nameless(TagFormat(form)) and form != tags_of(self.name, {})
        shared = ("main", "tag-format", "package", "publisher", "proof", "proof-extras", "proof-groups", *_PLACES)
        own = {key: value for key, value in self.settings.items() if key not in shared}
        return {"folder": self.folder.rstrip("/"), **({"tag-format": form} if is_own else {}), **own, **self.channels}

    @property
    def channels(self) -> Table:
        """The tables of its image and its chart, whose paths begin at the root of the repository."""
        image, chart = self.found.image, self.found.chart
        if image:
            image = replace(image, dockerfile=self.path(image.dockerfile), context=self.path(image.context))
            image = replace(image, is_by_remote=False)
        chart = chart and replace(chart, folder=self.path(chart.folder))
        return settings.channels(replace(self.found, image=image, chart=chart))

    @property
    def proof(self) -> dict[str, str | tuple[str, ...]]:
        """The settings of its own proof, which runs at the root: the tests in its folder, or its import."""
        own, tests = self.found.proof, "python -m pytest"
        lines = tuple(f"{tests} {self.folder.rstrip('/')}" if one == tests else one for one in own.lines)
        lines = tuple(one for one in lines if one.startswith((tests, "python -c")))
        lists = {"proof": lines, "proof-extras": own.extras, "proof-groups": own.groups}
        return {key: value for key, value in lists.items() if value}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What people read of it; paths begin at the root of the repository."""
        tags = Finding(f"the tags of {self.name} are {self.table.get('tag-format', tags_of(self.name, {}))}")
        parts = (self.found.package, self.found.current, self.found.image, self.found.chart)
        listed = [one for part in parts if part for one in part.findings]
        stated = [Finding(f"{one.says} is the version", one.where, one.reason) for one in self.found.places.followed]
        return (*(replace(one, where=self.where(one.where)) for one in (*listed, *stated)), tags)

    def where(self, place: str) -> str:
        """A place in its folder as it is called from the root; what is no file stays."""
        path, colon, line = place.partition(":")
        is_here = path and (self.tree.root / path).exists()
        return f"{self.path(path)}{colon}{line}" if is_here else place

    def path(self, path: str) -> str:
        """A path that begins in its folder as it is from the root."""
        return posixpath.normpath(f"{self.folder}{path}")


def is_wanted(answers: Answers) -> bool:
    """Whether a person said that all packages are released."""
    return answers.given.get("package") == ALL


def look(tree: Tree, answers: Answers) -> tuple[Member, ...]:
    """
    Look into the folder of each package.

    Raises:
        ReleaseError: a folder lacks something that every release needs.
    """
    names = package.members(tree)
    choices = (*([ALL] if len(names) > 1 else []), *(one.rstrip("/") for one in names))
    answers.of(Question("package", "the folder of the package", "", choices=choices))
    return tuple(_member(tree, folder, names, answers) for folder in names)


def draft(tree: Tree, members: tuple[Member, ...], answers: Answers) -> Draft:
    """The files as adoption would write them."""
    made = Draft(tree)
    for one in members:
        own = Draft(one.tree)
        adoption.write_package(own, one.found, answers.of_package(one.name))
        for change in own.changes():
            made.take_over(one.path(change.path), own.text(change.path))
    repository = github_repository(git.known_url(tree.root, "origin") or "")
    proved = proof.find(tree, None, workflows.steps(tree, repository), answers)
    is_shared = proved.is_default or any(one.startswith(("nox", "tox", "python -m tox")) for one in proved.lines)
    shared: dict[str, Value | Table] = dict(settings.proof_of(proved)) if is_shared else {}
    if (main := members[0].found.tags.main) != _DEFAULT_MAIN:
        shared["main"] = main
    latest = _latest(members, answers) if repository else ""
    tables: Table = {
        one.name: {
            **one.table,
            **({"latest": True} if one.name == latest else {}),
            **({} if is_shared else one.proof),
        }
        for one in members
    }
    write_settings.write(made, {**shared, "packages": tables})
    write_tasks.write(made, tasks.find(tree, answers))
    return made


def _latest(members: tuple[Member, ...], answers: Answers) -> str:
    """The package with `latest = true`; empty if it is the one whose releases are the latest without that."""
    names = tuple(one.name for one in members)
    by_itself = leading({one.name: dict(one.table) for one in members}).name
    question = Question(
        "latest", "the releases of which package are the latest on GitHub", by_itself, "the first one", names
    )
    answer = answers.of(question)
    return "" if answer == by_itself else answer


def tried(made: Draft, members: tuple[Member, ...]) -> None:
    """
    Try what adoption would write, for each package.

    Raises:
        NotReady: something does not work; nothing was written.
    """
    for one in members:
        with chosen(one.name):
            check.tried(made)


def findings(tree: Tree, members: tuple[Member, ...]) -> Iterator[Finding]:
    """Every finding, one package after the other, and what belongs to none of them plainly."""
    for one in members:
        yield from one.findings
    for path in belonging.unclear(tree, {one.folder: one.name for one in members}):
        what = "chart" if path.endswith("Chart.yaml") else "image"
        reason = f"nothing says whose it is: write [tool.contd-release.packages.NAME.{what}] for the one that it is of"
        yield Finding(f"the {what} is left out", path, reason)


def _member(tree: Tree, folder: str, names: Mapping[str, str], answers: Answers) -> Member:
    ours = belonging.files(tree, folder, names)
    others = tuple(one for at, one in names.items() if at != folder)
    clone = replace(tree.clone, root=tree.root / folder)
    below = Tree(clone, ours, others, folder=folder.rstrip("/"))
    own = answers.of_package(names[folder])
    steps = workflows.steps(tree, github_repository(git.known_url(tree.root, "origin") or ""))
    found = adoption.look(below, own, steps)
    return Member(folder, below, found, settings.of(found, own))
