"""A tool that releases the repository today: what it follows, and which files are its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contd_release.adopt.finding import Finding
from contd_release.adopt.place import ANY, Place
from contd_release.adopt.questions import Question
from contd_release.adopt.tree import Tree


@dataclass(frozen=True)
class Tool:
    """
    One tool.

    Args:
        where: the line that configures it.
        places: the lines that it changes in a release.
        files: those that only it reads.
        tables: the tables of shared files that only it reads: the file, and the table's name.
        ignored: what it does that is not taken over.
    """

    name: str
    where: str
    places: tuple[Place, ...] = ()
    files: tuple[str, ...] = ()
    tables: tuple[tuple[str, str], ...] = ()
    ignored: tuple[Finding, ...] = ()

    @property
    def question(self) -> Question:
        """Whether it is superseded."""
        what = ", ".join([*self.files, *(f"[{table}] in {path}" for path, table in self.tables)])
        reason = f"its {len(self.places)} places are followed, and {what} would be stale" if what else "it is replaced"
        return Question(
            f"supersede.{self.name}",
            f"{self.where} configures {self.name}: is it superseded",
            "yes",
            reason,
            ("yes", "no"),
        )

    @property
    def finding(self) -> Finding:
        """The tool as a finding."""
        return Finding(f"{self.name} releases it today", self.where, f"it changes {len(self.places)} places")


def searched(tree: Tree, path: str, search: str, current: str, reason: str) -> Iterator[Place]:
    """
    The places of a file that a text names which has `{current_version}` in it.

    Args:
        current: the version as the tool spells it; where the file says another one, that place is found all the same.
    """
    text = tree.text(path)
    if text is None:
        return
    head, field, tail = search.partition("{current_version}")
    if not field:
        return
    is_bare = not head.strip() and not tail.strip()
    known = (
        rf"(?<![\w.])(?P<version>{re.escape(current)})(?![\w+-]|\.\w)"
        if is_bare
        else rf"(?P<version>{re.escape(current)})"
    )
    patterns = [known] if is_bare else [known, rf"(?P<version>{ANY})"]
    for pattern in patterns:
        found = list(re.finditer(f"{re.escape(head)}{pattern}{re.escape(tail)}", text))
        if found:
            yield from (place for match in found if (place := _place(path, text, match, reason)))
            return


def matched(tree: Tree, path: str, pattern: str, reason: str) -> Iterator[Place]:
    """The places of a file that a pattern finds, whose group `version` is the version."""
    text = tree.text(path) or ""
    for match in re.finditer(pattern, text, re.MULTILINE):
        if place := _place(path, text, match, reason):
            yield place


def _place(path: str, text: str, match: re.Match[str], reason: str) -> Place | None:
    at, says = match.start("version"), match["version"]
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    before, after = text[start:at], text[at + len(says) : end if end >= 0 else len(text)]
    if "{" in before or "}" in before:
        return None
    # A person can read the spaces of the pattern.
    above = (
        re.escape(text[match.start() : start]).replace("\\\n", r"\n").replace("\\ ", " ")
        if match.start() < start
        else ""
    )
    return Place(path, text.count("\n", 0, at) + 1, before, says, after, reason, context=above)
