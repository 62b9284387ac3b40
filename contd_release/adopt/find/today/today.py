"""What releases the repository today: the tools that it configures, and the workflows that publish what is tagged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from contd_release.adopt.find import tasks
from contd_release.adopt.find.today import bump2version, in_toml, publishers, release_please, scriv
from contd_release.adopt.find.today.publishers import Publisher
from contd_release.adopt.find.today.tool import Tool
from contd_release.adopt.finding import Finding
from contd_release.adopt.place import Place
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.tree import Tree

_CHARTPRESS: Final = "chartpress.yaml"
_REMOVED: Final = "superseded, and removed; keep it with --answer publisher=keep"
# What a tool that is superseded leaves to be committed, or removed.
FILES: Final = (
    ".bumpversion.cfg", "setup.cfg", "tox.ini", "tbump.toml", "bumpver.toml", "changelog.d",
    "release-please-config.json", ".release-please-manifest.json", ".release-please-config.json", ".github",
)  # fmt: skip


@dataclass(frozen=True)
class Today:
    """
    What releases it today.

    Args:
        tools: those that are superseded; the others stay as they are.
        places: the lines that any of the tools changes in a release.
        superseded: workflows that only publish what the release publishes.
        publisher: who publishes from now on; empty if it was decided before.
    """

    tools: tuple[Tool, ...] = ()
    places: tuple[Place, ...] = ()
    superseded: tuple[str, ...] = ()
    publisher: Literal["here", "github-actions", "keep", ""] = ""
    findings: tuple[Finding, ...] = ()

    @property
    def gone(self) -> tuple[str, ...]:
        """The files that are removed."""
        return (*(path for one in self.tools for path in one.files), *self.superseded)


def find(tree: Tree, says: str, channels: Mapping[str, bool], answers: Answers) -> Today:
    """
    What releases this tree.

    Args:
        says: the version that the package states.
        channels: which of ours are on: `pypi`, `image`, `chart`, `github`.
    """
    tools = tuple(one for one in (bump2version.find(tree), release_please.find(tree), *in_toml.find(tree, says)) if one)
    gone = tuple(one for one in tools if (one.files or one.tables) and answers.is_yes(one.question))
    # Its fragments are taken over in any case.
    fragments = scriv.find(tree)
    gone += (fragments.tool,) if fragments else ()
    conflicts = publishers.conflicts(publishers.find(tree), channels)
    publisher = _publisher(tree, conflicts, answers, on_github=channels["github"])
    alone = [one for one in conflicts if one.is_alone and publisher in ("here", "github-actions")]
    superseded = tuple(dict.fromkeys(one.path for one in alone))
    return Today(
        gone,
        tuple(place for one in tools for place in one.places),
        superseded,
        publisher,
        tuple(_findings(tree, tools, conflicts, superseded)),
    )


def _publisher(
    tree: Tree, conflicts: tuple[Publisher, ...], answers: Answers, *, on_github: bool
) -> Literal["here", "github-actions", "keep", ""]:
    """Who publishes, where that is not decided: the question offers the workflow."""
    if not any(one.is_alone for one in conflicts) and (tasks.has_ours(tree) or not on_github):
        return ""
    where = ", ".join(dict.fromkeys(one.where for one in conflicts if one.is_alone))
    reason = f"{where} would publish the same tag again, and goes" if where else "the tag starts no workflow then"
    choices = ("here", "github-actions", *(("keep",) if where else ()))
    answer = answers.of(
        Question("publisher", "this machine publishes, or a workflow that a tag starts", "here", reason, choices)
    )
    return "github-actions" if answer == "github-actions" else "keep" if answer == "keep" else "here"


def _findings(
    tree: Tree, tools: tuple[Tool, ...], conflicts: tuple[Publisher, ...], superseded: tuple[str, ...]
) -> Iterator[Finding]:
    for tool in tools:
        yield tool.finding
        yield from tool.ignored
    for one in conflicts:
        outcome = _REMOVED if one.path in superseded else f"a conflict: {advice(one)}"
        yield Finding(f"{one.what} {does(one)}", one.where, outcome)
    if _CHARTPRESS in tree.known:
        yield Finding("chartpress sets the chart's version", f"{_CHARTPRESS}:1", "the release does that from now on")


def advice(one: Publisher) -> str:
    """What to type so that one thing publishes."""
    return f"git rm {one.path}" if one.is_alone else f"$EDITOR {one.path}   (take out the step in line {one.line})"


def does(one: Publisher) -> str:
    """What a publisher does."""
    return "makes tags" if one.channel == "tag" else f"publishes to {one.channel} what is tagged"
