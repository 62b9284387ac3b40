"""Where the project is imported from while it is proved: the released tree, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from contd_release.errors import FailedProof
from contd_release.prepare.proof.sessions import Session
from contd_release.process.command import Command
from contd_release.process.system import venv
from contd_release.project.release import Release
from contd_release.tools.python import installed

_ENVIRONMENT: Final = re.compile(r"\b(Creating|Reusing existing) (virtual environment|\w+ env)\b")


def require_import(release: Release, environment: Path) -> None:
    """
    Import the project as the commands of the proof will, from the release's worktree.

    Raises:
        FailedProof: it cannot be imported, or is imported from elsewhere.
    """
    name, tree = release.project.name, release.tree
    program = (str(venv.python(environment)), *_program())
    # A package in the working directory hides the installed one; what was not built there may be missing in it.
    answers = [Command((*program, *here, name), cwd=tree, timeout=300).ask() for here in (("--here",), ())]
    found = next((one for one in answers if not one.code), None)
    if found is None:
        tail = "\n".join(answers[-1].err.strip().splitlines()[-6:])
        raise FailedProof(
            f"{name} is installed for the proof and cannot be imported:\n{tail}",
            expected=f"all that {name} requires in {sys.prefix}, or proof-extras or proof-groups in the settings",
            type_next="python -m pip install --editable .   (in the environment that runs this)",
        )
    allowed = (environment, tree)
    modules = installed.read(found.out).modules
    if strange := {module: file for module, file in modules.items() if not _is_below(file, allowed)}:
        module, file = next(iter(strange.items()))
        raise _elsewhere(release, f"{module} is imported from {file}", "$EDITOR pyproject.toml")


def require_program(release: Release, session: Session, environment: Path) -> None:
    """
    Refuse a program that another Python runs, where that one has the project from elsewhere.

    Raises:
        FailedProof: it would prove what is not released.
    """
    path = os.pathsep.join((str(venv.programs(environment)), os.environ.get("PATH", os.defpath)))
    program = shutil.which(session.argv[0], path=path)
    python = _python_of(Path(program)) if program else None
    if python is None or _is_below(str(python), (environment,)):
        return
    if reason := strange(release, python, python.parent.parent):
        advice = f"python -m pip install {session.argv[0]}   (in the environment that runs this)"
        raise _elsewhere(release, f"{program} runs with {python}, where {reason}", advice)


def require_environments(release: Release, session: Session, log: Path) -> None:
    """
    Look into the environments that a command has made, after it passed.

    Args:
        log: what the command printed.

    Raises:
        FailedProof: one of them has the project from elsewhere.
    """
    for environment in environments(release, session):
        if reason := strange(release, venv.python(environment), environment):
            raise _elsewhere(release, f"{session.name} passed in {environment}, where {reason}", _advice(session))
    # nox says so when it makes an environment or uses one again; a session without one ran in the one around it.
    said = log.read_text(encoding="utf-8", errors="replace")
    is_outside = session.environments and not _ENVIRONMENT.search(said)
    if is_outside and (reason := strange(release, Path(sys.executable), Path(sys.prefix))):
        what = f"{session.name} passed without an environment of its own; in {sys.prefix} {reason}"
        raise _elsewhere(release, what, _advice(session))


def environments(release: Release, session: Session) -> Iterator[Path]:
    """The environments that nox has for this project, and those that a command has made in the worktree."""
    found = [*release.tree.glob(".nox/*"), *release.tree.glob(".tox/*"), release.tree / ".venv"]
    found += sorted(session.environments.glob("*")) if session.environments else []
    yield from (one for one in found if venv.python(one).exists())


def strange(release: Release, python: Path, environment: Path) -> str:
    """Why what an environment has of the project is not the released tree; empty if it is, or has none of it."""
    name, version = release.project.name, str(release.version)
    answer = Command((str(python), *_program(), "--source", name), cwd=release.tree, timeout=60).ask()
    if answer.code:
        return ""
    stated, where, source = installed.lines(answer.out)
    trees = (release.tree, release.source("proof-source"))
    if source:
        return "" if _is_below(source, trees) else f"{name} is installed from {source}"
    if not _is_below(where, (environment, *trees)):
        return f"{name} is in {where}"
    return "" if stated == version or _is_below(where, trees) else f"{name} {stated} is installed"


def _elsewhere(release: Release, what: str, type_next: str) -> FailedProof:
    return FailedProof(
        what, expected=f"{release}, installed from {release.tree}; nothing is public", type_next=type_next
    )


def _advice(session: Session) -> str:
    return '$EDITOR noxfile.py   (session.install("."))' if session.environments else "$EDITOR pyproject.toml"


def _program() -> tuple[str, ...]:
    return (str(Path(installed.__file__)),)


def _python_of(program: Path) -> Path | None:
    """The Python that runs a script, as its first line has it."""
    with open(program, "rb") as stream:
        first = stream.readline(512)
    found = re.match(rb"#!\s*(\S*/python[0-9.]*)\s*$", first)
    return Path(os.fsdecode(found[1])) if found else None


def _is_below(path: str, folders: tuple[Path, ...]) -> bool:
    """Whether a path is one of these folders or below it."""
    return any(
        Path(path).is_relative_to(folder) or Path(path).resolve().is_relative_to(folder.resolve()) for folder in folders
    )
