"""What must be so before a release is staged on GitHub: our token may release, and the checks are green."""

from __future__ import annotations

import shlex

from contd_release.engine.step import Found, State, Step
from contd_release.project.release import Release
from contd_release.tools.github import api, runs


def allowed(release: Release) -> Step:
    """
    GitHub accepts our token, and its scope is enough to release; whether a fine-grained one's is shows when it tries.
    """
    name = _name(release)

    def observe() -> Found:
        repository = api.connected(release.project)
        if repository.token is None:
            return Found(State.ABSENT, "there is no token for GitHub", "gh auth login   (or export GITHUB_TOKEN=…)")
        access = api.access(repository)
        if access is None:
            return Found(State.ABSENT, f"our token does not see {name}", "gh auth refresh --scopes repo")
        if access.may_release is None:
            return Found(State.DONE, "accepted; that it may release cannot be checked before publishing")
        if not access.may_release:
            scopes = ", ".join(access.scopes or ()) or "none"
            return Found(
                State.ABSENT, f"our token may not write to {name}: scopes {scopes}", "gh auth refresh --scopes repo"
            )
        return Found(State.DONE, f"scopes {', '.join(access.scopes or ())}")

    return Step(f"our token may release on {name}", observe)


def checked(release: Release) -> Step:
    """Every check of the commit that the release starts from has passed, or somebody said why not."""
    short = release.base[:12]
    because = f" --because {shlex.quote(release.because)}" if release.because else ""
    without = f'{release.task}{because} --without-ci "why it is right all the same"'

    def observe() -> Found:
        if release.without_ci:
            return Found(State.DONE, f"not asked: {release.without_ci}")
        checks = runs.checks(api.connected(release.project), release.base)
        if red := [one for one in checks if one.passed is False]:
            told = ", ".join(f"{one.name} ({one.url})" if one.url else one.name for one in red)
            return Found(State.ABSENT, f"failed on {short}: {told}", without)
        if running := [one.name for one in checks if one.passed is None]:
            return Found(
                State.PARTIAL,
                f"still running on {short}: {', '.join(running)}",
                f"{release.task}{because}   (when they have ended)",
            )
        if not checks:
            return Found(State.ABSENT, f"nothing has checked {short}", without)
        return Found(State.DONE, f"{len(checks)} passed on {short}")

    return Step(f"the checks of {short} are green", observe)


def _name(release: Release) -> str:
    settings = release.project.settings.github
    assert settings is not None
    return settings.repository
