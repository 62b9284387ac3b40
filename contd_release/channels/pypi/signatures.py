"""
The signatures of the wheels and the sdist: made by the workflow that uploads them, and read back from the index.

Nothing here signs. PyPI takes attestations from trusted publishers only, and sigstore-python signs with no key of one's
own, so a release that has to be signed is published by a workflow.
"""

from __future__ import annotations

from functools import partial

from contd_release.channels import signing
from contd_release.channels.pypi.names import CHANNEL, required, sealed
from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.readings import Glance, Reading, Verdict
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Unsettled
from contd_release.process.action import Call
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.tools import attestations, git, pypi
from contd_release.tools.attestations import Attested, Publisher
from contd_release.tools.github import uploads


def can_be_signed(release: Release) -> Step:
    """Whether the place that publishes this release signs its files, and whether the signatures can be read here."""

    def observe() -> Found:
        if found := signing.obstacle(release):
            return found
        ours = signing.expected(release)
        if release.project.settings.publisher == "here":
            return _by_hand(release)
        path = f".github/workflows/{ours.workflow}"
        if (text := git.text(release.project.root, release.base, path)) is None:
            return Found(State.ABSENT, f"{path} is not in {release.base[:12]}", f"$EDITOR {path}")
        if why := uploads.unsigned(text, signing.settings(release).environment):
            return Found(State.ABSENT, f"{path} does not sign: {why}", f"$EDITOR {path}")
        return Found(State.DONE, f"by {path} of {ours.repository}")

    return Step("every file on the package index will be signed", observe)


def can_be_signed_here(release: Release) -> Step:
    """An upload by these tasks does not sign, not even in a workflow; one that is complete needs no upload."""

    def observe() -> Found:
        names = pypi.files(release.project)
        if release.sealed() and all(one.name in names for one in sealed(release)):
            return Found(State.DONE, "everything is uploaded; `invoke verify` reads the signatures back")
        return _by_hand(release)

    return Step("every file on the package index will be signed", observe)


def _by_hand(release: Release) -> Found:
    remedy = f"or remove {signing.TABLE}"
    if release.project.settings.publisher == "here":
        remedy = f'publisher = "github-actions", {remedy}'
    return Found(
        State.ABSENT,
        f"this upload would not be signed: PyPI takes signatures from {uploads.ACTION} in a workflow only",
        f"$EDITOR pyproject.toml   ({remedy})",
    )


def signed(release: Release) -> Step:
    """Every file on the index has a signature of the configured workflow, at the commit of the release."""
    workflow = signing.expected(release).workflow
    return read_back(
        release,
        Claim(
            f"{CHANNEL}-signatures",
            f"{workflow} has signed every file on the index",
            "verified",
        ),
        (Call("verify the signature of each file", partial(_verify, release)),),
        retry=lambda failure: isinstance(failure, Unsettled),
    )


def readings(release: Release) -> tuple[Reading, ...]:
    """The signature of each file."""
    return tuple(
        Reading(f"{one.name} (signature)", f"sha256:{one.sha256}", partial(_look, release, one))
        for one in sealed(release)
    )


def _verify(release: Release) -> None:
    for one in required(release):
        signing.required(release, one.name, _look(release, one))


def _look(release: Release, ours: Artifact) -> Glance:
    """One look at the signatures of a file: all of them have to be of the configured workflow."""
    provenance = pypi.provenance(release.project, release.version, ours.name)
    if provenance is None:
        return Glance(Verdict.ABSENT, "the index has no signature of it")
    found = attestations.read(
        provenance, signing.trusted_root(release), f"the index, asked for the signatures of {ours.name},"
    )
    glances = [_judged(release, ours, one) for one in found]
    if bad := next((one for one in glances if one.verdict is Verdict.WRONG), None):
        return bad
    if not any(one.is_of_upload for one in found):
        return Glance(Verdict.ABSENT, "the index has no signature that was made when it was uploaded")
    return glances[0]


def _judged(release: Release, ours: Artifact, one: Attested) -> Glance:
    """What one attestation says of a file: the signature first, then who signed, then what."""
    expected, publisher = signing.expected(release), _publisher(release)
    if one.problem:
        return Glance(Verdict.WRONG, f"claims to be of {one.signer}, and does not hold: {one.problem}")
    if not one.signer.is_same(expected):
        return Glance(Verdict.WRONG, f"signed by {one.signer}, and ours is {expected}")
    if _folded(one.publisher) != _folded(publisher):
        return Glance(Verdict.WRONG, f"uploaded by {one.publisher}, and ours is {publisher}")
    if (one.subject, one.sha256) != (ours.name, ours.sha256):
        return Glance(Verdict.WRONG, f"signed by {one.signer}, for {one.subject[:100]} with sha256:{one.sha256[:12]}")
    return Glance(Verdict.SAME, f"signed by {one.signer}")


def _folded(one: Publisher) -> tuple[str, ...]:
    return (one.kind.lower(), one.repository.lower(), one.workflow, one.environment.lower())


def _publisher(release: Release) -> Publisher:
    expected = signing.expected(release)
    return Publisher("GitHub", expected.repository, expected.workflow, signing.settings(release).environment)
