"""The seal: what was built is measured once, and from then on only those bytes are released."""

from __future__ import annotations

from collections.abc import Callable

from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact, Sealed
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records import seal as noted_seal
from contd_release.records.commit import release_commit
from contd_release.records.entries import Built


def lost(release: Release, since: str) -> tuple[str, ...]:
    """
    What an abort cannot find any more because the seal is gone or edited, and was not broken by the release itself.

    Args:
        since: when the release began, as the journal says it.
    """
    noted = journal.of(release.project).last(Built, str(release.version))
    if noted is None or not noted.seal or noted.at < since:
        return ()
    found, look = release.sealed(), "look for images without a tag in the registry"
    if found is None:
        return (f"{artifacts.SEAL} is lost, which names what was staged: {look}",)
    return () if found.digest() == noted.seal else (f"{artifacts.SEAL} is not the one that was built: {look}",)


def sealed(release: Release, built: Callable[[Release], tuple[Artifact, ...]]) -> Step:
    """Every artifact is in `artifacts.json` with its digest, and still is what was sealed."""

    def observe() -> Found:
        found, commit = release.sealed(), release_commit(release)
        if found is None:
            return Found(State.ABSENT, "not sealed yet")
        if found.commit != commit:
            return Found(
                State.CONFLICT,
                f"{artifacts.SEAL} is of commit {found.commit[:12]}, the release is at {commit and commit[:12]}",
                "invoke abort",
            )
        if not noted_seal.noted(release) and not release.commit:
            return Found(State.PARTIAL, f"{artifacts.SEAL} is written, and not noted in the journal yet")
        noted_seal.require_noted(release, found)
        artifacts.check(release.dist, found)
        return Found(State.DONE, f"{len(found.artifacts)} artifacts, seal {found.digest()[:12]}")

    def seal() -> None:
        commit = release_commit(release)
        if commit is None:
            raise NotReady("there is no release commit", expected="a commit to build from", type_next="invoke release")
        found = Sealed(release.project.name, str(release.version), commit, release.epoch, built(release))
        # In this order: a seal that the journal notes was there, so one that is missing is lost.
        artifacts.seal(release.dist, found)
        journal.of(release.project).append(Built(version=str(release.version), seal=found.digest()))

    def unseal() -> None:
        for name in (artifacts.SEAL, artifacts.CHECKSUMS):
            (release.dist / name).unlink(missing_ok=True)
        journal.of(release.project).append(Built(version=str(release.version), seal=""))

    return Step(
        f"the artifacts are sealed in {artifacts.SEAL}",
        observe,
        act=(Call(f"measure and seal into {artifacts.SEAL}", seal),),
        undo=(Call("break the seal", unseal),),
    )
