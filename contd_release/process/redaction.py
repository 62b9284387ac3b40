"""Secrets travel in the environment or on standard input, and are taken out of everything that is kept or shown."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import shlex
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus, unquote

MASK = "•••"

_NAMES = re.compile(
    r"TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|WEBHOOK|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH_CONFIG|_PAT$",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"([a-z][a-z0-9+.-]*)://([^\s/?#]+)@", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"authorization\s*:\s*\S+\s+(\S+)", re.IGNORECASE)
_LOGIN_LETTER = r"""[^\s/?#"'<>\\]"""
# The login in a URL, and text that may be the beginning of one; RFC 3986, 3.2.1.
_LOGIN = re.compile(rf"://(?:(?![:@]){_LOGIN_LETTER}){{0,256}}:{_LOGIN_LETTER}{{0,256}}@")
_LOGIN_BEGUN = re.compile(rf":(?:/(?:/{_LOGIN_LETTER}{{0,514}})?)?\Z")
_SHORTEST = 5
_ALIKE = re.compile(r"[^\x00-\x7f]|[ikIK]")
_FLAGS = frozenset({"false", "never", "always", "disabled", "enabled"})


class Secret:
    """A value that is shown only by `reveal()`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value, for an environment, a standard input or a request header."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _: object) -> Secret:
        return self

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True)
class Redactor:
    """Replaces every known secret, in each spelling that tools print, and the login in every URL by a mask."""

    pattern: re.Pattern[str] | None = field(repr=False)
    longest: int = 0
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    sorted_spellings: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, secrets: Iterable[str]) -> Redactor:
        """A redactor for these values; those shorter than five characters would blot out ordinary text and are left."""
        long = frozenset(one for secret in secrets if len(one := secret.strip()) >= _SHORTEST and one not in _FLAGS)
        ordered = sorted({form for one in long for form in spellings(one)}, key=len, reverse=True)
        if not ordered:
            return cls(None)
        pattern = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE)
        return cls(pattern, len(ordered[0]), long, tuple(sorted(map(_without_case, ordered))))

    def also(self, secrets: Iterable[str]) -> Redactor:
        """A redactor for these values too."""
        new = frozenset(secrets) - self.secrets
        return Redactor.of(self.secrets | new) if new else self

    @classmethod
    def of_environment(cls, environ: Mapping[str, str] | None = None, named: Iterable[str] = ()) -> Redactor:
        """
        A redactor for what this process was given: variables whose names say so, those `named`, passwords in URLs.
        """
        variables = os.environ if environ is None else environ
        wanted = set(named)
        found = {value for name, value in variables.items() if name in wanted or is_secret_name(name)}
        found |= {password for value in variables.values() for password in _passwords(value)}
        found |= {piece for value in found for piece in _pieces(value)}
        return cls.of(found)

    def __call__(self, text: str) -> str:
        """The text without the secrets."""
        return without_logins(self.known(text))

    def known(self, text: str) -> str:
        """The text without the secrets that are known by their value."""
        return self.pattern.sub(MASK, text) if self.pattern else text

    def begins_one(self, text: str) -> bool:
        """Whether a spelling of a known secret may begin with this text."""
        beginning = _without_case(text)
        at = bisect_left(self.sorted_spellings, beginning)
        return any(spelling.startswith(beginning) for spelling in self.sorted_spellings[at : at + 1])

    def stream(self) -> RedactedStream:
        """A redactor for text that comes in chunks."""
        return RedactedStream(self)


@dataclass
class RedactedStream:
    """Redacts chunks, holding back as much as could be the beginning of a secret."""

    redactor: Redactor
    held: str = field(default="", repr=False)
    login: str = field(default="", repr=False)

    def feed(self, chunk: str) -> str:
        """What may be shown now: all chunks together give what the redactor makes of the whole text."""
        text = self.login + self._known(chunk)
        begun = _LOGIN_BEGUN.search(text)
        cut = begun.start() if begun else len(text)
        self.login = text[cut:]
        return without_logins(text[:cut])

    def close(self) -> str:
        """What was held back."""
        text, self.held, self.login = self.login + self.redactor.known(self.held), "", ""
        return without_logins(text)

    def _known(self, chunk: str) -> str:
        text = self.held + chunk
        if not self.redactor.pattern:
            return text
        shortest = max(len(text) - self.redactor.longest + 1, 0)
        cut = next((at for at in range(shortest, len(text)) if self.redactor.begins_one(text[at:])), len(text))
        # A secret that begins before the cut is whole, since what may be the beginning of one is behind it.
        for match in self.redactor.pattern.finditer(text):
            if match.start() < cut < match.end():
                cut = match.start()
        self.held = text[cut:]
        return self.redactor.known(text[:cut])


def spellings(secret: str) -> set[str]:
    """
    The forms in which tools print a value: raw, quoted for URL, JSON, HTML, shell and Python, hex, and base64.

    Base64 depends on what precedes the value (`user:secret`), so the inner part of all three alignments is included.
    """
    raw = secret.encode(errors="surrogateescape")
    forms = {secret, quote(raw), quote(raw, safe=""), quote_plus(raw), raw.hex(), repr(secret)[1:-1], repr(raw)[2:-1]}
    forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    forms |= {html.escape(secret), html.escape(secret, quote=False), html.escape(secret).replace("&#x27;", "&#39;")}
    forms |= {shlex.quote(secret), secret.replace("'", "'\"'\"'"), secret.replace("'", "\\'")}
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode()
        # Only the characters whose six bits are all the secret's own: the others mix with what stands around it.
        inner = encoded[(0, 2, 3)[offset] : (offset + len(raw)) * 8 // 6]
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    forms |= {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    return {form for form in forms if len(form) >= _SHORTEST}


def is_secret_name(name: str) -> bool:
    """Whether an environment variable's name says that its value is secret."""
    return bool(_NAMES.search(name))


def _without_case(text: str) -> str:
    """
    The text, in which letters that `re.IGNORECASE` takes for each other are one; some others may be as well.

    It takes some letters outside of ASCII for an i, a k or an s.
    """
    return _ALIKE.sub("s", text).lower()


def without_logins(text: str) -> str:
    """The text with a mask for user and password of each URL in it."""
    return _LOGIN.sub(f"://{MASK}@", text)


def _passwords(value: str) -> set[str]:
    """The passwords in the URLs of a value, as they stand there and decoded; over HTTP a lone user name is a token."""
    found = set(_AUTHORIZATION.findall(value))
    for scheme, userinfo in _USERINFO.findall(value):
        user, colon, password = userinfo.partition(":")
        if colon:
            found |= {password, unquote(password)}
        if scheme.lower() in ("http", "https") and password in ("", "x-oauth-basic"):
            found |= {user, unquote(user)}
    return found


def _pieces(value: str) -> set[str]:
    """The long parts of a secret URL: a webhook's token is secret by itself."""
    return {piece for piece in re.split(r"[/?&=:@]", value) if len(piece) >= 16} if "://" in value else set()
