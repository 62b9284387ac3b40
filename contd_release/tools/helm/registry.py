"""
Charts in an OCI registry: what is there, put there and fetched from there.

A chart is a manifest with one layer, its `.tgz`. The manifest carries a date, so charts are compared by the layer.
https://helm.sh/docs/topics/registries/
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from contd_release.errors import FailedCommand, ReleaseError, Unanswered, Usage, again
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.process.redaction import Secret
from contd_release.process.system.files import opened
from contd_release.project.rules import is_loopback
from contd_release.tools.helm import helm
from contd_release.tools.http import Refused
from contd_release.tools.oci.repository import OciRepository

CONTENT: Final = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
_SCHEME: Final = "oci://"
_STDIN: Final = "/dev/stdin"
# What no second try changes: the registry knows what it refuses. A digest or a port may hold the same digits.
_REFUSALS: Final = re.compile(r"\b(401|403|405|unauthorized|denied|credential not found)\b", re.IGNORECASE)


def repository(ref: str, *, anonymous: bool = False) -> OciRepository:
    """
    The repository that `oci://REGISTRY/FOLDER/NAME` names.

    Raises:
        Usage: it names none.
    """
    if not ref.startswith(_SCHEME):
        raise Usage(
            f"{ref!r} is not an OCI registry", expected="oci://ghcr.io/OWNER/charts", type_next="$EDITOR pyproject.toml"
        )
    return OciRepository.named(ref.removeprefix(_SCHEME), anonymous=anonymous)


def layer(there: OciRepository, version: str) -> str | None:
    """
    The digest of the chart's `.tgz` under this version; None if the name is free.

    What is there and is no chart gives its own digest, which no chart has.
    """
    if (digest := there.digest(version)) is None:
        return None
    if (manifest := there.manifest(digest)) is None:
        raise Unanswered(f"{there} names {digest} and does not have it", expected="the manifest behind the tag")
    content = [one.digest for one in manifest.layers if one.media_type == CONTENT]
    return content[0] if len(content) == 1 else digest


@dataclass(frozen=True)
class Pushed:
    """
    The action that sends a packed chart to its registry; helm takes name and tag from the chart itself.

    Args:
        ref: `oci://REGISTRY/FOLDER/NAME`.
    """

    archive: Path
    ref: str

    def __str__(self) -> str:
        return str(self.command)

    @property
    def command(self) -> Command:
        """The helm command, without the login."""
        folder = self.ref.rpartition("/")[0]
        return Command((*helm.program(), "push", *_plain(folder), "--", str(self.archive), folder))

    def run(self, running: Running) -> None:
        """Push, logged in."""
        with logged_in(repository(self.ref), "pull,push", self.command) as command:
            command.run(running)


def pulled(ref: str, version: str, destination: Path, *, anonymous: bool) -> Path:
    """
    The chart as a consumer gets it.

    Raises:
        Unanswered: it cannot be had.
    """
    options = ("--version", version, "--destination", str(destination))
    argv = (*helm.program(), "pull", *options, *_plain(ref), "--", ref)
    with logged_in(repository(ref, anonymous=anonymous), "pull", Command(argv, timeout=120)) as command:
        answer = command.ask()
    archive = destination / f"{ref.rpartition('/')[2]}-{version}.tgz"
    if answer.code or not archive.is_file():
        raise Unanswered(
            f"{ref} {version} cannot be pulled: {helm.said(answer)}",
            expected="the chart",
            type_next=again("when the registry is well"),
        )
    return archive


@contextmanager
def logged_in(there: OciRepository, verbs: str, command: Command) -> Iterator[Command]:
    """
    The helm command that knows this one login, or none.

    helm takes a password from its argv, which everybody on the machine can read, or from a file. The SDK reads that
    file once, so it reads standard input; the command line may read it twice, so it gets a private file for its time.
    """
    content = logins(there, verbs)
    if helm.is_sdk() and Path(_STDIN).exists():
        yield replace(command, env=_environment(_STDIN), stdin=content)
        return
    with TemporaryDirectory(prefix="contd-release-") as folder:
        path = Path(folder) / "config.json"
        with open(opened(path, os.O_WRONLY | os.O_CREAT), "w", encoding="utf-8") as stream:
            stream.write(content.reveal())
        yield replace(command, env=_environment(str(path)))


def logins(there: OciRepository, verbs: str) -> Secret:
    """
    The file in which helm looks for logins.

    It holds a token that we got, where the registry gives any: with the password alone, helm would take it to whatever
    place the registry names. https://github.com/docker/cli/blob/master/cli/config/types/authconfig.go
    """
    entry: dict[str, str] = {}
    if there.login:
        pair = f"{there.login.username}:{there.login.password.reveal()}"
        entry = {"auth": b64encode(pair.encode()).decode()}
        if token := there.token(verbs):
            entry["registrytoken"] = token.reveal()
    return Secret(json.dumps({"auths": {there.registry: entry} if entry else {}}))


def _environment(logins: str) -> dict[str, str]:
    # helm also looks where docker keeps logins: into a folder that is not there.
    return {"HELM_REGISTRY_CONFIG": logins, "DOCKER_CONFIG": str(Path(__file__).parent / "no-logins")}


def is_worth_another_try(failure: ReleaseError) -> bool:
    """Whether a push that failed may work the next time: the same bytes again are no second chart."""
    # What helm was called with comes first, and its paths may hold anything.
    message = failure.what_is.rpartition("Error:")[2]
    if isinstance(failure, Unanswered):
        return not isinstance(failure, Refused)
    return isinstance(failure, FailedCommand) and not _REFUSALS.search(message)


def _plain(ref: str) -> tuple[str, ...]:
    """Plain HTTP, on this machine only."""
    return ("--plain-http",) if is_loopback(urlsplit(ref).hostname or "") else ()
