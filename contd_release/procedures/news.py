"""Add a changelog fragment to the working tree."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from contd_release.console import reporting
from contd_release.errors import Usage
from contd_release.prepare.fragments import ISSUE, Fragment, fragment, nearest_type, plain
from contd_release.procedures.selection import here
from contd_release.project.project import Project


def add_fragment(text: str, kind: str, issue: str) -> None:
    """Write a fragment for this project, and print its path."""
    path = add(here(), text, kind, issue)
    reporting(as_json=False).says(f"{path} is written, of type {kind}; commit it with the change")


def add(project: Project, text: str, kind: str, issue: str) -> Path:
    """
    Write a fragment into the working tree, and never overwrite one.

    Raises:
        Usage: no text, no such type, or an issue that cannot be part of a file name.
    """
    news, words = project.news, text.strip()
    kind = news.type_for(kind)
    if not words:
        raise Usage("there is no text", expected="what changed, for users", type_next='invoke news "…" --type feature')
    if issue and not ISSUE.fullmatch(issue):
        raise Usage(f"{issue!r} is no issue", expected="its number", type_next='invoke news "…" --issue 12')
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
