"""What is sent in front of a request: a credential goes to the origin it was meant for, and no further."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from contd_release.errors import Usage
from contd_release.process.redaction import Redactor, Secret

# What may go along to another origin than the one it was meant for.
_PLAIN = frozenset({"accept", "accept-encoding", "cache-control", "if-none-match", "range", "user-agent"})


def headers(ours: Mapping[str, str | Secret], extra: Mapping[str, str], *, stays: bool) -> dict[str, str]:
    """
    The headers of a request.

    Args:
        ours: of every request to our origin; empty if it goes to another one.
        stays: whether it goes to the origin that `extra` was meant for.

    Raises:
        Usage: a value cannot be sent.
    """
    from contd_release import __version__

    sent = {"User-Agent": f"contd-release/{__version__}"}
    sent |= {name: v.reveal() if isinstance(v, Secret) else v for name, v in ours.items()}
    sent |= {name: value for name, value in extra.items() if stays or name.lower() in _PLAIN}
    for name, value in sent.items():
        if not (value.isascii() and value.isprintable()) or value != value.strip():
            raise Usage(
                f"the value of the header {name} has a line break, a space around it or a letter that is not ASCII",
                expected="a credential as it was given out, without a line break at its end",
                type_next="export VARIABLE=…   (the one that holds it, without the line break)",
            )
    return sent


def redactor(ours: Mapping[str, str | Secret]) -> Redactor:
    """Takes our credentials out of what a server repeats."""
    values = {v.reveal() for v in ours.values() if isinstance(v, Secret)}
    words = {word for value in values for word in value.split()}
    return Redactor.of(values | words | {password(word) for word in words})


def password(word: str) -> str:
    """The password in the value of basic authentication; nothing in another value."""
    try:
        return base64.b64decode(word, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
