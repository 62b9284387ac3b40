"""`contd-release adopt`: list what was found, show one diff, ask once, and write all of it or nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contd_release.adopt import adoption, check, several
from contd_release.adopt import tree as working_tree
from contd_release.adopt.draft import Change, Draft
from contd_release.adopt.finding import Finding
from contd_release.adopt.found import Found
from contd_release.adopt.place import Place
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.tree import Tree
from contd_release.adopt.write import journal
from contd_release.console import Report, reporting
from contd_release.errors import NeedsPerson, NotReady, Usage

NEXT = "look at it with: git diff; then commit and push it\ntype: invoke doctor"


@dataclass(frozen=True)
class Wishes:
    """
    What the options of the call ask for.

    Args:
        answers: `KEY=VALUE`, one for each question that is answered beforehand.
        yes: whether to take the default of every other question, and to write without asking.
        check: whether to write nothing, and fail where there would be something to write.
    """

    answers: tuple[str, ...] = ()
    yes: bool = False
    check: bool = False
    as_json: bool = False


def run(wishes: Wishes) -> None:
    """
    Find what the repository has, show what would be written, and write it after a yes.

    Raises:
        NotReady: with `check`, something is not written yet; without a terminal and `yes`, no question can be asked.
        ReleaseError: the tree lacks what adoption cannot do without; nothing was written.
    """
    report = reporting(as_json=wishes.as_json)
    tree = working_tree.of(Path.cwd())
    room = tree.clone.state / "adopt"
    if put_back := journal.recovered(tree.root, room):
        report.says(f"an adoption was interrupted: {len(put_back)} files are as they were before it")
        tree = working_tree.of(Path.cwd())
    is_asked = not (wishes.yes or wishes.check or wishes.as_json) and sys.stdin.isatty()
    answers = Answers(_given(wishes.answers), ask=_ask if is_asked else lambda question: question.default)
    looked = _looked(tree, answers)
    draft, changes = looked.draft, looked.draft.changes()
    _show(report, looked, answers, changes)
    answers.refuse_unknown()
    if not changes:
        report.says("\nnothing is to be written: this repository is adopted")
        report.says("type: invoke doctor")
        return
    several.tried(draft, looked.members) if looked.members else check.tried(draft)
    if wishes.check:
        raise NotReady(
            f"{len(changes)} files are not as adoption would have them: {', '.join(one.path for one in changes[:5])}",
            expected="an adopted repository",
            type_next="contd-release adopt",
        )
    if not wishes.yes and not (is_asked and _is_confirmed(len(changes))):
        if not is_asked:
            raise NotReady(
                "there is no terminal to ask on, and nothing was written",
                expected="yes to this diff",
                type_next="contd-release adopt --yes",
            )
        report.says("nothing was written")
        return
    journal.write(tree.root, room, changes)
    report.fact("written", f"\n{len(changes)} files are written\n{NEXT}", files=[one.path for one in changes])


@dataclass(frozen=True)
class _Looked:
    """What was found in the tree, or in each of several packages, and the draft."""

    draft: Draft
    found: Found | None = None
    members: tuple[several.Member, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.found.findings if self.found else tuple(several.findings(self.draft.tree, self.members))

    @property
    def all_found(self) -> tuple[tuple[str, Found], ...]:
        return (("", self.found),) if self.found else tuple((one.folder, one.found) for one in self.members)


def _looked(tree: Tree, answers: Answers) -> _Looked:
    if several.is_wanted(answers):
        members = several.look(tree, answers)
        return _Looked(several.draft(tree, members, answers), members=members)
    found = adoption.look(tree, answers)
    return _Looked(adoption.draft(tree, found, answers), found)


def _show(report: Report, looked: _Looked, answers: Answers, changes: Sequence[Change]) -> None:
    for one in looked.findings:
        report.fact("finding", f"  {one}", what=one.what, where=one.where, reason=one.reason)
    for folder, found in looked.all_found:
        if drifted := found.places.drifted(found.current.version):
            places = [{"where": f"{folder}{one.where}", "says": one.says} for one in drifted]
            report.fact("drifted", f"\n{_table(drifted, found, folder)}", places=places)
    for question, answer in answers.asked.values():
        why = f" ({question.reason})" if question.reason and answer == question.default else ""
        line = f"  {question.text}? {answer}{why}   --answer {question.key}={answer}"
        report.fact("answer", line, key=question.key, answer=answer, choices=list(question.choices))
    diff = "".join(one.diff() for one in changes)
    if diff:
        report.fact("diff", f"\n{diff.rstrip()}", diff=diff)


def _table(drifted: Sequence[Place], found: Found, folder: str) -> str:
    """The places that disagree: what each says, and what it will say."""
    version = found.current.version
    rows = [
        ("place", "says", "will say"),
        *((f"{folder}{one.where}", one.says, one.spelled(version)) for one in drifted),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(f"  {line}" for line in lines)


def _given(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise Usage(f"--answer {pair!r} has no '='", expected="KEY=VALUE", type_next="contd-release adopt")
        found[key] = value
    return found


def _ask(question: Question) -> str:
    """Ask a person at the terminal."""
    choices = f" [{'/'.join(question.choices)}]" if question.choices else ""
    reason = f"\n  {question.reason}" if question.reason else ""
    while True:
        try:
            answer = input(f"{question.text}?{reason}\n  {question.key}{choices} ({question.default}): ").strip()
        except EOFError as error:
            raise NeedsPerson(
                f"{question.key} was not answered, and nothing was written",
                expected="an answer; an empty line takes the one in parentheses",
                type_next=f"contd-release adopt --answer {question.key}={question.default}",
            ) from error
        if not answer:
            return question.default
        if not question.choices or answer in question.choices:
            return answer


def _is_confirmed(count: int) -> bool:
    from contd_release.console.question import is_confirmed

    return is_confirmed(f"\nwrite {count} files? [y/N] ")
