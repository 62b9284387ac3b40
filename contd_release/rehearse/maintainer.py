"""What a maintainer does between the commands of a scenario, in the rehearsal's clone and in its GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contd_release.errors import NotReady, Unanswered
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox import remotes
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.pulls import rules
from contd_release.sandbox.github.records import Ruleset
from contd_release.sandbox.github.store import now
from contd_release.sandbox.world import World
from contd_release.tools import git

# The ruleset of a protected main, with the check that a rehearsal makes green.
_RULES: Final = 1
_REVIEWED: Final = {
    "required_approving_review_count": 1,
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_review_thread_resolution": False,
}
_CHECKED: Final = {"strict_required_status_checks_policy": True, "required_status_checks": [{"context": "ci"}]}
_PROTECTED: Final[tuple[dict[str, object], ...]] = (
    {"type": "pull_request", "parameters": _REVIEWED},
    {"type": "required_status_checks", "parameters": _CHECKED},
)


def pull(rehearsal: Rehearsal) -> None:
    """Pull main into the clone, as a person does."""
    main = rehearsal.project.settings.main
    _git(rehearsal.clone, "pull", "--quiet", "--ff-only", "--tags", "origin", main)


def has_changed(rehearsal: Rehearsal, name: str) -> bool:
    """Whether a change is in the clone."""
    return (rehearsal.clone / _path(rehearsal, name)).exists()


def _path(rehearsal: Rehearsal, name: str) -> str:
    """The path of the file that a change adds."""
    return f"{rehearsal.project.folder}rehearsed-{name}.txt"


def change(rehearsal: Rehearsal, world: World, name: str, kind: str) -> str:
    """A commit on main with a change and its fragment, made and pushed once."""
    clone, path, title = rehearsal.clone, _path(rehearsal, name), f"Rehearse what is {name}"
    found = git.git(clone, "rev-list", f"--grep=^{title}$", "--max-count=1", "HEAD").ask().out.strip()
    if not found:
        news = rehearsal.project.news
        fragment = f"{news.directory}/+rehearsed-{name}.{news.type_for(kind)}{news.suffix}"
        for file, text in ((path, f"{name}\n"), (fragment, f"Something is {name}.\n")):
            (clone / file).parent.mkdir(parents=True, exist_ok=True)
            (clone / file).write_text(text, encoding="utf-8")
        _git(clone, "add", "--", path, fragment)
        date = f"{git.described(clone).time} +0000"
        env = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        _git(clone, "commit", "--quiet", "--no-verify", "-m", title, env=env)
        found = git.commit(clone) or ""
    _git(clone, "push", "--quiet", "origin", f"HEAD:refs/heads/{rehearsal.project.settings.main}")
    rehearsal.be_green(world, found)
    return found


def hotfix_commit(rehearsal: Rehearsal) -> str:
    """The commit of the hotfix branch, once a worktree is on it."""
    heads = {
        ref: commit for ref, commit in remotes.refs(rehearsal.remote).items() if ref.startswith("refs/heads/hotfix/")
    }
    listed = git.git(rehearsal.clone, "worktree", "list", "--porcelain").ask().out
    for block in listed.split("\n\n"):
        place = Path(block.partition("\n")[0].removeprefix("worktree "))
        for ref, commit in heads.items():
            if f"branch {ref}" in block.splitlines() and place.name.startswith(rehearsal.clone.name):
                return commit
    return ""


def _git(where: Path, *words: str, env: Mapping[str, str] | None = None) -> None:
    answer = git.git(where, *words, env=env).ask()
    if answer.code:
        raise Unanswered(f"git {words[0]} ended with {answer.code}: {' '.join(answer.err.split())}")


def require_github(rehearsal: Rehearsal) -> None:
    """
    Refuse to rehearse a protected main without GitHub.

    Raises:
        NotReady: the project has no repository there.
    """
    settings = rehearsal.project.settings
    if not (settings.github and settings.github.repository):
        raise NotReady(
            f"{rehearsal.project.name} has no GitHub repository, whose {settings.main} could be protected",
            expected="a remote on github.com, or [tool.contd-release.github] repository",
            type_next="invoke rehearse",
        )


def protect_main(rehearsal: Rehearsal, world: World) -> None:
    """Let the world's GitHub protect main: a pull request, a review, and a green check."""
    require_github(rehearsal)
    place = world.part(Forge).place(rehearsal.pointers.repository)
    ruleset = Ruleset(id=_RULES, created_at=now(), name=rehearsal.project.settings.main, rules=_PROTECTED)
    place.shelf(Ruleset).put(ruleset)
    rules.guard(place)
