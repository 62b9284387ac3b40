"""twine: one file a command, with our time limit and our patience. Every failure of it is exit code 1."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.errors import FailedCommand, NotReady, ReleaseError, Unanswered, Usage
from contd_release.process.action import Running
from contd_release.process.command import Command, python_module
from contd_release.process.redaction import Secret

_WARNING: Final = re.compile(r"(?m)^WARNING +(.*?) *$")
_HOPELESS = re.compile(r"\b(400|401|403|404|409|413)\b")
# What twine logs in with; the second pair is what GitHub Actions gives a job that may publish without a password.
_LOGIN: Final = ("TWINE_USERNAME", "TWINE_PASSWORD", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")


@dataclass(frozen=True)
class Credential:
    """What twine logs in with."""

    username: str
    password: Secret


@dataclass(frozen=True)
class Check:
    """
    Check the metadata as an index will read it.

    A warning, such as that of a readme without a content type, refuses no upload: it stops no release, and a person
    reads it before the review.
    """

    files: Sequence[Path]

    @property
    def command(self) -> Command:
        """The command that checks it."""
        return _twine("check", "--", *map(str, self.files))

    def __str__(self) -> str:
        return str(self.command)

    def run(self, running: Running) -> None:
        """Check it, and print each warning once."""
        self.command.run(running)
        printed = running.log.read_text(encoding="utf-8", errors="replace").rpartition("\n$ ")[2]
        for warning in dict.fromkeys(_WARNING.findall(printed)):
            running.tell(f"warning: twine: {warning}")


def upload(file: Path, repository: str) -> Command:
    """
    Upload one file to a URL, or to a section of ~/.pypirc; twine logs in from its variables, that file or the keyring.
    """
    where = ("--repository-url" if "://" in repository else "--repository", repository)
    words = ("upload", "--non-interactive", "--disable-progress-bar", *where, "--", str(file))
    given = {name: os.environ[name] for name in _LOGIN if name in os.environ}
    return _twine(*words, env={name: Secret(value) for name, value in given.items()}, timeout=300)


def upload_url(repository: str) -> str:
    """
    The URL that twine uploads to.

    Raises:
        Usage: `repository` is neither a URL nor a section of ~/.pypirc that twine knows.
    """
    return str(_configuration(repository)["repository"])


def credential(repository: str) -> Credential | None:
    """
    What twine will log in with: its variables, ~/.pypirc, the keyring, trusted publishing; None if none has it.

    Raises:
        Usage: `repository` is neither a URL nor a section of ~/.pypirc that twine knows.
        NotReady: this is a job that may publish without a password, and the index refuses it.
        Unanswered: twine asked the index about trusted publishing, and the index did not answer.
    """
    from requests import RequestException
    from twine.auth import CredentialInput, Resolver
    from twine.exceptions import NonInteractive, TrustedPublishingFailure

    # Its warnings say what we say in an error; without a handler they would go to the terminal.
    logging.getLogger("twine").addHandler(logging.NullHandler())
    given = CredentialInput(os.environ.get("TWINE_USERNAME"), os.environ.get("TWINE_PASSWORD"))
    resolver = Resolver.choose(interactive=False)(_configuration(repository), given)
    try:
        username, password = resolver.username, resolver.password
    except NonInteractive:
        return None
    except TrustedPublishingFailure as error:
        raise NotReady(
            f"trusted publishing to {repository} failed: {error}",
            expected="a publisher that the index knows, and `id-token: write` for the job; or a token",
            type_next="export TWINE_USERNAME=__token__ TWINE_PASSWORD=pypi-…",
        ) from error
    except (RequestException, KeyError) as error:
        raise Unanswered(
            f"twine asked {repository} about trusted publishing, and got no answer: {type(error).__name__}",
            expected="the index's answer; or a token, with which nothing is asked",
            type_next="export TWINE_USERNAME=__token__ TWINE_PASSWORD=pypi-…",
        ) from error
    return Credential(username, Secret(password)) if username and password else None


def is_worth_another_try(failure: ReleaseError) -> bool:
    """Whether an upload may work the next time: overload, a lost connection, a stalled server; not a refusal."""
    return isinstance(failure, FailedCommand) and not _HOPELESS.search(failure.what_is)


def _configuration(repository: str) -> dict[str, str | None]:
    """What twine knows of a repository: its URL, and the login of ~/.pypirc if that has one."""
    from twine.exceptions import TwineException
    from twine.utils import DEFAULT_CONFIG_FILE, get_repository_from_config

    url = repository if "://" in repository else None
    if url:
        from contd_release.tools.http import refuse_unsafe

        refuse_unsafe(url)
    try:
        return get_repository_from_config(DEFAULT_CONFIG_FILE, repository, url)
    except (TwineException, KeyError) as error:
        said = str(error).splitlines()[0] if isinstance(error, TwineException) else "the section has no repository"
        raise Usage(
            f"[tool.contd-release.pypi] repository is {repository!r}: {said.rstrip('.')}",
            expected="a URL, pypi, testpypi, or a section of ~/.pypirc with a repository, named in its index-servers",
            type_next="$EDITOR ~/.pypirc",
        ) from error


def _twine(*words: str, env: Mapping[str, Secret] | None = None, timeout: float = 120) -> Command:
    return Command(python_module("twine", "--no-color", *words), env=env or {}, timeout=timeout)
