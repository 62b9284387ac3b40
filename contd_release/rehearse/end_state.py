"""The result of a rehearsed release in its world, as far as it is the same for each release of the same commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from contd_release.project.artifacts import sha256_of
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox import remotes
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.pointers import CHANNELS
from contd_release.sandbox.world import World


@dataclass(frozen=True)
class EndState:
    """
    The result that is equal however often a release was killed: every ref of the remote, every thing published, once.

    Args:
        files: the sha256 of what plug-ins published, by channel and name.
        moves: how often each ref of each remote has moved, the website's too, whose commits tell the world's address.
    """

    refs: Mapping[str, str]
    moves: Mapping[str, int]
    effects: Mapping[str, int]
    messages: tuple[str, ...]
    files: Mapping[str, str]


def of(rehearsal: Rehearsal, world: World) -> EndState:
    """The end state, as it is now."""
    rooms = sorted(message.room for message in world.part(Chat).messages())
    effects = {effect: count for effect, count in world.ledger.effects().items() if not effect.startswith("message ")}
    moves = Counter(
        f"{remote.stem} {update.ref}"
        for remote in (world.directory / "git").rglob("*.git")
        for update in remotes.updates(remote)
    )
    return EndState(remotes.refs(rehearsal.remote), moves, effects, tuple(rooms), published(world))


def published(world: World) -> dict[str, str]:
    """The sha256 of each file that a plug-in published, by channel and name."""
    root = world.directory / CHANNELS
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): sha256_of(path)[0] for path in found}
