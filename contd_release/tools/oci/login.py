"""
Logins for container registries: where they come from, and how a registry wants them.

https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.errors import Unanswered, Usage
from contd_release.process.redaction import Secret
from contd_release.tools.http import Http, Refused, Reply, refused

USERNAME: Final = "CONTD_REGISTRY_USERNAME"
PASSWORD: Final = "CONTD_REGISTRY_PASSWORD"  # noqa: S105
_GITHUB: Final = "ghcr.io"
_DOCKER_HUB: Final = ("registry-1.docker.io", "https://index.docker.io/v1/")
_PARAMETER: Final = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Login:
    """A user of a registry."""

    username: str
    password: Secret

    @property
    def header(self) -> Secret:
        """The value of `Authorization` for the Basic scheme."""
        return Secret(f"Basic {b64encode(f'{self.username}:{self.password.reveal()}'.encode()).decode()}")


def login(registry: str, environ: Mapping[str, str] | None = None) -> Login | None:
    """
    The login for a registry (host, and port if any): from `CONTD_REGISTRY_USERNAME` and `CONTD_REGISTRY_PASSWORD`, from
    `GITHUB_TOKEN` for GitHub's, or from the files in which docker, buildah and helm keep theirs.
    """
    variables = os.environ if environ is None else environ
    if variables.get(PASSWORD):
        return Login(variables.get(USERNAME, ""), Secret(variables[PASSWORD]))
    token = variables.get("GITHUB_TOKEN") or variables.get("GH_TOKEN")
    if registry == _GITHUB and token:
        return Login(variables.get("GITHUB_ACTOR", "token"), Secret(token))
    return next((found for path in _files(variables) if (found := _kept(path, registry))), None)


def authorization(challenged: Reply, scope: str, who: Login | None) -> Secret:
    """
    What to send as `Authorization` after this 401, for a scope such as `repository:owner/app:pull`.

    Raises:
        Refused: the registry wants a login that we do not have, or refuses the one we have.
        Unanswered: it does not say.
    """
    kind, _, rest = challenged.headers.get("WWW-Authenticate", "").partition(" ")
    said = dict(_PARAMETER.findall(rest))
    if kind.lower() == "bearer" and said.get("realm"):
        return Secret(f"Bearer {_token(said['realm'], said.get('service', ''), scope, who)}")
    if who is None:
        raise Refused(
            f"{challenged.url} wants a login, and there is none",
            expected=f"{USERNAME} and {PASSWORD} in the environment, or a login that docker keeps",
            type_next=f"export {USERNAME}=… {PASSWORD}=…",
        )
    return who.header


def _token(realm: str, service: str, scope: str, who: Login | None) -> str:
    http = Http(realm, headers={"Authorization": who.header} if who else {})
    reply = http.ask(realm, params={"scope": scope} | ({"service": service} if service else {}))
    refused(reply, scope, type_next=f"export {USERNAME}=… {PASSWORD}=…")
    found = reply.json() if reply.status == 200 else {}
    token = found.get("token") or found.get("access_token") if isinstance(found, dict) else None
    if not isinstance(token, str):
        raise Unanswered(f"{reply.url} answered {reply.status} without a token", expected=f"a token for {scope}")
    return token


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """
    Where docker, buildah, skopeo and helm keep logins, the most particular place first.

    https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
    """
    if named := environ.get("REGISTRY_AUTH_FILE"):
        yield Path(named)
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime) / "containers" / "auth.json"
    if docker := environ.get("DOCKER_CONFIG"):
        yield Path(docker) / "config.json"
    if home := environ.get("HOME"):
        yield Path(home) / ".config" / "containers" / "auth.json"
        yield Path(home) / ".docker" / "config.json"


def _kept(path: Path, registry: str) -> Login | None:
    try:
        entries = json.loads(path.read_text(encoding="utf-8")).get("auths", {})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError) as error:
        raise Usage(
            f"{path} cannot be read: {type(error).__name__}",
            expected="logins as docker writes them",
            type_next=f"docker login {registry}",
        ) from None
    spellings = (registry, f"https://{registry}", *(_DOCKER_HUB if registry in _DOCKER_HUB else ()))
    for spelling in spellings:
        try:
            username, colon, password = b64decode(entries[spelling]["auth"]).decode().partition(":")
        except (KeyError, TypeError, ValueError):
            continue
        if colon:
            return Login(username, Secret(password))
    return None
