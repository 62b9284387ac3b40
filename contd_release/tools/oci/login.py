"""Logins for container registries: from the environment, from docker's files, or from its credential helpers."""

from __future__ import annotations

import json
import os
import re
import shlex
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.errors import Unanswered, Usage
from contd_release.process.command import Answer, Command
from contd_release.process.redaction import Redactor, Secret

REGISTRY: Final = "CONTD_REGISTRY"
USERNAME: Final = "CONTD_REGISTRY_USERNAME"
PASSWORD: Final = "CONTD_REGISTRY_PASSWORD"  # noqa: S105
_GITHUB: Final = "ghcr.io"
_DOCKER_HUB_HOST: Final = "registry-1.docker.io"
_DOCKER_HUB: Final = ("https://index.docker.io/v1/", "docker.io", _DOCKER_HUB_HOST)
# The helpers of cloud registries find out with these who asks; docker gives them its whole environment.
_OF_CLOUDS: Final = ("AWS_", "AZURE_", "CLOUDSDK_", "GOOGLE_")
_HELPER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HELPER_SECONDS: Final = 30.0
_NOT_FOUND: Final = "credentials not found in native keychain"
_IDENTITY_TOKEN: Final = "<token>"  # noqa: S105


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
    `GITHUB_TOKEN` for GitHub's, or from the files in which docker, buildah and helm keep theirs, and the credential
    helpers that these files name.

    `CONTD_REGISTRY` names the one registry that the password is for.

    Raises:
        Usage: such a file cannot be read, or keeps something that is no user name and password.
        Unanswered: a credential helper is not there, or does not answer.
    """
    variables = os.environ if environ is None else environ
    if variables.get(PASSWORD) and known(variables.get(REGISTRY) or registry) == registry:
        return Login(variables.get(USERNAME, ""), Secret(variables[PASSWORD]))
    token = variables.get("GITHUB_TOKEN") or variables.get("GH_TOKEN")
    if registry == _GITHUB and token:
        return Login(variables.get("GITHUB_ACTOR", "token"), Secret(token))
    return next((found for path in _files(variables) if (found := _kept(path, registry, variables))), None)


def known(registry: str) -> str:
    """The host that a registry answers at: Docker Hub's has another name."""
    return _DOCKER_HUB_HOST if registry in ("docker.io", "index.docker.io") else registry


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


def _kept(path: Path, registry: str, environ: Mapping[str, str]) -> Login | None:
    """The login that one file has, or that the credential helper it names for this registry has."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        logins, helpers, store = (found.get(key) or {} for key in ("auths", "credHelpers", "credsStore"))
        spellings = _DOCKER_HUB if registry in _DOCKER_HUB else (registry, f"https://{registry}")
        server = next((one for one in spellings if one in helpers), spellings[0])
        name, entries = helpers.get(server, store), [logins.get(one) for one in spellings]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise Usage(
            f"{path} cannot be read: {type(error).__name__}",
            expected="logins as docker writes them",
            type_next=f"docker login {registry}",
        ) from None
    if name and (login := _asked(_helper(name, path), server, environ)):
        return login
    return next((login for entry in entries if (login := _decoded(entry))), None)


def _decoded(entry: object) -> Login | None:
    auth = entry.get("auth") if isinstance(entry, dict) else None
    try:
        username, colon, password = b64decode(auth or "").decode().partition(":")
    except (TypeError, ValueError):
        return None
    return Login(username, Secret(password)) if colon else None


def _helper(name: object, path: Path) -> str:
    if not isinstance(name, str) or not _HELPER_NAME.fullmatch(name):
        raise Usage(
            f"{path} names {name!r} as a credential helper",
            expected='the NAME of a program docker-credential-NAME, such as "secretservice"',
            type_next=f"$EDITOR {shlex.quote(str(path))}",
        )
    return f"docker-credential-{name}"


def _asked(program: str, server: str, environ: Mapping[str, str]) -> Login | None:
    """
    The login that a credential helper has for a server; it is asked on standard input.

    https://github.com/docker/docker-credential-helpers#development
    """
    env = {name: Secret(value) for name, value in environ.items() if name.startswith(_OF_CLOUDS)}
    answer = Command((program, "get"), env=env, stdin=server, timeout=_HELPER_SECONDS).ask()
    if answer.code and _NOT_FOUND in answer.out:
        return None
    if login := None if answer.code else _parsed(answer):
        return login
    said = (answer.out or answer.err if answer.code else answer.err).strip().splitlines()
    raise Unanswered(
        f"{program} ended with {answer.code} for {server}" + (f": {_safe(said[0])}" if said else ""),
        expected=f"a user name and a password, or {_NOT_FOUND!r}",
        type_next=f"echo {server} | {program} get",
    )


def _parsed(answer: Answer) -> Login | None:
    """The login that a helper answered; another answer is not shown anywhere, since it may hold the password."""
    try:
        found = json.loads(answer.raw)
        username, password = found["Username"], found["Secret"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(username, str) or not isinstance(password, str) or not password:
        return None
    if username == _IDENTITY_TOKEN:
        raise Usage(
            "docker's credential helper has an identity token, and no user name and password",
            expected="a login that the registry takes as it is",
            type_next=f"export {USERNAME}=… {PASSWORD}=…",
        )
    return Login(username, Secret(password))


def _safe(text: str) -> str:
    return Redactor.of_environment()(text)[:200]
