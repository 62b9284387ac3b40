"""GitHub: a draft release that holds every file, made public last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contd_release.channels.base import Sandbox, nothing
from contd_release.channels.github import access as github_access
from contd_release.channels.github import offers as github_offers
from contd_release.channels.github import withdraw as github_withdraw
from contd_release.channels.github.attested import attested
from contd_release.channels.github.attested import is_on as is_attested
from contd_release.channels.github.attested import readings as attestations
from contd_release.channels.github.draft import attached, drafted
from contd_release.channels.github.promote import promoted
from contd_release.channels.github.verify import files_read, given_back, served
from contd_release.channels.readings import Reading
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.checklist import Item
from contd_release.engine.step import Step
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.tools.github import api, releases

AFTER: Final = ""
PLACE: Final = "GitHub"
WISHES: Final = ()
# A workflow's own token does not say whether it may release, and the checks were green when the tag was made.
access_by_tag = build = built = publish = nothing
offers, containment = github_offers.offers, github_offers.containment


def is_on(project: Project) -> bool:
    """Whether the project has a repository on GitHub."""
    return project.settings.github is not None and bool(project.settings.github.repository)


def access(release: Release) -> tuple[Item, ...]:
    """Our token may release, and the commit that the release starts from is good."""
    return (github_access.allowed(release), github_access.checked(release))


def takes(artifact: Artifact) -> bool:
    """The release has every file."""
    return True


def stage(release: Release) -> tuple[Item, ...]:
    """A draft, which only those who may write see, and its files."""
    return (drafted(release), attached(release))


def verify(release: Release) -> tuple[Item, ...]:
    """The files come back as they were built, and their attestations hold, where there have to be some."""
    return (*((attested(release),) if is_attested(release) else ()), given_back(release))


def promote(release: Release) -> tuple[Item, ...]:
    """The draft becomes the public release; then everybody gets the files."""
    return (promoted(release), served(release))


def readings(release: Release) -> tuple[Reading, ...]:
    """Every file of the release, as GitHub has it, and the attestation of every file that was built."""
    return (*files_read(release), *(attestations(release) if is_attested(release) else ()))


def withdraw(rollback: Rollback) -> tuple[Step, ...]:
    """The reason on top of the release, another latest release, and no draft."""
    return github_withdraw.steps(rollback)


def remains(rollback: Rollback) -> tuple[Remaining, ...]:
    """What GitHub has, and what becomes of it."""
    return (github_withdraw.row(rollback),)


def is_public(release: Release) -> bool:
    """Whether GitHub has this version."""
    return releases.release_of_tag(api.connected(release.project), release.tag) is not None


def rehearsed(sandbox: Sandbox) -> Mapping[str, object]:
    """The sandbox's GitHub, with a repository of the same name."""
    return {
        "api": f"{sandbox.url}/api/v3",
        "uploads": f"{sandbox.url}/uploads",
        "repository": sandbox.repository,
    }


def left_out(_: Project) -> None:
    """Never: the sandbox has every endpoint of GitHub that a release needs."""
