"""
The login in a remote's URL, which git gets through the environment: git itself shows URLs in the argv of its programs.

The URL without the login takes its place (`url.….insteadOf`), and a credential helper that lives for one command
answers with user and password. https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from contd_release.process.action import Running
from contd_release.process.command import Answer, Command
from contd_release.process.redaction import Secret
from contd_release.project.rules import has_control
from contd_release.tools.git.asking import git

_SETTINGS: Final = r"^(remote\..*\.(push)?url|url\..*\.(push)?insteadof)$"
_USERNAME: Final = "CONTD_GIT_USERNAME"
_PASSWORD: Final = "CONTD_GIT_PASSWORD"  # noqa: S105
# Git runs it with its own shell; what it prints never is an argument of a program.
_HELPER: Final = (
    f'!f() {{ test "$1" = get && printf \'username=%s\\npassword=%s\\n\' "${_USERNAME}" "${_PASSWORD}"; }}; f'
)


@dataclass(frozen=True)
class Transfer:
    """
    A git command that talks to a remote, printed without the login that the remote's URL holds and run with it.

    Args:
        remote: the remote's name, or its URL.
        clone: where the remote is configured; empty if the command runs there.
    """

    command: Command
    remote: str
    clone: Path | None = None

    def __str__(self) -> str:
        return str(self.command)

    def run(self, running: Running) -> None:
        """
        Run it, logged in.

        Raises:
            FailedCommand: it did not work.
        """
        self._logged_in().run(running)

    def ask(self) -> Answer:
        """Run it for its answer, logged in."""
        return self._logged_in().ask()

    def _logged_in(self) -> Command:
        where = self.clone or self.command.cwd or Path()
        env = login(where, self.remote, is_push="push" in self.command.argv[:2])
        return replace(self.command, env={**self.command.env, **env})


@dataclass(frozen=True)
class _Address:
    """A URL of a remote as it is configured, and as git makes it by the rules of `insteadOf`."""

    written: str
    used: str
    rule: str = "insteadOf"


def login(where: Path, remote: str, *, is_push: bool) -> Mapping[str, str | Secret]:
    """
    The environment that gives git the login of this remote; empty if its URL has none.

    Args:
        remote: the remote's name, or its URL.
    """
    settings = _settings(where)
    if not any("@" in text for pair in settings for text in pair):
        return {}
    pairs: list[tuple[str, str | Secret]] = []
    env: dict[str, str | Secret] = {}
    for address in _addresses(settings, remote, is_push=is_push):
        scheme, login, rest = _split(address.used)
        if login is None or has_control(login):
            continue
        user, colon, password = login.partition(":")
        origin = f"credential.{scheme}://{rest.partition('/')[0]}"
        pairs.append((f"url.{scheme}://{rest}.{address.rule}", Secret(address.written)))
        if colon:
            # An empty helper empties the list: no other one may keep this password.
            pairs += [(f"{origin}.helper", ""), (f"{origin}.helper", _HELPER)]
            env |= {_USERNAME: Secret(unquote(user)), _PASSWORD: Secret(unquote(password))}
        else:
            pairs.append((f"{origin}.username", Secret(unquote(user))))
    return env | _configured(pairs)


def without_login(url: str) -> str:
    """The same URL without the login in it."""
    scheme, login, rest = _split(url)
    return url if login is None else f"{scheme}://{rest}"


def _settings(where: Path) -> tuple[tuple[str, str], ...]:
    """Every URL of a remote, and every rule that rewrites URLs: the key and its value."""
    answer = git(where, "config", "--null", "--get-regexp", _SETTINGS).ask()
    entries = (entry.partition("\n") for entry in answer.out.split("\0") if entry)
    return tuple((key, value) for key, _, value in entries)


def _addresses(settings: tuple[tuple[str, str], ...], remote: str, *, is_push: bool) -> Iterator[_Address]:
    """The URLs that git talks to for this remote. https://git-scm.com/docs/git-push#_git_urls"""
    urls = [value for key, value in settings if key == f"remote.{remote}.url"] or [remote]
    push_urls = [value for key, value in settings if key == f"remote.{remote}.pushurl"]
    for written in (push_urls if is_push else []) or urls:
        used = _rewritten(settings, written, ".pushinsteadof") if is_push and not push_urls else None
        if used is not None:
            yield _Address(written, used, "pushInsteadOf")
        else:
            yield _Address(written, _rewritten(settings, written, ".insteadof") or written)


def _rewritten(settings: tuple[tuple[str, str], ...], url: str, rule: str) -> str | None:
    """The URL that the longest matching rule makes of this one."""
    fitting = [(key, start) for key, start in settings if key.endswith(rule) and url.startswith(start)]
    if not fitting:
        return None
    key, start = max(fitting, key=lambda one: len(one[1]))
    return key.removeprefix("url.").removesuffix(rule) + url.removeprefix(start)


def _split(url: str) -> tuple[str, str | None, str]:
    """Scheme, user information and the rest of an HTTP URL; other schemes have no password that git would use."""
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    if not separator or not at or scheme.lower() not in ("http", "https"):
        return scheme, None, rest
    return scheme, user, f"{host}{slash}{path}"


def _configured(pairs: list[tuple[str, str | Secret]]) -> dict[str, str | Secret]:
    """These settings after those that the environment has already."""
    given = os.environ.get("GIT_CONFIG_COUNT", "")
    first = int(given) if given.isdigit() else 0
    env: dict[str, str | Secret] = {}
    for number, (key, value) in enumerate(pairs, first):
        env |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return env | ({"GIT_CONFIG_COUNT": str(first + len(pairs))} if pairs else {})
