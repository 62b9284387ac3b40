"""What the changelog would say, and the migration guide that a breaking release owes."""

from __future__ import annotations

import re
from pathlib import Path

from contd_release.console import reporting
from contd_release.errors import Conflict, NotReady, Unanswered
from contd_release.prepare import fragments, stated
from contd_release.prepare.committed import current_project
from contd_release.prepare.docs import guide
from contd_release.prepare.fragments import Fragments
from contd_release.prepare.part import evidence
from contd_release.procedures.options import Words
from contd_release.procedures.selection import planned
from contd_release.process.command import Command
from contd_release.project.defaults import Read
from contd_release.project.news import meaning_of
from contd_release.project.project import Project
from contd_release.project.version import next_version
from contd_release.tools import git, towncrier


def draft(version: str) -> None:
    """
    Print what towncrier would write from the fragments in the working tree.

    Raises:
        NotReady: a fragment is not well named, which towncrier would drop without a word.
        Unanswered: towncrier failed.
    """
    project = current_project()
    found = _in_working_tree(project)
    if found.problems:
        raise NotReady(
            "\n".join(map(str, found.problems)),
            expected="well-named fragments",
            type_next=f"{found.problems[0].remedy}   (mv where git does not know the file)",
        )
    reporting(as_json=False).says(rendered(project, found, version))


def rendered(project: Project, found: Fragments, version: str = "") -> str:
    """
    The section that the changelog would get from the fragments in the working tree.

    Raises:
        Unanswered: towncrier failed.
    """
    current = stated.read(project, project.commit, _reader(project.root)).current
    wanted = version or str(next_version(current, found.least_part(current)) if not current.pre else current)
    command = towncrier.draft(project.root / project.folder, wanted, "unreleased", Path("unused"))
    answer = Command(command.argv, cwd=command.cwd, timeout=command.timeout).ask()
    if answer.code:
        raise Unanswered(f"towncrier ended with {answer.code}: {answer.err.strip()}", expected="the draft")
    return answer.out.strip()


def write_guide() -> None:
    """
    Write the template of the migration guide that the next breaking release owes into the working tree.

    Raises:
        NotReady: nothing is breaking.
        Conflict: there is a guide already; it is not overwritten.
    """
    project = current_project()
    found = _in_working_tree(project)
    if not found.is_breaking:
        raise NotReady(
            f"{project.news.directory}/ has no breaking fragment",
            expected="something to migrate from",
            type_next='invoke news "…" --type breaking',
        )
    current = stated.read(project, project.commit, _reader(project.root)).current
    release = planned(project, Words(part=found.least_part(current)), git.branch(project.root))
    path = project.root / guide.path_of(release)
    folder = project.root / project.news.directory
    breaking = [_first_line(folder / one.name) for one in found.fragments if meaning_of(one.type) == "breaking"]
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", encoding="utf-8") as stream:
            stream.write(guide.draft(release, breaking, evidence.of(release).compared))
    except FileExistsError as error:
        raise Conflict(f"{path} is there already", expected="a free name", type_next=f"$EDITOR {path}") from error
    reporting(as_json=False).says(f"{path} is written; fill it in, remove its first line, and commit it")


def _in_working_tree(project: Project) -> Fragments:
    folder = project.root / project.news.directory
    paths = [] if folder.is_symlink() or not folder.is_dir() else sorted(folder.iterdir())
    names = {path: f"{project.news.directory}/{path.name}" for path in paths}
    return fragments.read(list(names.values()), project.news, {names[path] for path in paths if path.is_symlink()})


def _reader(root: Path) -> Read:
    return lambda path: (root / path).read_text(encoding="utf-8") if (root / path).is_file() else None


def _first_line(path: Path) -> str:
    text = path.read_text(encoding="utf-8").strip()
    return re.split(r"(?<=[.!?])\s|\n", text, maxsplit=1)[0].rstrip(".")
