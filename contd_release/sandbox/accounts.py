"""The accounts of a world and their rights. The passwords are made with the world and are good for nothing else."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from contd_release.process import files
from contd_release.process.redaction import Secret

# As package indexes spell "what follows is a token".
TOKEN_USER: Final = "__token__"  # noqa: S105


@dataclass(frozen=True)
class Account:
    """A user, and what they may do: patterns of `part:verb:name`, such as `registry:write:owner/contd`."""

    user: str
    password: Secret
    scopes: tuple[str, ...]

    def may(self, part: str, verb: str, name: str) -> bool:
        """
        Whether they may do this to that thing.

        Args:
            part: `index`, `registry`, `forge`, …
            verb: `read`, `write` or `delete`.
            name: of the project or repository.
        """
        return any(fnmatchcase(f"{part}:{verb}:{name}", scope) for scope in self.scopes)


ANONYMOUS: Final = Account("", Secret(""), ())


@dataclass(frozen=True)
class Accounts:
    """
    The accounts of one world.

    Args:
        publisher: may do everything.
        reader: may read everything, and write nothing.
        narrow: may write, but only to a project named `elsewhere`.
    """

    publisher: Account
    reader: Account
    narrow: Account

    @classmethod
    def of(cls, directory: Path) -> Accounts:
        """The accounts of the world in this folder, made when it has none; only its owner can read the file."""
        path = directory / "accounts.json"
        if not path.exists():
            made = {user: secrets.token_urlsafe(24) for user in _SCOPES}
            files.write(path, json.dumps(made, indent=2) + "\n", mode=0o600)
        passwords: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{user: Account(user, Secret(passwords[user]), scopes) for user, scopes in _SCOPES.items()})

    def who(self, authorization: str | None) -> Account | None:
        """
        The account that an `Authorization` header shows, `ANONYMOUS` without one, None if it is wrong.

        Basic (user and password, or `__token__` and password), Bearer and GitHub's `token` are understood.
        """
        if not authorization:
            return ANONYMOUS
        kind, _, rest = authorization.partition(" ")
        user, password = _basic(rest) if kind.lower() == "basic" else (TOKEN_USER, rest.strip())
        if kind.lower() not in ("basic", "bearer", "token"):
            return None
        return next((one for one in self.all if _is(one, user, password)), None)

    @property
    def all(self) -> tuple[Account, ...]:
        """Every account."""
        return self.publisher, self.reader, self.narrow


_SCOPES: Final = {"publisher": ("*",), "reader": ("*:read:*",), "narrow": ("*:read:*", "*:write:elsewhere")}


def _is(account: Account, user: str, password: str) -> bool:
    good = secrets.compare_digest(account.password.reveal().encode(), password.encode())
    return good and user in (account.user, TOKEN_USER)


def _basic(encoded: str) -> tuple[str, str]:
    try:
        user, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return user, password
