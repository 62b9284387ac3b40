"""What a rehearsal left in its world, read back: its last lines."""

from __future__ import annotations

from collections.abc import Iterator

from contd_release.errors import Unsettled
from contd_release.project import artifacts
from contd_release.project.release import folder
from contd_release.records.entries import Ended, Verified, Withdrawn
from contd_release.rehearse.end_state import published
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.tools import git


def evidence(rehearsal: Rehearsal, world: World) -> Iterator[str]:
    """
    One sentence for each thing that the world has now.

    Raises:
        Unsettled: the release said that it ended, and the remote does not show it.
    """
    ended = rehearsal.entries.last(Ended)
    refs = remotes.refs(rehearsal.remote)
    tag = rehearsal.project.tags.of(ended.version) if ended else ""
    if ended is None or f"refs/tags/{tag}" not in refs:
        raise Unsettled("the release ended without an error, and the remote has no tag of it", expected="its tag")
    found = git.remote(rehearsal.clone, "origin").tag(tag)
    assert found is not None
    sealed = artifacts.read(rehearsal.state / folder(ended.version) / "dist")
    yield ""
    yield f"In {world.directory.parent}:"
    yield f"  {tag} is {'an annotated' if found.is_annotated else 'a lightweight'} tag on {found.commit[:12]}"
    for ref, commit in sorted(refs.items()):
        if ref.startswith("refs/heads/"):
            yield f"  {ref.removeprefix('refs/heads/')} is at {commit[:12]}"
    for one in sealed.artifacts if sealed else ():
        yield f"  {one.name}  sha256 {one.sha256}"
    for name, sha256 in published(world).items():
        yield f"  {name}  sha256 {sha256}"
    effects = world.ledger.effects()
    yield f"  {len(effects)} things were published, {sum(effects.values()) - len(effects)} of them twice"
    is_withdrawn = rehearsal.entries.last(Withdrawn, ended.version) is not None
    became = "withdrawn, as far as it can be" if is_withdrawn else _became(rehearsal, ended.version)
    yield f"{rehearsal.project.name} {ended.version} is {became}; nothing left this machine"


def _became(rehearsal: Rehearsal, version: str) -> str:
    """The result of a release by the channels that were read back; without any, only its tag is there."""
    verified = dict.fromkeys(one.channel for one in rehearsal.entries.entries(Verified, version))
    if "pypi" in verified:
        return "released, installed and verified"
    if names := [one for one in verified if one != "github"]:
        return f"released and verified: {', '.join(names)}"
    return "tagged, and nothing that can be installed was released"
