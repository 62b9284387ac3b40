"""Whether a pull request says what users will notice: `contd-release news --check`, as a workflow runs it."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

from contd_release.console import reporting
from contd_release.errors import NotReady, ReleaseError, raise_all
from contd_release.prepare import fragments
from contd_release.prepare.committed import current_project
from contd_release.prepare.fragments import Fragments, nearest_type
from contd_release.procedures.sections import changelog
from contd_release.process.hints import typed
from contd_release.project.project import Project
from contd_release.project.rules import REF, has_control
from contd_release.tools import git

_SUMMARY = "GITHUB_STEP_SUMMARY"
_EVENT = "GITHUB_EVENT_PATH"


def check(since: str, *, is_optional: bool) -> None:
    """
    Check the fragments of the commit that is checked out, and show the section that the changelog will get.

    Args:
        since: the branch that the pull request goes into, such as `origin/main`.
        is_optional: whether the branch may add none, as one that users do not notice.

    Raises:
        NotReady: the branch adds no fragment, or one is misnamed or empty; each says what to type.
    """
    project = current_project()
    base = _base(project, since or f"{project.settings.remote}/{project.settings.main}")
    found = fragments.at(project, "HEAD")
    added = _added(project, base)
    problems: list[ReleaseError] = [
        NotReady(str(one), expected="a well-named fragment", type_next=one.remedy) for one in found.problems
    ]
    problems += _empty(project, found)
    if not (added or is_optional or problems):
        problems = [_missing(project)]
    if problems:
        _summarize("\n".join(f"- {_code(one.what_is)}\n\n  ```sh\n  {typed(one.type_next)}\n  ```" for one in problems))
        raise_all(problems)
    report = reporting(as_json=False)
    names = ", ".join(added) or "no fragment, and none is needed"
    report.says(f"this branch adds {names}")
    section = changelog.rendered(project, found)
    report.says(f"\n{section}")
    _summarize(f"This branch adds {', '.join(map(_code, added)) or names}. The changelog will say:\n\n{section}")


def _base(project: Project, since: str) -> str:
    """
    The commit that the branch begins at.

    Raises:
        NotReady: the other branch is not in this clone, or has nothing in common with this one.
    """
    is_ref = REF.holds(since)
    base = git.merge_base(project.root, since, "HEAD") if is_ref and git.commit(project.root, since) else None
    if base is None:
        remote = project.settings.remote
        name = since.removeprefix(f"{remote}/") if is_ref else project.settings.main
        raise NotReady(
            f"{since!r} is not in this clone, or has no commit in common with HEAD",
            expected="the branch that the pull request goes into, with its history",
            type_next=f"git fetch {remote} {name}:refs/remotes/{remote}/{name}",
        )
    return base


def _added(project: Project, base: str) -> list[str]:
    """The names of the fragments that the branch adds or changes."""
    there = {one.name for one in fragments.at(project, "HEAD").fragments}
    changed = git.changed(project.root, base, "HEAD", f"{project.news.directory}/")
    return [name for name in (Path(path).name for path in changed) if name in there]


def _empty(project: Project, found: Fragments) -> list[NotReady]:
    paths = [f"{project.news.directory}/{one.name}" for one in found.fragments]
    return [
        NotReady(f"{path} is empty", expected="what changed, for users", type_next=f"$EDITOR {shlex.quote(path)}")
        for path in paths
        if not (git.text(project.root, "HEAD", path) or "").strip()
    ]


def _missing(project: Project) -> NotReady:
    """What to type for the pull request that the workflow is about."""
    title, number = _pull_request()
    kind = nearest_type(("bugfix",), project.news)
    issue = f" --issue {number}" if number else ""
    return NotReady(
        f"this branch adds no fragment to {project.news.directory}/",
        expected="one file that says what users will notice; or the label skip-changelog, where they notice nothing",
        type_next=f"invoke news {shlex.quote(title or '…')} --type {kind}{issue}",
    )


def _pull_request() -> tuple[str, int]:
    """The title and the number of the pull request, as GitHub gives its event to a workflow; else nothing."""
    try:
        event = json.loads(Path(os.environ.get(_EVENT, "")).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "", 0
    pull = event.get("pull_request") if isinstance(event, dict) else None
    title, number = (pull.get("title"), pull.get("number")) if isinstance(pull, dict) else (None, None)
    words = " ".join(title.split()) if isinstance(title, str) and not has_control(title) else ""
    return words[:200], number if isinstance(number, int) else 0


def _summarize(text: str) -> None:
    """Add a text to the summary of the job, where a workflow has one."""
    if path := os.environ.get(_SUMMARY):
        with open(path, "a", encoding="utf-8") as stream:
            stream.write(f"{text}\n")


def _code(text: str) -> str:
    """The text as code in Markdown, whatever it holds."""
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    return f"{ticks}{text}{ticks}" if "`" not in text else f"{ticks} {text} {ticks}"
