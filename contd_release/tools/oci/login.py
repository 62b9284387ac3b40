"""Logins for container registries, and where they come from."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.errors import Usage
from contd_release.process.redaction import Secret

REGISTRY: Final = "CONTD_REGISTRY"
USERNAME: Final = "CONTD_REGISTRY_USERNAME"
PASSWORD: Final = "CONTD_REGISTRY_PASSWORD"  # noqa: S105
_GITHUB: Final = "ghcr.io"
_DOCKER_HUB: Final = ("registry-1.docker.io", "https://index.docker.io/v1/")


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

    `CONTD_REGISTRY` names the one registry that the password is for.
    """
    variables = os.environ if environ is None else environ
    if variables.get(PASSWORD) and known(variables.get(REGISTRY) or registry) == registry:
        return Login(variables.get(USERNAME, ""), Secret(variables[PASSWORD]))
    token = variables.get("GITHUB_TOKEN") or variables.get("GH_TOKEN")
    if registry == _GITHUB and token:
        return Login(variables.get("GITHUB_ACTOR", "token"), Secret(token))
    return next((found for path in _files(variables) if (found := _kept(path, registry))), None)


def known(registry: str) -> str:
    """The host that a registry answers at: Docker Hub's has another name."""
    return _DOCKER_HUB[0] if registry in ("docker.io", "index.docker.io") else registry


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
