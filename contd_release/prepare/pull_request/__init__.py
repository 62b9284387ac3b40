"""
The release pull request, which brings the release commit to a protected branch.

The release waits for it, and goes on from the commit that GitHub makes of it.
"""

from contd_release.engine.step import Step
from contd_release.prepare.pull_request import merged, request, way
from contd_release.prepare.pull_request.request import listed, removed
from contd_release.project.release import Release

__all__ = ["access", "asked", "listed", "removed"]


def access(release: Release) -> tuple[Step, ...]:
    """What protects the branch and the tag is known beforehand, where the project is on GitHub."""
    settings = release.project.settings.github
    return (way.known(release),) if settings and settings.repository else ()


def asked(release: Release) -> tuple[Step, ...]:
    """The branch, the pull request, and its merge by a person."""
    return (request.pushed(release), request.opened(release), merged.merged(release))
