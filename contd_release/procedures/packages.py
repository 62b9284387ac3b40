"""The packages of a repository that has several: what changed in each since its last tag, and those a call is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contd_release.console import reporting
from contd_release.errors import Unanswered
from contd_release.prepare import fragments, stated
from contd_release.prepare.committed import current_project, packages
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
        commits: those since that tag which change a file in its folder.
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


def changed() -> Iterator[Changed]:
    """What changed in each package since its last tag; nothing where the repository has one package."""
    for name in packages(git.clone(Path.cwd())):
        with chosen(name):
            yield _changed(current_project())


def show(*, as_json: bool) -> bool:
    """
    Print what changed in each package, if the repository has several and the call is about none of them.

    Returns:
        Whether it was printed.
    """
    found = tuple(changed())
    report = reporting(as_json=as_json)
    for one in found:
        report.fact("package", str(one), **vars(one))
    waiting = next((one for one in found if one.under_way), None)
    if waiting:
        report.says(f"type: invoke release --package {waiting.name}")
    elif ready := [one for one in found if one.fragments]:
        report.says(f"type: invoke release --package {ready[0].name} --part auto")
    return bool(found)


def wanted(option: str, *, begins: bool) -> tuple[str, ...]:
    """
    The packages that `--package` names: one, several with commas between them, or `all`.

    Args:
        begins: whether a release of them is to begin; several are then those that have fragments, or one in progress.
    """
    if option != "all" and "," not in option:
        return (option,)
    names = packages(git.clone(Path.cwd())) if option == "all" else tuple(one.strip() for one in option.split(","))
    if not begins:
        return names
    report, found = reporting(as_json=False), []
    for name in names:
        with chosen(name):
            one = _changed(current_project())
        if one.fragments or one.under_way:
            found.append(name)
        else:
            report.says(f"{one}: left out")
    return tuple(found)


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
    answer = git.git(project.root, "rev-list", "--count", reach, "--", project.folder).ask()
    if answer.code:
        raise Unanswered(f"git rev-list ended with {answer.code}: {answer.err.strip()}", expected="a number")
    return int(answer.out)
