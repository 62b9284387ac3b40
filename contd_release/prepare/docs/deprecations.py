"""Deprecations that are due: what the code and its documentation announce to be removed in the version of a release."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from packaging.version import InvalidVersion, Version

from contd_release.engine import ask_once
from contd_release.engine.step import Found, State, Step
from contd_release.prepare.part import api
from contd_release.project.release import Release
from contd_release.tools import git

_NUMBER: Final = r"v?(\d+(?:\.\d+){0,3})"
_REMOVED: Final = re.compile(
    r"\b(?:will|shall|to\s+be|is\s+being|scheduled|planned)\b[^.;]{0,40}?\bremov(?:ed|al)\b"
    rf"(?:\s+(?:is\s+)?(?:planned|scheduled))?\s+(?:in|with|from|by|for)\s+(?:[A-Za-z][\w-]*\s+){{0,2}}{_NUMBER}",
    re.IGNORECASE,
)
_SINCE: Final = re.compile(
    rf"(?:\bdeprecated\s+(?:since|in|from|as of)\s+(?:[A-Za-z][\w-]*\s+){{0,2}}|\bdeprecated::\s+){_NUMBER}",
    re.IGNORECASE,
)
_DOCS: Final = frozenset({"docs", "doc", "documentation"})
_SHOWN: Final = 10


def known(release: Release) -> Step:
    """The plan lists what is due, and stops for none of it: a person decides whether it goes in this release."""

    def observe() -> Found:
        found = due(release)
        if not found:
            return Found(State.DONE, "none")
        more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        lines = "".join(f"\n        {line}" for line in (*found[:_SHOWN], *more))
        return Found(State.DONE, f"{len(found)} to be removed{lines}")

    return Step(f"deprecations that are due in {release.version} are listed", observe)


def due(release: Release) -> tuple[str, ...]:
    """Each announcement that is due, with the line that makes it: `contd/core.py:12  will be removed in 1.2`."""
    question = ("deprecations", release.project.root, release.base, str(release))
    return ask_once.once(question, lambda: tuple(_due(release)))


def _due(release: Release) -> Iterator[str]:
    root, commit, folder = release.project.root, release.base, release.project.folder
    paths = git.matching(root, commit, "remov|deprecat", ("*.py", "*.pyi", "*.rst", "*.md"))
    among = api.found(release.project, commit)
    git.read_ahead(root, commit, *paths)
    for path in paths:
        is_code = any(module.has(path) for module in among)
        if not is_code and not (path.startswith(folder) and _is_documentation(path.removeprefix(folder))):
            continue
        text = git.text(root, commit, path) or ""
        for line, words in sorted(_code(text) if is_code else _paragraphs(text)):
            if said := announced(words, release.version):
                yield f"{path}:{line}  {said}"


def _is_documentation(path: str) -> bool:
    return PurePosixPath(path).parts[0] in _DOCS


def announced(text: str, version: Version) -> str:
    """What a text announces that is due in a version; empty if it announces nothing, or a later version."""
    words = " ".join(text.split())
    removals = [(match, _version(match[1])) for match in _REMOVED.finditer(words)]
    for match, wanted in removals:
        if wanted and wanted <= Version(version.base_version):
            return match[0][-100:]
    if removals:
        return ""
    since = [(match, _version(match[1])) for match in _SINCE.finditer(words)]
    return next((match[0] for match, old in since if old and 0 < old.major < version.major), "")


def _code(text: str) -> Iterator[tuple[int, str]]:
    """The strings of a Python file: docstrings, and the texts of warnings. The file is parsed, never run."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield from ((node.lineno + offset - 1, words) for offset, words in _paragraphs(node.value))


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs, each with the line that it begins in; a directive and the text below it are one."""
    joined = re.sub(r"(?m)^([ \t]*\.\. deprecated::[^\n]*)\n[ \t]*\n(?=[ \t]+\S)", r"\1\n \n", text)
    for match in re.finditer(r"[^\n]+(?:\n[^\n]+)*", joined):
        yield joined.count("\n", 0, match.start()) + 1, match[0]


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
