"""
The way of the release commit to the branch that it starts from: pushed, or by a pull request where that is protected.

GitHub is asked about both, and about the tag, before anything is done.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from contd_release.engine import ask_once
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Unanswered, Usage
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Github
from contd_release.tools import git
from contd_release.tools.github import api, protection
from contd_release.tools.github.protection import Rule


@dataclass(frozen=True)
class Needs:
    """
    What a pull request needs.

    Args:
        approvals: how many people have to approve it before it is merged.
        ours: how many the settings ask for; as many before the release goes on.
        checks: the checks that have to pass.
    """

    approvals: int
    ours: int
    checks: tuple[str, ...]


def is_by_pull(project: Project, branch: str) -> bool:
    """
    Whether a release that begins now brings its commit to this branch by a pull request.

    Where GitHub does not answer, the check before the release says so, and nothing is begun.

    Raises:
        Usage: the settings ask for approvals, and for no pull request.
    """
    settings = _settings(project)
    if settings is None:
        return False
    if settings.approvals and settings.pull_request == "never":
        raise Usage(
            f'approvals is {settings.approvals}, and pull-request is "never": people approve pull requests only',
            expected='pull-request = "auto" or "always", or no approvals, in [tool.contd-release.github]',
            type_next="$EDITOR pyproject.toml",
        )
    if settings.pull_request != "auto" or settings.approvals:
        return settings.pull_request != "never"
    with suppress(Unanswered):
        return any(rule.refuses_push for rule in rules(project, branch))
    return False


def known(release: Release) -> Step:
    """GitHub lets the release commit onto its branch in the way that the release goes, and takes the tag."""
    by_pull = " by a pull request" if release.by_pull else ""

    def observe() -> Found:
        project = release.project
        if api.connected(project).token is None:
            return Found(State.DONE, "not asked: there is no token for GitHub")
        there = git.remote(project.root, project.settings.remote)
        if there.tag(release.tag):
            return Found(State.DONE, f"{release.tag} is out")
        return _refusal(release, there) or _way(release)

    return Step(f"GitHub takes the release commit{by_pull}, and {release.tag}", observe)


def rules(project: Project, branch: str) -> tuple[Rule, ...]:
    """What protects a branch; none without a token, with which alone it is asked."""
    repository = api.connected(project)
    if repository.token is None:
        return ()
    return ask_once.once(("rules", repository.name, branch), partial(protection.of_branch, repository, branch))


def needs(release: Release) -> Needs:
    """What the pull request of the release needs to be merged."""
    settings = _settings(release.project)
    return needs_of(release.project, release.start, settings.approvals if settings else 0)


def needs_of(project: Project, branch: str, ours: int = 0) -> Needs:
    """What a pull request to a branch needs to be merged, and how many approvals we ask for besides."""
    binding = [one for one in rules(project, branch) if not one.is_bypassed]
    checks = tuple(dict.fromkeys(check for rule in binding for check in rule.checks))
    return Needs(max([ours, *(one.approvals for one in binding)]), ours, checks)


def _way(release: Release) -> Found:
    """How the release commit goes to its branch, and why."""
    found, start, settings = rules(release.project, release.start), release.start, _settings(release.project)
    refusing = [one for one in found if one.refuses_push]
    words = "; ".join(map(str, found)) or "nothing protects it"
    if release.by_pull:
        asked = f"; approvals = {settings.approvals}" if settings and settings.approvals else ""
        return Found(State.DONE, f"by a pull request to {start}: {words}{asked}")
    if not refusing or release.has_branch or (settings and settings.pull_request == "never"):
        return Found(State.DONE, f"pushed to {release.branch}; {start}: {words}")
    return Found(
        State.CONFLICT,
        f"{start} is protected since this release began: {words}",
        "invoke abort   (then begin again: it goes by a pull request)",
        expected=f"a {start} that takes a push, as when the release began",
    )


def _refusal(release: Release, there: git.Remote) -> Found | None:
    """Why GitHub would refuse the tag, or a branch that the release makes."""
    repository = api.connected(release.project)
    refusing = protection.refusing_tag(protection.of_tag(repository, release.tag), release.tag)
    names = [release.request] if release.by_pull else []
    names += [release.branch] if release.has_branch else []
    refused = {release.tag: refusing} if refusing else {}
    for name in names:
        found = tuple(one for one in rules(release.project, name) if one.kind == "creation" and not one.is_bypassed)
        refused |= {name: found} if found and there.branch(name) is None else {}
    if not refused:
        return None
    words = "; ".join(f"{name}: {', '.join(map(str, found))}" for name, found in refused.items())
    return Found(
        State.ABSENT,
        f"GitHub would refuse to make {words}",
        f"open {repository.web}/rules   (a bypass for who releases, or another pattern)",
        expected=f"rules that let our token make {', '.join(refused)}",
    )


def _settings(project: Project) -> Github | None:
    settings = project.settings.github
    return settings if settings and settings.repository else None
