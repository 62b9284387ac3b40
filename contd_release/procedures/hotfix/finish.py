"""The release of a hotfix, as the next patch."""

from __future__ import annotations

from dataclasses import replace

from contd_release.errors import Usage
from contd_release.prepare.committed import current_project
from contd_release.procedures.hotfix import hotfix
from contd_release.procedures.options import Words
from contd_release.procedures.release import walk
from contd_release.project.project import Project
from contd_release.records import journal
from contd_release.tools import git


def finish_hotfix(words: Words, *, as_json: bool, yes: bool) -> None:
    """
    Release the hotfix that is named, checked out, or the only one there is.

    Raises:
        Usage: it is not clear which.
    """
    project = current_project()
    if not words.hotfix and journal.of(project).under_way() is None:
        words = replace(words, hotfix=_only(project))
    walk(words, as_json=as_json, yes=yes)


def _only(project: Project) -> str:
    if here := hotfix.version_of(project, git.branch(project.root) or ""):
        return str(here)
    versions = hotfix.unreleased(project)
    if len(versions) == 1:
        return str(versions[0])
    raise Usage(
        f"there are {len(versions)} hotfixes that are not released" if versions else "no hotfix is under way",
        expected=f"one of {', '.join(map(str, versions))}" if versions else "a hotfix branch",
        type_next=f"invoke hotfix.finish --version {versions[0]}" if versions else "invoke hotfix.start --of 1.2.0",
    )
