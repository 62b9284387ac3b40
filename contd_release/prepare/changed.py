"""What changed in each package since its last tag, where a repository has several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contd_release.errors import Unanswered
from contd_release.prepare import fragments, stated
from contd_release.prepare.committed import current_project
from contd_release.prepare.committed import packages as names_of
from contd_release.project.project import Project
from contd_release.project.several import chosen
from contd_release.records import journal
from contd_release.tools import git


@dataclass(frozen=True)
class Changed:
    """
    One package, and what changed in it.

    Args:
        tag: the one of its newest release that leads to the commit; empty if it has none.
        commits: those since that tag which change a file in its folder, its Dockerfile or its chart.
        under_way: the version of its release in progress; empty if there is none.
    """

    name: str
    version: str
    tag: str
    commits: int
    fragments: int
    under_way: str

    def __str__(self) -> str:
        since = f"since {self.tag}" if self.tag else "and never released"
        commits, texts = "commit" + "s" * (self.commits != 1), "fragment" + "s" * (self.fragments != 1)
        going = f"; {self.under_way} is under way" if self.under_way else ""
        return f"{self.name} {self.version}: {self.commits} {commits} {since}, {self.fragments} {texts}{going}"


def packages() -> Iterator[Changed]:
    """What changed in each package since its last tag; nothing where the repository has one package."""
    for name in names_of(git.clone(Path.cwd())):
        yield of(name)


def of(name: str) -> Changed:
    """What changed in one package since its last tag."""
    with chosen(name):
        return _changed(current_project())


def _changed(project: Project) -> Changed:
    commit, root = project.commit, project.root
    known = project.tags.versions(git.tags_before(root, commit))
    tag = known[max(known)] if known else ""
    begun = journal.of(project).under_way()
    return Changed(
        name=project.table,
        version=str(stated.at(project, commit).current),
        tag=tag,
        commits=_commits(project, f"{tag}..{commit}" if tag else commit),
        fragments=len(fragments.at(project, commit).fragments),
        under_way=begun.version if begun else "",
    )


def _commits(project: Project, reach: str) -> int:
    answer = git.git(project.root, "rev-list", "--count", reach, "--", *project.paths).ask()
    if answer.code:
        raise Unanswered(f"git rev-list ended with {answer.code}: {answer.err.strip()}", expected="a number")
    return int(answer.out)
