"""
The Bearer tokens of the sandbox's registry: signed, short-lived, good for what they name.

https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Final

from contd_release.process import files
from contd_release.sandbox.accounts import Account

SECONDS: Final = 300
_SCOPE: Final = re.compile(r"repository:([^:]+):([a-z*,]+)")
SPELLED: Final = {"pull": "read", "push": "write", "delete": "delete"}


class Tokens:
    """Made and read with a key that lives beside the state, so that a restart forgets none."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "token.key"
        if not self._path.exists():
            files.write(self._path, secrets.token_hex(32), mode=0o600)

    def issue(self, account: Account, scopes: list[str], *, public: bool) -> str:
        """A token for as much of what was asked as the account may do; where it is `public`, everybody may pull."""
        asked = [match.groups() for scope in scopes for one in scope.split() if (match := _SCOPE.fullmatch(one))]
        wanted = {name: SPELLED if "*" in verbs else verbs.split(",") for name, verbs in asked}
        granted = {
            name: [verb for verb in verbs if (public and verb == "pull") or _may(account, verb, name)]
            for name, verbs in wanted.items()
        }
        said = urlsafe_b64encode(json.dumps({"until": time.time() + SECONDS, "granted": granted}).encode()).decode()
        return f"{said}.{self._signature(said)}"

    def allows(self, token: str, verb: str, name: str) -> bool:
        """
        Whether this token is ours, still good, and for this verb on this repository; any good one will do for none.
        """
        said, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            return False
        found = json.loads(urlsafe_b64decode(said))
        return found["until"] > time.time() and (not name or verb in found["granted"].get(name, ()))

    def _signature(self, said: str) -> str:
        return hmac.new(self._path.read_bytes(), said.encode(), hashlib.sha256).hexdigest()


def _may(account: Account, verb: str, name: str) -> bool:
    return verb in SPELLED and account.may("registry", SPELLED[verb], name)
