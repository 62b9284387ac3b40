"""How to log in to a registry: where a repository is, and what has to be shown before it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

from contd_release.errors import Usage
from contd_release.process.redaction import Secret
from contd_release.project.rules import is_loopback
from contd_release.tools.http import Http, Reply
from contd_release.tools.oci import login as oci_login
from contd_release.tools.oci import token
from contd_release.tools.oci.login import Login

_PART: Final = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
# What stands before the path is a registry only if it looks like a host: `owner/app` names none.
_HOST: Final = r"localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:)"
_NAME: Final = re.compile(rf"(?!-)({_HOST})(:[0-9]{{1,5}})?/({_PART}(?:/{_PART})*)")


@dataclass
class Door:
    """
    The way into one repository of one registry: `ghcr.io/owner/app`.

    Args:
        registry: the host, and the port if any.
        path: what follows it.
        login: our login; None to read anonymously.
    """

    registry: str
    path: str
    login: Login | None = None
    _doors: dict[str, Http] = field(default_factory=dict, repr=False)

    @classmethod
    def named(cls, name: str, *, anonymous: bool = False) -> Self:
        """
        The repository of this name, with the login that this machine has for it.

        Raises:
            Usage: the name is not a registry and a path.
        """
        if not (match := _NAME.fullmatch(name)):
            raise Usage(
                f"{name!r} does not name a repository",
                expected="a registry, a path in lower case, and no tag: ghcr.io/owner/app",
                type_next="$EDITOR pyproject.toml",
            )
        registry = f"{match[1]}{match[2] or ''}"
        registry = oci_login.known(registry)
        return cls(registry, match[3], None if anonymous else oci_login.login(registry))

    def __str__(self) -> str:
        return f"{self.registry}/{self.path}"

    def talk(self, verbs: str, say: Callable[[Http], Reply]) -> Reply:
        """
        Say something, with what the registry wants to see first.

        Who has a login shows it from the beginning: a registry may tell strangers that a private image is not there.

        Args:
            verbs: what it needs the right to do: `pull`, `pull,push`, or `*` as clients that delete ask for.
        """
        reply = say(self._door(verbs))
        if reply.status == 401:
            self._log_in(verbs, reply)
            reply = say(self._doors[verbs])
        return reply

    def token(self, verbs: str) -> Secret | None:
        """The token that the registry gives for our login; None if it wants the login itself."""
        letter = self._door(verbs).headers.get("Authorization")
        kind, _, token = letter.reveal().partition(" ") if isinstance(letter, Secret) else ("", "", "")
        return Secret(token) if kind == "Bearer" else None

    def _door(self, verbs: str) -> Http:
        if verbs not in self._doors:
            stranger = Http(self.url(""))
            if self.login:
                self._log_in(verbs, stranger.ask(urljoin(self.url(""), "/v2/")))
            self._doors.setdefault(verbs, stranger)
        return self._doors[verbs]

    def _log_in(self, verbs: str, challenged: Reply) -> None:
        if challenged.status == 401:
            scope = f"repository:{self.path}:{verbs}"
            letter = token.authorization(challenged, self.url(""), scope, self.login)
            self._doors[verbs] = Http(self.url(""), headers={"Authorization": letter})

    def url(self, what: str) -> str:
        """The address of something in this repository; plain HTTP only on this machine."""
        host = urlsplit(f"//{self.registry}").hostname or ""
        return f"{'http' if is_loopback(host) else 'https'}://{self.registry}/v2/{self.path}/{what}"
