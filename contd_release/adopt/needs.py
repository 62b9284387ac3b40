"""What a repository needs to be released with us, as a checklist that the doctor looks at: the tree, and its commit."""

from __future__ import annotations

import shlex
from functools import partial
from typing import Final

from contd_release.adopt.find import tasks
from contd_release.adopt.find.today import publishers, today
from contd_release.adopt.questions import Question
from contd_release.adopt.tree import Tree
from contd_release.engine.checklist import Checklist, Section, Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import ReleaseError
from contd_release.project import project, tables
from contd_release.project.defaults import Read
from contd_release.project.project import Project
from contd_release.tools import bumpversion, git

ADOPT: Final = "contd-release adopt"
_WORKFLOWS: Final = ".github/workflows"
NEWS_WORKFLOW: Final = f"{_WORKFLOWS}/news.yml"
PULL_REQUESTS: Final = Question(
    "pull-requests",
    "a workflow asks in pull requests for a fragment",
    "no",
    "a pull request without one fails then, unless it has the label skip-changelog",
    ("yes", "no"),
)


def settings(tree: Tree, text_of: Read) -> Project:
    """
    The project, as these texts of the tree's files describe it.

    Raises:
        ReleaseError: they cannot be read; every other need follows from them.
    """
    return project.read(tree.root, tree.clone.state, text_of, partial(git.known_url, tree.root))


def workflow(found: Project) -> str:
    """The path of the workflow that publishes; empty if this machine does."""
    if found.settings.publisher != "github-actions":
        return ""
    return f"{_WORKFLOWS}/{found.settings.github.workflow if found.settings.github else 'release.yml'}"


def checklist(tree: Tree, found: Project) -> Checklist:
    """Everything that must be in the repository; a step that fails does not stop the others."""
    steps = (
        Step("the settings say what is released, and where to", lambda: _described(found)),
        Step("invoke finds the tasks", lambda: _tasks(tree)),
        Step("the places that state the version are listed", lambda: _versions(tree, found)),
        Step("the changelog takes new sections", lambda: _changelog(tree, found)),
        Step("a release can be proved", lambda: _proof(tree, found)),
        Step("there is a remote to release to", lambda: _remote(tree, found)),
        *_workflow(tree, found),
        Step("one thing publishes what is tagged", lambda: _alone(tree, found)),
        Step("it is committed", lambda: _committed(tree, found)),
    )
    return Checklist((Section("repository", (Together(tuple((step,) for step in steps), goes_on=True),)),))


def _described(found: Project) -> Found:
    on = [name for name in ("pypi", "image", "chart", "github") if getattr(found.settings, name)]
    return Found(State.DONE, f"{found.name}, with {', '.join(on) or 'no channel'}")


def _tasks(tree: Tree) -> Found:
    path = tasks.file_of(tree)
    if tasks.has_ours(tree):
        return Found(State.DONE, path)
    return Found(State.ABSENT, f"{path} has tasks, and not ours" if path else "tasks.py is not there", ADOPT)


def _versions(tree: Tree, here: Project) -> Found:
    if (tool := here.package.tag) and not bumpversion.is_configured(tree.text, here.folder):
        return Found(State.DONE, f"none does: {tool.tool} computes it from the tag")
    found = bumpversion.configuration(tree.text, here.folder)
    if problems := found.problems(tree.text, found.current):
        return Found(State.ABSENT, "; ".join(problems), f"$EDITOR {' '.join(found.paths)}")
    return Found(State.DONE, f"{len(found.files)} places say {found.current}")


def _changelog(tree: Tree, found: Project) -> Found:
    news = found.news
    where = found.folder
    if f"{where}towncrier.toml" not in tree.known and not tree.line_of(
        f"{where}pyproject.toml", r"^\[tool\.towncrier\]"
    ):
        return Found(State.ABSENT, "nothing configures towncrier", ADOPT)
    text = tree.text(news.changelog)
    if text is None:
        return Found(State.ABSENT, f"{news.changelog} is not there", ADOPT)
    if news.marker not in text:
        missing = f"{news.changelog} has no line {news.marker.strip()!r}, below which sections go"
        return Found(State.ABSENT, missing, f"$EDITOR {news.changelog}   (put it above the newest section)")
    return Found(State.DONE, f"{news.changelog}, fragments in {news.directory}/")


def _proof(tree: Tree, found: Project) -> Found:
    proof = found.settings.proof
    needs_nox = any(line.split()[0].rpartition("/")[2] == "nox" for line in proof if line.split())
    if needs_nox and "noxfile.py" not in tree.known:
        detail = f"the proof is {'; '.join(proof)}, and noxfile.py is not there"
        return Found(
            State.ABSENT, detail, '$EDITOR pyproject.toml   ([tool.contd-release] proof = ["python -m pytest"])'
        )
    return Found(State.DONE, "; ".join(proof) or "nothing")


def _remote(tree: Tree, found: Project) -> Found:
    name = found.settings.remote
    if git.known_url(tree.root, name):
        return Found(State.DONE, name)
    return Found(State.ABSENT, f"this clone has no remote {name!r}", f"git remote add {name} URL")


def _workflow(tree: Tree, found: Project) -> tuple[Step, ...]:
    """The workflow that a tag starts, where it is what publishes."""
    if not (path := workflow(found)):
        return ()
    missing = Found(State.ABSENT, f"{path} is not there", ADOPT)
    found_there = Found(State.DONE, path) if path in tree.known else missing
    return (Step(f"{path} publishes what is tagged", lambda: found_there),)


def _alone(tree: Tree, found: Project) -> Found:
    """No other workflow publishes what the release publishes."""
    on = {name: bool(getattr(found.settings, name)) for name in ("pypi", "image", "chart", "github")}
    others = publishers.conflicts(publishers.find(tree, workflow(found)), on)
    if not others:
        return Found(State.DONE, workflow(found) or "this machine does")
    detail = "; ".join(f"{one.where} {today.does(one)}: {one.what}" for one in others)
    return Found(State.CONFLICT, detail, "; ".join(dict.fromkeys(today.advice(one) for one in others)))


def _committed(tree: Tree, found: Project) -> Found:
    """A release is made of a commit; what is only in the working tree does not count."""
    status = tree.git("status", "--porcelain", "-z", "--untracked-files=all", "--", *_counting(tree, found))
    paths = [entry[3:] for entry in status.split("\0") if len(entry) > 3]
    if not paths:
        return Found(State.DONE, tree.clone.head[:12])
    are = "is" if len(paths) == 1 else "are"
    if all(path.startswith(f"{found.news.directory}/") and "/README" not in path for path in paths):
        what = f"{len(paths)} fragment{'s' * (len(paths) != 1)} in {found.news.directory}/"
        add, message = shlex.quote(found.news.directory), "Add fragments"
    else:
        what = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        add = shlex.join(dict.fromkeys(path if "/" not in path else path.partition("/")[0] for path in paths[:20]))
        message = "Release with contd-release"
    return Found(State.ABSENT, f"{what} {are} not committed", f'git add {add}; git commit -m "{message}"')


def _counting(tree: Tree, found: Project) -> list[str]:
    """The files and folders that a release reads."""
    try:
        versions = bumpversion.configuration(tree.text, found.folder).paths
    except ReleaseError:
        versions = ()
    named = ["pyproject.toml", tables.CONFIGURATION, *tasks.FILES, "noxfile.py", "towncrier.toml", *today.FILES]
    return [*named, found.news.changelog, found.news.directory, found.news.notes, *versions]
