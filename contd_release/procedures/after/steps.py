"""The announcements of the checklist, if the project has a website or names places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contd_release.after.issues import comments, milestone
from contd_release.channels import registry
from contd_release.engine.checklist import Item, Together
from contd_release.prepare import fragments, notes
from contd_release.process.redaction import Redactor
from contd_release.project.project import Project
from contd_release.project.release import Release

if TYPE_CHECKING:
    from contd_release.after.announce.announcement import Announcement


def access(release: Release) -> tuple[Item, ...]:
    """Every place is reachable, as far as that can be known before a message is sent."""
    return (*_places(release), *([comments.allowed(release)] if _comments(release) else []))


def _places(release: Release) -> tuple[Item, ...]:
    if not release.project.settings.announce:
        return ()
    from contd_release.after.announce import places

    return places.access(release)


def _comments(release: Release) -> tuple[int, ...]:
    """The issues that get a comment: those that the fragments name; a pre-release keeps its fragments for the final."""
    github = release.project.settings.github
    if not github or not github.comment_on_issues or release.version.is_prerelease:
        return ()
    found = fragments.at(release.project, release.base).fragments
    return tuple(sorted({int(one.issue) for one in found if one.issue.isascii() and one.issue.isdigit()}))


def announced(release: Release) -> tuple[Item, ...]:
    """The website has the release, and then, since messages link to it, every place knows; and so do the issues."""
    return (*_on_the_website(release), *_described(release), *_on_issues(release))


def redactor(project: Project) -> Redactor:
    """The redactor for the secrets of a release, with the addresses of its places."""
    if not (project.settings.announce or project.settings.watch):
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


def _on_issues(release: Release) -> tuple[Item, ...]:
    github = release.project.settings.github
    is_closed = github is not None and github.close_milestone and not release.version.is_prerelease
    return (
        *([comments.commented(release, found)] if (found := _comments(release)) else []),
        *([milestone.closed(release)] if is_closed else []),
    )


def _on_the_website(release: Release) -> tuple[Item, ...]:
    if release.project.settings.website is None or release.version.is_prerelease:
        return ()
    from contd_release.after.website import publication

    return (publication.site_published(announcement(release)),)
