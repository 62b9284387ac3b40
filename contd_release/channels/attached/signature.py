"""
The signature of an image or a chart, attached to it in its registry as `cosign sign` does it.

A sigstore bundle with a statement about the digest, whose manifest names what it signs as its subject. Clients find it
in the registry's list of referrers; `cosign verify` and Flux look for its artifact type and its predicate type.
https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from contd_release.channels import signing
from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.readings import Glance, Reading, Verdict
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady, Unanswered, Unsettled
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.github import uploads
from contd_release.tools.oci import referrers
from contd_release.tools.oci.referrers import Attachment, Referrer
from contd_release.tools.oci.repository import OciRepository
from contd_release.tools.sigstore import bundle, verifier
from contd_release.tools.sigstore.bundle import BUNDLE
from contd_release.tools.sigstore.signing import SIGNATURE, Identity, identity
from contd_release.tools.sigstore.signing import signed as signed_by

_PREDICATE: Final = "dev.sigstore.bundle.predicateType"
_CONTENT: Final = "dev.sigstore.bundle.content"
_STATEMENT: Final = "dsse-envelope"
_REMEDY: Final = f"$EDITOR pyproject.toml   (repository and workflow in {signing.TABLE})"
_LARGEST: Final = 1 << 20
_MOST: Final = 100


@dataclass(frozen=True)
class Subject:
    """
    What is signed in a registry.

    Args:
        channel: the name of its channel.
        reference: the name under which users get it.
        ours: its repository, with our login.
        consumer: its repository, as users see it.
        digest: of its manifest in that repository; None while what was built is not there.
        patience: seconds in which the registry may take to show what it took.
    """

    channel: str
    reference: str
    ours: Callable[[], OciRepository]
    consumer: Callable[[], OciRepository]
    digest: Callable[[OciRepository], str | None]
    patience: float


def can_be_signed(release: Release, subject: Subject) -> Step:
    """Whether the place that publishes signs the subject, and whether the signature can be read here."""

    def observe() -> Found:
        if found := signing.obstacle(release) or _half_an_instance(release):
            return found
        if release.project.settings.publisher == "here":
            return Found(
                State.ABSENT,
                f"the {subject.channel} would not be signed: a workflow signs for the commit that started it, and a "
                "release from here makes its commit later",
                f'$EDITOR pyproject.toml   (publisher = "github-actions", or remove {signing.TABLE})',
            )
        path = f".github/workflows/{signing.expected(release).workflow}"
        if (text := git.text(release.project.root, release.base, path)) is None:
            return Found(State.ABSENT, f"{path} is not in {release.base[:12]}", f"$EDITOR {path}")
        if why := uploads.without_identity(text, subject.channel):
            return Found(State.ABSENT, f"{path} does not sign the {subject.channel}: {why}", f"$EDITOR {path}")
        return Found(State.DONE, f"by {path} of {signing.expected(release).repository}")

    return Step(f"{subject.reference} will be signed", observe)


def can_be_signed_here(release: Release, subject: Subject) -> Step:
    """Whether this run signs the subject; one that is signed needs no identity."""

    def observe() -> Found:
        if found := signing.obstacle(release) or _half_an_instance(release):
            return found
        there = subject.ours()
        if release.sealed() and (digest := subject.digest(there)):
            seen = _look(release, there, digest)
            if seen.verdict is Verdict.SAME:
                return Found(State.DONE, seen.what)
        return _by_this_run(release)

    return Step(f"{subject.reference} will be signed", observe)


def signed(release: Release, subject: Subject) -> Step:
    """
    The registry has a signature of ours for this digest.

    It stays in sigstore's public log, so there is no undo.
    """

    def observe() -> Found:
        there = subject.ours()
        if release.sealed() is None or (digest := subject.digest(there)) is None:
            return Found(State.ABSENT, f"{subject.reference} is not there to be signed")
        seen = _look(release, there, digest)
        return Found(State.DONE if seen.verdict is Verdict.SAME else State.ABSENT, seen.what)

    return Step(
        f"{subject.reference} is signed",
        observe,
        act=(Call(f"sign {subject.reference} as this workflow", partial(_sign, release, subject)),),
        undo=None,
        patience=subject.patience,
        retry=lambda failure: isinstance(failure, Unanswered),
    )


def verified(release: Release, subject: Subject) -> Step:
    """The signature that users find is of the configured workflow, at the commit of the release."""
    workflow = signing.expected(release).workflow

    def verify() -> None:
        signing.required(release, subject.reference, _seen(release, subject))

    return read_back(
        release,
        Claim(f"{subject.channel}-signature", f"{workflow} has signed {subject.reference}", "verified"),
        (Call(f"verify the signature of {subject.reference}", verify),),
        retry=lambda failure: isinstance(failure, Unsettled),
    )


def reading(release: Release, subject: Subject, built: str) -> Reading:
    """The row of the signature."""
    return Reading(f"{subject.reference} (signature)", built, partial(_seen, release, subject))


def _seen(release: Release, subject: Subject) -> Glance:
    there = subject.consumer()
    if (digest := subject.digest(there)) is None:
        return Glance(Verdict.ABSENT, f"{subject.reference} is not there")
    return _look(release, there, digest)


def _sign(release: Release, subject: Subject) -> None:
    by, there = identity(), subject.ours()
    if other := _stranger(release, by):
        raise NotReady(other, expected=str(signing.expected(release)), type_next=_REMEDY)
    digest = subject.digest(there)
    manifest = there.manifest(digest) if digest else None
    if manifest is None:
        raise NotReady(f"{subject.reference} is not there", expected="what was built", type_next="invoke release")
    content = signed_by({f"{there}": manifest.digest}, SIGNATURE, by, signing.instance(release))
    annotations = {
        _CONTENT: _STATEMENT,
        _PREDICATE: SIGNATURE,
        "org.opencontainers.image.created": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    referrers.attach(there, manifest, Attachment(content, BUNDLE, annotations))


def _look(release: Release, there: OciRepository, digest: str) -> Glance:
    """One look at the signatures that are attached to a digest: one of ours is enough."""
    listed = referrers.referrers(there, digest, BUNDLE)
    # Some clients that keep the list themselves leave the annotations out.
    # https://github.com/sigstore/cosign/issues/4641
    found = [one for one in listed if _is_signature(one)]
    if len(found) > _MOST:
        raise Unanswered(f"{there} lists {len(found)} signatures of {digest[:19]}", expected=f"at most {_MOST}")
    trusted = verifier.verifier(signing.trusted_root(release)) if found else None
    glances = (_judged(release, there, digest, one, trusted) for one in found)
    return signing.best((one for one in glances if one), f"no signature is attached to {digest[:19]}")


def _is_signature(one: Referrer) -> bool:
    """Whether a bundle may hold a statement that signs; one without annotations may."""
    kind, content = one.annotations.get(_PREDICATE, SIGNATURE), one.annotations.get(_CONTENT, _STATEMENT)
    return (kind, content) == (SIGNATURE, _STATEMENT)


def _judged(release: Release, there: OciRepository, digest: str, one: Referrer, trusted: object) -> Glance | None:
    """What one bundle says; None for a statement that is no signature."""
    if (content := referrers.content(there, one, _LARGEST)) is None:
        return Glance(Verdict.STALE, f"the signature {one.digest[:19]} is listed and not there yet")
    found = bundle.read(content, trusted, f"{there}")
    if found.predicate_type not in ("", SIGNATURE):
        return None
    return signing.judged(release, found, digest)


def _by_this_run(release: Release) -> Found:
    try:
        by = identity()
    except NotReady as error:
        return Found(State.ABSENT, error.what_is, error.type_next)
    if other := _stranger(release, by):
        return Found(State.ABSENT, other, _REMEDY)
    return Found(State.DONE, f"by {by.signer.workflow} of {by.signer.repository}, which runs this")


def _stranger(release: Release, by: Identity) -> str:
    """What is wrong with the identity of this run; empty if it is the configured workflow."""
    ours = signing.expected(release)
    known = ours if ours.commit else replace(ours, commit=by.signer.commit)
    return "" if by.signer.is_same(known) else f"this run would sign as {by.signer}, and ours is {known}"


def _half_an_instance(release: Release) -> Found | None:
    instance = signing.instance(release)
    if (instance.trusted_root is None) == (instance.signing_config is None):
        return None
    lacking = "signing-config" if instance.trusted_root else "trusted-root"
    return Found(
        State.ABSENT,
        f"{signing.TABLE} names one file of a sigstore instance and not its {lacking}",
        f"$EDITOR pyproject.toml   ({lacking} in {signing.TABLE})",
    )
