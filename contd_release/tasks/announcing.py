"""
What the checklist tells people, where the project names places to tell them at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contd_release import channels
from contd_release.checklist import Item
from contd_release.prepare import notes
from contd_release.release import Release

if TYPE_CHECKING:
    from contd_release.after.announce import Announcement


def access(release: Release) -> tuple[Item, ...]:
    """
    Every place can be told, as far as that is known before anything is said.
    """
    if not release.project.settings.announce:
        return ()
    from contd_release.after import places

    return places.access(release)


def announced(release: Release) -> tuple[Item, ...]:
    """
    Every place knows.
    """
    if not release.project.settings.announce:
        return ()
    from contd_release.after import announce

    return (announce.announced_everywhere(announcement(release)),)


def announcement(release: Release) -> Announcement:
    """
    What is told of a release, everywhere, once every channel that is on was verified.
    """
    from contd_release.after import announce

    return announce.Announcement(
        release,
        notes=lambda: notes.text(release),
        link=announce.link(release),
        channels=tuple(channels.verified(release.project)),
    )
