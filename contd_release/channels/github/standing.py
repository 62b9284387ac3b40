"""
What GitHub has under the tag of a release, and whose it is.

A draft has no tag yet, and GitHub lets two drafts name the same one. Ours carries a mark in its text, with the commit
it was made of: by that it is found again, and never made twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contd_release.channels.github.notes import marked_commit
from contd_release.engine.step import Found, State
from contd_release.errors import NotReady
from contd_release.project.artifacts import SEAL, Sealed
from contd_release.project.release import Release
from contd_release.records import seal
from contd_release.records.commit import release_commit
from contd_release.tools.github import releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.releases import ReleaseInfo

PATIENCE: Final = 60.0
NEXT_VERSION: Final = "invoke release --part patch   (a version is never used twice)"


@dataclass(frozen=True)
class Standing:
    """
    What GitHub has under our tag.

    Args:
        ours: the public release or the drafts that carry our mark, the oldest first.
        others: what someone else made.
    """

    ours: tuple[ReleaseInfo, ...]
    others: tuple[ReleaseInfo, ...]

    @property
    def public(self) -> ReleaseInfo | None:
        """Our release, once it is public."""
        return next((one for one in self.ours if not one.is_draft), None)

    @property
    def first(self) -> ReleaseInfo | None:
        """Our release, or our draft."""
        return self.public or next(iter(self.ours), None)

    def conflict(self) -> Found | None:
        """What to say of something else under our tag."""
        if not self.others:
            return None
        other = self.others[0]
        what = "draft" if other.is_draft else "release"
        return Found(
            State.CONFLICT,
            f"a {what} for {other.tag} is on GitHub that this release did not make: {other.url}",
            f"open {other.url}   (delete the draft if it is not needed)" if other.is_draft else NEXT_VERSION,
        )


def standing(release: Release, repository: GitHubRepository) -> Standing:
    """
    Ask GitHub what it has under our tag: the public release, else the drafts.

    GitHub knows a release by its tag a moment later than it lists it, so the list is looked through for both.
    """
    public = releases.release_of_tag(repository, release.tag)
    found = (public,) if public else _listed(release, repository)
    ours = tuple(one for one in found if _is_ours(release, repository, one))
    return Standing(ours, tuple(one for one in found if one not in ours))


def require_seal(release: Release) -> Sealed:
    """
    What was built.

    Raises:
        NotReady: nothing is.
        Tampered: something else was built or approved.
    """
    sealed = release.sealed()
    if sealed is None:
        raise NotReady("nothing is sealed", expected="built artifacts", type_next="invoke build")
    seal.require_noted(release, sealed)
    return sealed


def _listed(release: Release, repository: GitHubRepository) -> tuple[ReleaseInfo, ...]:
    found = [one for one in releases.releases(repository) if one.tag == release.tag]
    public = [one for one in found if not one.is_draft]
    return tuple(public or sorted(found, key=lambda one: one.id))


def _is_ours(release: Release, repository: GitHubRepository, theirs: ReleaseInfo) -> bool:
    """Whether this release made it: our mark is in its text, or our seal is among its files."""
    sealed = release.sealed()
    commit = sealed.commit if sealed else release_commit(release)
    if named := marked_commit(theirs.body, release.tag):
        return named == commit
    if sealed is None:
        return False
    return any(one.name == SEAL and one.sha256 == sealed.digest() for one in releases.assets(repository, theirs.id))
