"""
The bill of materials, attached to the image in its registry where the settings say so.

Scanners find it in the registry's list of referrers by its artifact type.
https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Final

from contd_release.channels.attached.signature import Subject
from contd_release.channels.readings import Glance, Reading, Verdict
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.tools.oci import referrers
from contd_release.tools.oci.referrers import Attachment
from contd_release.tools.oci.repository import OciRepository

# https://www.iana.org/assignments/media-types/application/vnd.cyclonedx+json
KIND: Final = "application/vnd.cyclonedx+json"


def is_on(release: Release) -> bool:
    """Whether the image gets the bill of materials."""
    sbom = release.project.settings.sbom
    return sbom is not None and sbom.attach_to_image


def attached(release: Release, subject: Subject) -> Step:
    """The registry lists the sealed bill of materials for the image; what is attached stays, so there is no undo."""

    def observe() -> Found:
        there, ours = subject.ours(), _ours(release)
        if ours is None or (digest := subject.digest(there)) is None:
            return Found(State.ABSENT, f"{subject.reference} is not staged yet")
        is_there = _is_attached(there, digest, ours)
        return Found(State.DONE if is_there else State.ABSENT, f"{ours.name} {'is' if is_there else 'is not'} attached")

    return Step(
        f"{subject.reference} has its bill of materials",
        observe,
        act=(Call(f"attach the bill of materials to {subject.reference}", partial(_attach, release, subject)),),
        undo=None,
        patience=subject.patience,
    )


def readings(release: Release, subject: Subject) -> tuple[Reading, ...]:
    """The row of the bill of materials."""
    if (ours := _ours(release)) is None:
        return ()
    name = f"{subject.reference} (bill of materials)"
    return (Reading(name, f"sha256:{ours.sha256}", partial(_look, subject, ours)),)


def _attach(release: Release, subject: Subject) -> None:
    there, ours = subject.ours(), _ours(release)
    digest = subject.digest(there)
    manifest = there.manifest(digest) if digest else None
    if manifest is None or ours is None:
        raise NotReady(f"{subject.reference} is not staged", expected="what was built", type_next="invoke release")
    artifacts.check_one(release.dist, ours)
    created = datetime.fromtimestamp(release.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    content = (release.dist / ours.name).read_bytes()
    referrers.attach(there, manifest, Attachment(content, KIND, {"org.opencontainers.image.created": created}))


def _look(subject: Subject, ours: Artifact) -> Glance:
    there = subject.consumer()
    if (digest := subject.digest(there)) and _is_attached(there, digest, ours):
        return Glance(Verdict.SAME, f"sha256:{ours.sha256}")
    return Glance(Verdict.ABSENT, "not attached")


def _is_attached(there: OciRepository, digest: str, ours: Artifact) -> bool:
    """Whether one of the attached bills of materials has our bytes; others may attach theirs."""
    return any(
        referrers.layer(there, one) == f"sha256:{ours.sha256}" for one in referrers.referrers(there, digest, KIND)
    )


def _ours(release: Release) -> Artifact | None:
    seal = release.sealed()
    return next(iter(seal.of_kind("sbom")), None) if seal else None
