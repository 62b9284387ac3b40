"""Who has to sign a release, with what, and what the signatures lead to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from contd_release.channels.readings import Glance, Verdict
from contd_release.engine.step import Found, State
from contd_release.errors import Conflict, Unsettled
from contd_release.project.release import Release
from contd_release.project.settings import Github, Signatures
from contd_release.tools.sigstore import verifier
from contd_release.tools.sigstore.bundle import Signed
from contd_release.tools.sigstore.signer import Signer
from contd_release.tools.sigstore.signing import Instance

TABLE: Final = "[tool.contd-release.signatures]"
_ORDER: Final = (Verdict.SAME, Verdict.WRONG, Verdict.STALE)


def is_on(release: Release) -> bool:
    """Whether the release has to be signed."""
    return release.project.settings.signatures is not None


def settings(release: Release) -> Signatures:
    """What the project says about its signatures."""
    return release.project.settings.signatures or Signatures()


def expected(release: Release) -> Signer:
    """The workflow that signs, at the commit of the release."""
    ours, github = settings(release), release.project.settings.github or Github()
    seal = release.sealed()
    repository, workflow = ours.repository or github.repository, ours.workflow or github.workflow
    return Signer(repository, workflow, seal.commit if seal else "")


def trusted_root(release: Release) -> Path | None:
    """The file of the trust root; None for that of sigstore's public instance."""
    stated = settings(release).trusted_root
    return release.project.root / stated if stated else None


def instance(release: Release) -> Instance:
    """The sigstore instance that signs."""
    stated = settings(release).signing_config
    return Instance(trusted_root(release), release.project.root / stated if stated else None)


def obstacle(release: Release) -> Found | None:
    """What keeps this machine from reading signatures of this project; None if it can."""
    if not verifier.is_here():
        return Found(State.ABSENT, "sigstore is not installed", "pip install 'contd-release[sign]'")
    if not expected(release).repository:
        remedy = f"$EDITOR pyproject.toml   (repository in {TABLE})"
        return Found(State.ABSENT, "the repository of the workflow that signs is not known", remedy)
    return None


def judged(release: Release, one: Signed, digest: str) -> Glance:
    """What a signed statement says of a digest: the signature first, then who signed, then what."""
    ours = expected(release)
    if one.problem:
        return Glance(Verdict.WRONG, f"claims to be of {one.signer}, and does not hold: {one.problem}")
    if not one.signer.is_same(ours):
        return Glance(Verdict.WRONG, f"signed by {one.signer}, and ours is {ours}")
    if digest not in one.digests:
        other = f"{one.digests[0][:19]}" if one.digests else "nothing"
        return Glance(Verdict.WRONG, f"signed by {one.signer}, for {other}")
    return Glance(Verdict.SAME, f"signed by {one.signer}")


def best(glances: Iterable[Glance], absent: str) -> Glance:
    """The verdict of several signatures where one of ours is enough: registries keep those of others beside it."""
    found = sorted(glances, key=lambda one: _ORDER.index(one.verdict))
    return found[0] if found else Glance(Verdict.ABSENT, absent)


def required(release: Release, name: str, seen: Glance) -> None:
    """
    Stop where a signature is not as it has to be.

    Raises:
        Conflict: it is wrong.
        Unsettled: it is not there yet.
    """
    if seen.verdict is Verdict.SAME:
        return
    what = f"the signature of {name} is {seen.verdict.value}: {seen.what}"
    if seen.verdict is Verdict.WRONG:
        raise Conflict(what, str(expected(release)), f"invoke rollback --version {release.version}")
    raise Unsettled(what, str(expected(release)), f"invoke verify --version {release.version}")
