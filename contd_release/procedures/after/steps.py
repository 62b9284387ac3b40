"""What the checklist tells people, where the project has a website or names places to tell them at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contd_release.channels import registry
from contd_release.engine.checklist import Item, Together
from contd_release.prepare import notes
from contd_release.process.redaction import Redactor
from contd_release.project.project import Project
from contd_release.project.release import Release

if TYPE_CHECKING:
    from contd_release.after.announce.announcement import Announcement


def access(release: Release) -> tuple[Item, ...]:
    """Every place is reachable, as far as that can be known before a message is sent."""
    if not release.project.settings.announce:
        return ()
    from contd_release.after.announce import places

    return places.access(release)


def announced(release: Release) -> tuple[Item, ...]:
    """The website has the release, and then, since messages link to it, every place knows."""
    return (*_on_the_website(release), *_described(release))


def redactor(project: Project) -> Redactor:
    """What takes every secret of a release out of what is kept, the addresses of its places as well."""
    if not project.settings.announce:
        return Redactor.of_environment()
    from contd_release.after.announce import places

    return Redactor.of_environment(named=places.variables(project.settings))


def announcement(release: Release) -> Announcement:
    """The message about a release, for every place, once every channel in use was verified."""
    from contd_release.after.announce import announcement as announce

    return announce.Announcement(
        release,
        notes=lambda: notes.text(release),
        link=announce.link(release),
        channels=tuple(registry.verified(release.project)),
    )


def _described(release: Release) -> tuple[Together, ...]:
    if not release.project.settings.announce:
        return ()
    from contd_release.after.announce import announcement as announce

    return (announce.announced_everywhere(announcement(release)),)


def _on_the_website(release: Release) -> tuple[Item, ...]:
    if release.project.settings.website is None or release.version.is_prerelease:
        return ()
    from contd_release.after.website import publication

    return (publication.site_published(announcement(release)),)
