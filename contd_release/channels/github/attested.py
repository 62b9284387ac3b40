"""
GitHub's attestations of the files that were built, read back: which workflow built each file, at which commit.

The workflow that publishes makes them with `actions/attest`. A release that is published from here has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

from contd_release.channels import signing
from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.readings import Glance, Reading, Verdict
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Unsettled
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.github import api, attestations, uploads
from contd_release.tools.sigstore import bundle, verifier


def is_on(release: Release) -> bool:
    """Whether the files have to be attested."""
    return signing.is_on(release) and release.project.settings.publisher == "github-actions"


def can_be_attested(release: Release) -> Step:
    """Whether the workflow that builds the files attests them."""

    def observe() -> Found:
        if found := signing.obstacle(release):
            return found
        path = f".github/workflows/{signing.expected(release).workflow}"
        if (text := git.text(release.project.root, release.base, path)) is None:
            return Found(State.ABSENT, f"{path} is not in {release.base[:12]}", f"$EDITOR {path}")
        if why := uploads.unattested(text):
            return Found(State.ABSENT, f"{path} attests no file: {why}", f"$EDITOR {path}")
        return Found(State.DONE, f"by {path}")

    return Step("every file of the release will be attested on GitHub", observe)


def attested(release: Release) -> Step:
    """Every file that was built has an attestation of the configured workflow, at the commit of the release."""
    workflow = signing.expected(release).workflow

    def verify() -> None:
        for one in readings(release):
            signing.required(release, one.name, one.look())

    return read_back(
        release,
        Claim("github-attestations", f"{workflow} has attested every file of {release.tag} on GitHub", "verified"),
        (Call("verify the attestation of each file", verify),),
        retry=lambda failure: isinstance(failure, Unsettled),
    )


def readings(release: Release) -> tuple[Reading, ...]:
    """The attestation of each file that was built."""
    sealed = release.sealed()
    files = {one.name: f"sha256:{one.sha256}" for one in sealed.artifacts} if sealed else {}
    # One trust root serves all files of one table.
    trusted = cache(partial(verifier.verifier, signing.trusted_root(release)))
    return tuple(
        Reading(f"{name} (attestation)", digest, partial(_look, release, digest, trusted))
        for name, digest in sorted(files.items())
    )


def _look(release: Release, digest: str, trusted: Callable[[], object]) -> Glance:
    """One look at the attestations of a digest: one of ours is enough."""
    found = attestations.bundles(api.connected(release.project), digest)
    return signing.best(_judged(release, found, digest, trusted), "GitHub has no attestation of it")


def _judged(
    release: Release, found: tuple[bytes | None, ...], digest: str, trusted: Callable[[], object]
) -> Iterator[Glance]:
    for one in found:
        if one is None:
            yield Glance(Verdict.STALE, "GitHub lists an attestation of it and does not have it yet")
        else:
            yield signing.judged(release, bundle.read(one, trusted(), "GitHub"), digest)
