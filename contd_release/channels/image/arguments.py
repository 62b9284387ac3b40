"""The build arguments by which a Dockerfile gets the version of the release."""

from __future__ import annotations

import re
from typing import Final

from contd_release.channels.image.names import settings
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.builders import dockerfile

# What people call the version of what they build; others, such as PYTHON_VERSION, are those of something else.
_NAMES: Final = frozenset("VERSION APP_VERSION BUILD_VERSION PACKAGE_VERSION PROJECT_VERSION RELEASE_VERSION".split())
# The defaults of builds that are no release.
_STAND_INS: Final = frozenset("dev devel development edge latest local main master none unknown snapshot".split())


def stating(release: Release) -> dict[str, str]:
    """
    The arguments of the Dockerfile that mean the version of the release, each with that version.

    An argument means it where it is called so and nothing starts from it, and has no default, or one that is the
    project's version or stands for none. A tool that computes the version gets its own variable where the Dockerfile
    declares it.
    """
    text = git.text(release.project.root, release.base, settings(release).dockerfile) or ""
    instructions = tuple(dockerfile.instructions(text))
    given = _assigned(release, text)
    bases = " ".join(one.value for one in instructions if one.keyword == "FROM")
    found = [
        argument
        for one in instructions
        for argument, _, default in (word.partition("=") for word in one.value.split())
        if one.keyword == "ARG" and (argument in given or _gets_version(release, argument, default.strip("\"'")))
    ]
    return {one: str(release.version) for one in found if not re.search(rf"\$\{{?{one}\b", bases)}


def _assigned(release: Release, text: str) -> frozenset[str]:
    """The arguments whose value the variable of the tool that computes the version gets: `ENV X=$VERSION`."""
    tool = release.project.package.tag
    if not tool or not tool.variable:
        return frozenset()
    return frozenset(re.findall(rf"{tool.variable}\w*[ =]+[\"']?\$\{{?(\w+)", text))


def _gets_version(release: Release, argument: str, default: str) -> bool:
    ours = re.sub(r"[-_.]+", "_", release.project.name).upper()
    is_called_so = argument in _NAMES or argument == f"{ours}_VERSION"
    return _is_variable(release, argument) or (is_called_so and _means(release, default))


def _is_variable(release: Release, argument: str) -> bool:
    """Whether this is the variable of the tool that computes the version, with or without the package's name."""
    tool = release.project.package.tag
    return bool(tool and tool.variable and argument.startswith(tool.variable))


def _means(release: Release, default: str) -> bool:
    """Whether a default is the project's version, or stands for one."""
    versions = {str(one) for one in (release.previous, release.version)} | {release.semver}
    plain = default.lower().removeprefix("v")
    return not plain or plain in versions | _STAND_INS or bool(re.fullmatch(r"0\.0\.0(\W.*)?|\$\{?\w+\}?", plain))
