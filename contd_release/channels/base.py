"""
The protocol of a channel, and the one module from which a plug-in imports.

A channel is a module that has the functions of `Channel`. Our own channels have all of them, and mypy compares. A
plug-in may leave parts out: `contd_release.channels.plugin` says what happens then, and which names are refused when it
is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from contd_release.channels.offer import Offer
from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.readings import Glance, Reading, Verdict, compared
from contd_release.channels.source import checked_out
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.items import Item, Section, Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import (
    Conflict,
    FailedCommand,
    FailedProof,
    NeedsPerson,
    NotReady,
    ReleaseError,
    Unanswered,
    Unsettled,
    Usage,
)
from contd_release.process.action import Action, Call, Running
from contd_release.process.command import Command
from contd_release.project.artifacts import Artifact, measured
from contd_release.project.project import Project
from contd_release.project.release import Release

__all__ = [
    "Action",
    "Artifact",
    "Call",
    "Channel",
    "Claim",
    "Command",
    "Conflict",
    "FailedCommand",
    "FailedProof",
    "Found",
    "Glance",
    "Item",
    "LeftOut",
    "NeedsPerson",
    "NotReady",
    "Offer",
    "Project",
    "Reading",
    "Release",
    "ReleaseError",
    "Remaining",
    "Rollback",
    "Running",
    "Sandbox",
    "Section",
    "State",
    "Step",
    "Together",
    "Unanswered",
    "Unsettled",
    "Usage",
    "Verdict",
    "checked_out",
    "compared",
    "measured",
    "nothing",
    "read_back",
]


class Channel(Protocol):
    """
    A place where releases are published, with everything that can be done there.

    Functions that return items return their part of that section of the checklist. They compute every name, and are
    called before anything is built.
    """

    @property
    def AFTER(self) -> str:  # noqa: N802
        """The name of the channel that makes its part of each section first; empty for none."""

    @property
    def PLACE(self) -> str:  # noqa: N802
        """The place in a sentence: "the package index"."""

    @property
    def WISHES(self) -> tuple[str, ...]:  # noqa: N802
        """What a rollback does here only if a person asks for it: "delete-chart"."""

    def is_on(self, project: Project, /) -> bool:
        """Whether the project uses this channel."""

    def access(self, release: Release, /) -> Iterable[Item]:
        """Tools, credentials and free names, checked before anything is changed."""

    def access_by_tag(self, release: Release, /) -> Iterable[Item]:
        """What of `access` a workflow checks again when it publishes a tag."""

    def build(self, release: Release, /) -> Iterable[Item]:
        """Build the artifacts from the release commit."""

    def built(self, release: Release, /) -> Iterable[Artifact]:
        """The artifacts that `build` made, as they are in the dist folder; they are sealed."""

    def takes(self, artifact: Artifact, /) -> bool:
        """Whether this artifact, whichever channel built it, is published here."""

    def stage(self, release: Release, /) -> Iterable[Item]:
        """Upload what users do not see yet."""

    def publish(self, release: Release, /) -> Iterable[Item]:
        """Make the version public."""

    def verify(self, release: Release, /) -> Iterable[Item]:
        """Read the channel back as a user does, and compare with the seal: see `read_back`."""

    def readings(self, release: Release, /) -> Iterable[Reading]:
        """The rows of the table of `invoke verify` and of the report."""

    def promote(self, release: Release, /) -> Iterable[Item]:
        """Move `latest` and its like to the version."""

    def withdraw(self, rollback: Rollback, /) -> Iterable[Item]:
        """Take back what can be taken back; a step that `needs_person` comes after everything else."""

    def remains(self, rollback: Rollback, /) -> Iterable[Remaining]:
        """The rows of the table that a rollback shows before it asks."""

    def is_public(self, release: Release, /) -> bool:
        """Whether users can get this version here: then its tag is not deleted."""

    def rehearsed(self, sandbox: Sandbox, /) -> Mapping[str, object]:
        """The keys of its table that point it at a sandbox."""

    def left_out(self, project: Project, /) -> LeftOut | None:
        """Why a rehearsal of the project's commit on this machine leaves this channel out; None if it does not."""

    def offers(self, project: Project, /) -> Iterable[Offer]:
        """Everything that is here under the project's name, from any publisher; `invoke watch` compares it."""

    def containment(self, offer: Offer, /) -> str:
        """What a person does at once about one of `offers` that no release explains, such as a command."""


@dataclass(frozen=True)
class Sandbox:
    """
    The place that a rehearsal gives a channel instead of the real one.

    Args:
        folder: an empty folder of its own; its files are part of what the rehearsal shows and compares.
        url: the root of the sandbox's servers: `/v2/` is an OCI registry, `/simple/` and `/legacy/` a package index,
            `/api/v3` and `/uploads` are GitHub's.
        project: the project that is rehearsed, at the commit that is rehearsed.
        repository: its repository on the sandbox's GitHub, `OWNER/NAME`.
    """

    folder: Path
    url: str
    project: Project
    repository: str

    def registry(self, name: str) -> str:
        """The name of an image or a chart in the sandbox's registry: its real one, with another host."""
        return f"{self.url.partition('://')[2]}/{name.removeprefix('oci://').partition('/')[2]}"


@dataclass(frozen=True)
class LeftOut:
    """Why a rehearsal leaves a channel out, and what to type first; empty where nothing can be typed."""

    why: str
    remedy: str = ""


def nothing(_: object, /) -> tuple[()]:
    """The part of a channel that has nothing to do."""
    return ()
