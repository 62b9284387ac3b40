"""Add a changelog fragment to the working tree."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.console import reporting
from contd_release.errors import Usage
from contd_release.prepare.committed import current_project
from contd_release.prepare.fragments import ISSUE, Fragment, fragment, nearest_type, plain
from contd_release.procedures.options import invoked
from contd_release.project.news import meaning_of
from contd_release.project.project import Project

_DEFAULT: Final = "feature"


@dataclass(frozen=True)
class Wanted:
    """What a fragment is to say; what is not known is empty."""

    text: str = ""
    kind: str = ""
    issue: str = ""


def add_fragment(wanted: Wanted, from_pull: str = "") -> None:
    """
    Write a fragment for this project, and print its path; a person at a terminal is asked for what is missing.

    Args:
        from_pull: the number of the pull request on GitHub that says what is missing.
    """
    project = current_project()
    if from_pull:
        wanted = _completed(project, wanted, from_pull)
    elif not wanted.text.strip() and sys.stdin.isatty():
        wanted = _asked(project, wanted)
    kind = wanted.kind or _DEFAULT
    path = add(project, wanted.text, kind, wanted.issue)
    reporting(as_json=False).says(
        f"{path} is written, of type {project.news.type_for(kind)}; commit it with the change"
    )


def _asked(project: Project, wanted: Wanted) -> Wanted:
    """What a person types; an empty line takes what is in parentheses."""
    kinds, default = ", ".join(project.news.types), project.news.type_for(wanted.kind or _DEFAULT)
    try:
        text = input("What changed, in a sentence for users: ")
        kind = wanted.kind or input(f"Of which type, {kinds} ({default}): ").strip() or default
        issue = wanted.issue or input("Number of the issue or pull request (none): ").strip().removeprefix("#")
    except EOFError:
        return wanted
    return Wanted(text, kind, issue)


def _completed(project: Project, wanted: Wanted, number: str) -> Wanted:
    """
    What the options of the call leave out, from a pull request: its title, and the first label that is a type.

    Raises:
        Usage: that is no number, or GitHub has no such pull request.
    """
    from contd_release.tools.github import api, issues

    if not re.fullmatch(r"#?[0-9]{1,9}", number):
        raise Usage(f"{number!r} is no pull request", expected="its number", type_next="invoke news --from-pr 12")
    found = issues.issue(api.connected(project), int(number.removeprefix("#")))
    if found is None:
        raise Usage(
            f"#{number.removeprefix('#')} is not on GitHub, or our token cannot see it",
            expected="the number of a pull request",
            type_next='invoke news "…" --issue 12',
        )
    types = (_type_of(label, project) for label in found.labels)
    kind = wanted.kind or next((one for one in types if one), _DEFAULT)
    return Wanted(wanted.text or " ".join(found.title.split()), kind, wanted.issue or str(found.number))


def _type_of(label: str, project: Project) -> str:
    """The type of fragment that a label names, such as `bugfix` for `bug` or `type: bug`; empty if it names none."""
    words = re.findall(r"[a-z]+", label.lower())
    kinds = {meaning_of(kind): kind for kind in project.news.types}
    return next((kinds[meaning_of(one)] for one in words if meaning_of(one) in kinds), "")


def add(project: Project, text: str, kind: str, issue: str) -> Path:
    """
    Write a fragment into the working tree, and never overwrite one.

    Raises:
        Usage: no text, no such type, or an issue that cannot be part of a file name.
    """
    news, words = project.news, text.strip()
    kind = news.type_for(kind)
    if not re.search(r"\w", words):
        again = invoked("news", type=kind if kind in news.types else _DEFAULT, issue=issue)
        raise Usage("there is no text", "what changed, for users", again.replace("news", 'news "…"', 1))
    if issue and not ISSUE.fullmatch(issue):
        again = invoked("news", text=words, type=kind, issue="12")
        raise Usage(f"{issue!r} is no issue", expected="its number", type_next=again.replace(" --text", "", 1))
    stem = issue or "+" + ("-".join(re.findall(r"[a-z0-9]+", plain(words))[:6])[:50] or "change")
    found = fragment(f"{stem}.{kind}{news.suffix}", news)
    if not isinstance(found, Fragment):
        raise Usage(
            f"there is no type {kind!r}",
            expected=", ".join(news.types),
            type_next=f"invoke news {shlex.quote(words)} --type {nearest_type((kind.lower(),), news)}",
        )
    folder = project.root / news.directory
    folder.mkdir(parents=True, exist_ok=True)
    if known := next((path for path in sorted(folder.iterdir()) if _says(path, words)), None):
        raise Usage(
            f"{news.directory}/{known.name} says this already",
            expected="a change that no fragment describes",
            type_next=f"git status {shlex.quote(f'{news.directory}/{known.name}')}",
        )
    for counter in ("", *(f".{number}" for number in range(1, 1000))):
        path = folder / f"{stem}.{kind}{counter}{news.suffix}"
        try:
            with open(path, "x", encoding="utf-8") as stream:
                stream.write(words + "\n")
        except FileExistsError:
            continue
        return path
    raise Usage(
        f"{folder} has a thousand fragments of {stem}.{kind}",
        expected="an issue number of its own",
        type_next='invoke news "…" --issue 12',
    )


def _says(path: Path, words: str) -> bool:
    """Whether a fragment has this text."""
    if path.is_symlink() or not path.is_file() or path.name.startswith(("_", ".", "README")):
        return False
    return path.read_text(encoding="utf-8", errors="replace").split() == words.split()
