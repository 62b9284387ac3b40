"""
Secrets travel in the environment or on standard input, and are taken out of everything that is kept or shown.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus, urlsplit

MASK = "•••"

_NAMES = re.compile(r"TOKEN|PASSWORD|PASSWD|SECRET|WEBHOOK|CREDENTIAL|APIKEY|API_KEY|PRIVATE_KEY", re.IGNORECASE)
_SHORTEST = 5


class Secret:
    """
    A value that shows itself only to who asks by name: `reveal`.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """
        The value, for an environment, a standard input or a request header.
        """
        return self._value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True)
class Redactor:
    """
    Replaces every known secret, in each spelling that tools print, by a mask.
    """

    pattern: re.Pattern[str] | None
    longest: int = 0

    @classmethod
    def of(cls, secrets: Iterable[str]) -> Redactor:
        """
        A redactor for these values; those shorter than five characters would blot out ordinary text and are left.
        """
        spelled = {form for secret in secrets if len(secret) >= _SHORTEST for form in spellings(secret)}
        if not spelled:
            return cls(None)
        ordered = sorted(spelled, key=len, reverse=True)
        return cls(re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE), len(ordered[0]))

    @classmethod
    def of_environment(cls, environ: Mapping[str, str] | None = None, named: Iterable[str] = ()) -> Redactor:
        """
        A redactor for what this process was given: variables whose names say so, those `named`, passwords in URLs.
        """
        variables = os.environ if environ is None else environ
        wanted = set(named)
        found = {value for name, value in variables.items() if name in wanted or _NAMES.search(name)}
        found |= {password for value in variables.values() if (password := _password(value))}
        found |= {piece for value in found for piece in _pieces(value)}
        return cls.of(found)

    def __call__(self, text: str) -> str:
        """
        The text without the secrets.
        """
        return self.pattern.sub(MASK, text) if self.pattern else text

    def stream(self) -> RedactedStream:
        """
        A redactor for text that comes in chunks.
        """
        return RedactedStream(self)


@dataclass
class RedactedStream:
    """
    Redacts chunks, holding back as much as could be the beginning of a secret.
    """

    redactor: Redactor
    held: str = field(default="", repr=False)

    def feed(self, chunk: str) -> str:
        """
        What may be shown now.
        """
        text = self.redactor(self.held + chunk)
        keep = max(self.redactor.longest - 1, 0)
        cut = max(len(text) - keep, 0)
        self.held = text[cut:]
        return text[:cut]

    def close(self) -> str:
        """
        What was held back.
        """
        text, self.held = self.redactor(self.held), ""
        return text


def spellings(secret: str) -> set[str]:
    """
    The forms in which tools print a value: raw, quoted for URL, JSON, HTML, shell and Python, hex, and base64.

    Base64 depends on what precedes the value (`user:secret`), so the inner part of all three alignments is included.
    """
    raw = secret.encode()
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
    forms |= {html.escape(secret), shlex.quote(secret), repr(secret)[1:-1], raw.hex()}
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode()
        start = (0, 2, 3)[offset]
        # The last group mixes with what follows the secret; the whole groups before it do not.
        whole = (offset + len(raw)) // 3 * 4
        inner = encoded[start:whole]
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    forms |= {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    return {form for form in forms if len(form) >= _SHORTEST}


def _password(value: str) -> str | None:
    if "://" not in value or "@" not in value:
        return None
    try:
        return urlsplit(value).password
    except ValueError:
        return None


def _pieces(value: str) -> set[str]:
    """
    The long parts of a secret URL: a webhook's token is secret by itself.
    """
    return {piece for piece in re.split(r"[/?&=:@]", value) if len(piece) >= 16} if "://" in value else set()
