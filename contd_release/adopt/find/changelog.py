"""The changelog: its file, the form of its headings, and the entries that no release has yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from contd_release.adopt.finding import Finding
from contd_release.adopt.tree import Tree
from contd_release.tools import changelog as tool

NAMES: Final = ("CHANGELOG.md", "CHANGES.md", "HISTORY.md", "NEWS.md", "Changelog.md", "changelog.md", "changes.md")
# https://keepachangelog.com/en/1.1.0/ and the headings that others use.
_TYPES: Final = {
    "added": "feature", "features": "feature", "feature": "feature", "new": "feature", "new features": "feature",
    "enhancements": "feature", "improvements": "feature", "changed": "change", "changes": "change",
    "fixed": "bugfix", "fixes": "bugfix", "bug fixes": "bugfix", "bugfixes": "bugfix", "security": "security",
    "deprecated": "deprecation", "deprecations": "deprecation", "removed": "removal", "removals": "removal",
    "breaking": "breaking", "breaking changes": "breaking", "documentation": "doc", "docs": "doc",
}  # fmt: skip
_VERSION: Final = r"\d+\.\d+(?:\.\d+)?(?:[-.]?(?:a|b|rc)\.?\d+)?"
_DATE: Final = r"\d{4}-\d{2}-\d{2}"


@dataclass(frozen=True)
class Entry:
    """
    One entry that no release has.

    Args:
        type: that of its fragment.
        text: it, without the bullet, each line without the indentation of the list.
        line: where it begins, counted from 1.
    """

    type: str
    text: str
    line: int


@dataclass(frozen=True)
class Changelog:
    """
    The changelog.

    Args:
        path: its file; the one that will be written where there is none.
        title_format: the heading of a release, as towncrier spells it.
        heading: the line of the heading of what is unreleased, counted from 1; 0 where there is none.
        end: the line after the last one of that section.
        is_configured: whether towncrier is configured already.
    """

    path: str
    title_format: str
    heading: int
    end: int
    entries: tuple[Entry, ...]
    is_configured: bool
    findings: tuple[Finding, ...]


def find(tree: Tree) -> Changelog:
    """The changelog of this tree, or the one that it will get."""
    configured = "towncrier.toml" in tree.known or bool(tree.line_of("pyproject.toml", r"^\[tool\.towncrier\]"))
    path = next(iter(tree.named(*NAMES)), "CHANGELOG.md")
    text = tree.text(path) or ""
    form, line = _format(text)
    open_sections = tool.unreleased(text)
    heading = _heading_line(text)
    end = _end(text, heading) if heading else 0
    entries = tuple(_entries(text.splitlines()[heading : end - 1], heading)) if open_sections and heading else ()
    findings = [Finding(f"the changelog is {path}", f"{path}:{line}" if line else path, f"its headings are {form}")]
    if entries:
        many = f"{len(entries)} entr{'y' if len(entries) == 1 else 'ies'}"
        findings.append(Finding(f"{many} become fragments", f"{path}:{heading}", "no release has them yet"))
    if configured:
        findings = [Finding("towncrier is configured, and stays as it is")]
    return Changelog(path, form, heading, end, entries, configured, tuple(findings))


def _format(text: str) -> tuple[str, int]:
    """The form of the first heading of a release, and its line."""
    for number, line in enumerate(text.splitlines(), start=1):
        match = re.match(rf"(?P<mark>#+ +)(?P<before>.*?)(?P<version>{_VERSION})(?P<rest>.*)$", line)
        if match and (date := re.search(_DATE, match["rest"])):
            rest = match["rest"][: date.start()] + "{project_date}" + match["rest"][date.end() :]
            return f"{match['mark']}{match['before']}{{version}}{rest}".rstrip(), number
        if match and "http" not in line:
            return f"{match['mark']}{match['before']}{{version}}{match['rest']}".rstrip(), number
    return "## [{version}] - {project_date}", 0


def _heading_line(text: str) -> int:
    pattern = r"^#{1,4} +.*\b(?:unreleased|not yet released|tbd)\b"
    found = re.search(pattern, text, re.MULTILINE | re.IGNORECASE)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _end(text: str, heading: int) -> int:
    """The line after the section: the next heading as high, the references at the end, or the end."""
    lines = text.splitlines()
    level = len(lines[heading - 1]) - len(lines[heading - 1].lstrip("#"))
    for number, line in enumerate(lines[heading:], start=heading + 1):
        if re.match(rf"#{{1,{level}}} ", line) or re.match(r"\[[^\]]+\]:\s", line) or "release notes start" in line:
            return number
    return len(lines) + 1


def _entries(lines: list[str], offset: int) -> list[Entry]:
    """Every item of the lists below each heading, whole."""
    found: list[Entry] = []
    kind, indent = "misc", 0
    for index, line in enumerate(lines, start=offset + 1):
        if heading := re.match(r"#+ +(.+?)\s*$", line):
            title = re.sub(r"[^a-z ]", "", heading[1].lower()).strip()
            kind = _TYPES.get(title, "misc")
            continue
        if item := re.match(r"([-*+] +)\S", line):
            indent = len(item[1])
            found.append(Entry(kind, line[indent:].rstrip(), index))
        elif found and (line.startswith(" ") or not line.strip()):
            last = found[-1]
            text = line[indent:] if line[:indent].strip() == "" else line.lstrip()
            found[-1] = Entry(last.type, f"{last.text}\n{text.rstrip()}", last.line)
    return [Entry(one.type, one.text.strip(), one.line) for one in found]
