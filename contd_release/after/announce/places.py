"""The places where releases are announced: a name in the configuration, a URL in the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from packaging.version import Version

from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady, ReleaseError, Usage, raise_all
from contd_release.process.redaction import Secret
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.tools.apprise import apprise
from contd_release.tools.apprise.apprise import Service

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_VALUE: Final = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True)
class AnnouncementPlace:
    """
    One place.

    Args:
        variable: the environment variable that holds its apprise URL.
    """

    name: str
    variable: str

    def __str__(self) -> str:
        return f"{self.name} (${self.variable})"

    @property
    def value(self) -> Secret | None:
        """What the variable holds; None if it is not set."""
        value = os.environ.get(self.variable, "").strip()
        return Secret(value) if value else None

    def url(self) -> Secret:
        """
        Its URL.

        Raises:
            NotReady: the variable is not set.
        """
        if not (value := self.value):
            raise NotReady(
                f"the environment variable {self.variable} is not set",
                expected=f"the apprise URL of {self.name}",
                type_next=f"export {self.variable}=…   (https://appriseit.com/services/)",
            )
        return value

    def service(self, *others: AnnouncementPlace) -> Service:
        """
        The service that its URL means.

        Args:
            others: places that will be asked about soon.

        Raises:
            NotReady: the variable is not set, or apprise is not installed.
            Usage: the URL means none; which place it is of is said, and nothing of the URL.
        """
        try:
            return apprise.service(self.url(), *(value for one in others if (value := one.value)))
        except NotReady:
            raise
        except Usage as error:
            raise Usage(
                f"{self}: {error.what_is}",
                expected=error.expected,
                type_next=f"export {self.variable}=…   (then {error.type_next})",
            ) from error


def places(settings: Settings, version: Version | None = None) -> tuple[AnnouncementPlace, ...]:
    """
    The places that get a message about this version; a pre-release goes to those in `announce-pre-releases`.

    Raises:
        Usage: a value is not `env:VARIABLE`; it is not repeated, for it may be a URL with a token.
    """
    found, errors = _read(settings.announce, "announce")
    errors += [
        Usage(
            f"[tool.contd-release] announce-pre-releases names {name!r}, which is no place",
            expected=", ".join(settings.announce) or "a name of [tool.contd-release.announce]",
            type_next="$EDITOR pyproject.toml",
        )
        for name in settings.announce_pre_releases
        if name not in settings.announce
    ]
    raise_all(errors)
    if version and version.is_prerelease:
        return tuple(place for place in found if place.name in settings.announce_pre_releases)
    return tuple(found)


def alarms(settings: Settings) -> tuple[AnnouncementPlace, ...]:
    """
    The places that get the alarms of `invoke watch`.

    Raises:
        Usage: a value is not `env:VARIABLE`.
    """
    found, errors = _read(settings.watch.announce if settings.watch else {}, "watch.announce")
    raise_all(errors)
    return tuple(found)


def variables(settings: Settings) -> tuple[str, ...]:
    """The names of the environment variables that hold URLs: what a `Redactor` must mask."""
    values = (*settings.announce.values(), *(settings.watch.announce.values() if settings.watch else ()))
    return tuple(match[1] for value in values if (match := _VALUE.fullmatch(value)))


def access(release: Release) -> tuple[Step, ...]:
    """Every place's URL is here and means a service. Whether the service accepts it shows only with a message."""
    chosen = places(release.project.settings, release.version)
    return tuple(understood(place, chosen) for place in chosen)


def understood(place: AnnouncementPlace, among: tuple[AnnouncementPlace, ...]) -> Step:
    """The URL of a place means a service; those of the others are asked about together with it."""

    def observe() -> Found:
        try:
            return Found(
                State.DONE, f"{place.service(*among).name}; whether it accepts messages shows with the first one"
            )
        except NotReady as error:
            return Found(State.ABSENT, f"{place.name}: {error.what_is}", error.type_next)
        except Usage as error:
            return Found(State.ABSENT, error.what_is, error.type_next)

    return Step(f"{place.name} can be announced to", observe)


def _read(table: Mapping[str, str], name: str) -> tuple[list[AnnouncementPlace], list[ReleaseError]]:
    """The places that a table names, and an error for each line that names none."""
    found: list[AnnouncementPlace] = []
    errors: list[ReleaseError] = []
    for place, value in table.items():
        match = _VALUE.fullmatch(value)
        if match and _NAME.fullmatch(place):
            found.append(AnnouncementPlace(place, match[1]))
            continue
        errors.append(
            Usage(
                f"[tool.contd-release.{name}] {place!r} is not a plain name with a value of the form env:VARIABLE",
                expected="the name of an environment variable; the URL is a secret and does not belong into a file",
                type_next="$EDITOR pyproject.toml",
            )
        )
    return found, errors
