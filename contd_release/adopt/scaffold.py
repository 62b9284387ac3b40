"""
What a repository needs to release with us, as a checklist: looked at by `doctor`, written by `adopt`.

A file that is there is never overwritten: where it lacks something, a person is told what.
"""

from __future__ import annotations

from typing import Final

from contd_release.adopt import changelog, version_files
from contd_release.adopt.repository import Repository, is_there, template
from contd_release.engine.checklist import Checklist, Section, Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import ReleaseError
from contd_release.process.action import Call
from contd_release.project.project import Project
from contd_release.tools import bumpversion, git

WORKFLOW: Final = ".github/workflows"


def checklist(repository: Repository) -> Checklist:
    """Everything that must be in the repository. One thing that only a person can settle keeps nothing else from it."""
    alone = (
        described(repository),
        tasks_there(repository),
        versions_listed(repository),
        proof_there(repository),
        remote_there(repository),
        *_workflow(repository),
    )
    branches = (*((step,) for step in alone), changelog.steps(repository))
    return Checklist((Section("adopt", (Together(branches, goes_on=True),)),))


def described(repository: Repository) -> Step:
    """pyproject.toml names the project, and the settings in it can be read."""

    def observe() -> Found:
        if repository.text("pyproject.toml") is None:
            return Found(
                State.ABSENT, "pyproject.toml is not there", "$EDITOR pyproject.toml   ([project] name, version)"
            )
        found = repository.project()
        return Found(State.DONE, f"{found.name}, with {', '.join(_channels(found)) or 'no channel'}")

    return Step("pyproject.toml says what is released, and where to", observe)


def tasks_there(repository: Repository) -> Step:
    """`invoke` finds the tasks."""

    def observe() -> Found:
        text = repository.text("tasks.py")
        if text is None:
            return Found(State.ABSENT, "tasks.py is not there")
        if "contd_release.tasks" in text:
            return Found(State.DONE, "tasks.py")
        return Found(
            State.CONFLICT,
            "tasks.py has tasks, and not ours",
            "$EDITOR tasks.py   (from contd_release.tasks import namespace; namespace.add_task(…) for your own)",
        )

    return Step("invoke finds the tasks", observe, act=(_writing(repository, "tasks.py", "tasks.txt"),))


def versions_listed(repository: Repository) -> Step:
    """bump-my-version knows every place that states the version, and they agree."""

    def observe() -> Found:
        if repository.text(".bumpversion.toml") is None and "[tool.bumpversion" not in (
            repository.text("pyproject.toml") or ""
        ):
            return Found(State.ABSENT, ".bumpversion.toml is not there")
        found = bumpversion.configuration(repository.text)
        if problems := found.problems(repository.text, found.current):
            return Found(State.CONFLICT, "; ".join(problems), f"$EDITOR {' '.join(found.paths)}")
        if not found.files:
            return Found(State.CONFLICT, f"{found.path} lists no files", f"$EDITOR {found.path}")
        return Found(State.DONE, f"{len(found.files)} places say {found.current}")

    def write() -> None:
        package, files = repository.project().file_name, repository.files()
        version = version_files.current(repository.text, files, package)
        found = version_files.places(repository.text, files, package, version)
        repository.write(".bumpversion.toml", version_files.configuration(template("bumpversion.toml"), version, found))

    return Step("the version files are listed", observe, act=(Call("write .bumpversion.toml", write),))


def proof_there(repository: Repository) -> Step:
    """What proves a release can be run."""

    def observe() -> Found:
        proof = repository.project().settings.proof
        needs_nox = any(line.split()[0].rpartition("/")[2] == "nox" for line in proof if line.split())
        if needs_nox and repository.text("noxfile.py") is None:
            return Found(
                State.ABSENT,
                f"the proof is {'; '.join(proof)}, and noxfile.py is not there",
                '$EDITOR noxfile.py   (or [tool.contd-release] proof = ["python -m pytest"])',
            )
        return Found(State.DONE, "; ".join(proof) or "nothing")

    return Step("a release can be proved", observe)


def remote_there(repository: Repository) -> Step:
    """There is somewhere to push to."""

    def observe() -> Found:
        name = repository.project().settings.remote
        if git.known_url(repository.root, name):
            return Found(State.DONE, name)
        return Found(State.ABSENT, f"this clone has no remote {name!r}", f"git remote add {name} URL")

    return Step("there is a remote to release to", observe)


def workflow_there(repository: Repository, name: str) -> Step:
    """The workflow that a tag starts is there, where it is what publishes."""
    path = f"{WORKFLOW}/{name}"
    return Step(
        f"{path} publishes what is tagged",
        lambda: is_there(repository, path),
        act=(_writing(repository, path, "release.yml"),),
    )


def _workflow(repository: Repository) -> tuple[Step, ...]:
    try:
        settings = repository.project().settings
    except ReleaseError:
        return ()
    if settings.publisher != "github-actions":
        return ()
    return (workflow_there(repository, settings.github.workflow if settings.github else "release.yml"),)


def _channels(found: Project) -> list[str]:
    return [name for name in ("pypi", "image", "chart", "github") if getattr(found.settings, name)]


def _writing(repository: Repository, path: str, ours: str) -> Call:
    return Call(f"write {path}", lambda: repository.write(path, template(ours)))
