"""
The seal as the journal notes it: what was built here is what a person approves, and that is what is published.

`artifacts.json` is a file that anything on this machine can edit, together with the files that it names.
"""

from __future__ import annotations

from contd_release.project.artifacts import SEAL, Sealed, Tampered
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Approved, Built


def noted(release: Release) -> str:
    """The digest of the seal that this clone wrote for the release in progress; empty if it wrote none."""
    found = journal.of(release.project).latest(Built, str(release.version))
    return found.seal if found else ""


def require_noted(release: Release, sealed: Sealed) -> None:
    """
    Compare a seal with what the journal notes of it; artifacts that were built elsewhere are not noted here.

    Raises:
        Tampered: another seal was built here, or another one was approved.
    """
    digest, version = sealed.digest(), str(release.version)
    # Where a workflow builds, a person approves the commit alone.
    builds_here = release.project.settings.publisher == "here"
    approved = journal.of(release.project).latest(Approved, version) if builds_here else None
    for known, what in ((noted(release), "built"), (approved.seal if approved else "", "approved")):
        if known not in ("", digest):
            raise Tampered(
                f"{SEAL} is not the one that was {what}: its seal is {digest[:12]}",
                expected=f"seal {known[:12]}, as the journal notes it",
            )
