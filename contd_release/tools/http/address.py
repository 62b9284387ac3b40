"""Where a request may go: HTTPS, or this machine; and where a redirect leads."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin, urlsplit

from contd_release.errors import Unanswered, Usage
from contd_release.project.rules import URL, has_control, is_loopback, is_safe_url

# No server reads a longer one.
_LONGEST: Final = 8000


def refuse_unsafe(url: str) -> None:
    """
    Refuse every URL but HTTPS; plain HTTP only on this machine's loopback, where the sandbox lives.

    Raises:
        Usage: another scheme, no host, an address of a private network, a credential in the URL.
    """
    if not is_safe_url(url):
        raise Usage(
            f"{origin(url) or 'a URL without a host'} cannot be used",
            expected=URL.expected,
            type_next="$EDITOR pyproject.toml",
        )


def origin(url: str) -> str:
    """Scheme, host and port of a URL, which hold no secret; empty if there is no host."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{host}{f':{port}' if port not in (None, usual) else ''}" if host else ""


def joined(base: str, url: str) -> str:
    """A URL resolved against another one; empty if it is not a URL."""
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def safely_joined(target: str, location: str, says: str = "redirected to") -> str:
    """
    The URL that a reply names: the target of a redirect, the next page of a list, the location of an upload.

    Args:
        target: the URL that the reply came from.
        location: the URL that it names, which may be relative.
        says: how a reply names it, for the error.

    Raises:
        Unanswered: nowhere safe: not HTTPS, a private network, or from elsewhere into this machine.
    """
    to = joined(target, location)
    safe = is_safe_url(to)
    inward = safe and is_loopback(urlsplit(to).hostname or "") and not is_loopback(urlsplit(target).hostname or "")
    if inward or not safe or has_control(location) or len(to) > _LONGEST:
        raise Unanswered(
            f"{origin(target)} {says} {_short(origin(to)) or 'nowhere'}", expected="https:// and a public host"
        )
    return to


def _short(text: str) -> str:
    """The beginning of a host that a server named, with control characters shown."""
    return text[:100].encode("unicode_escape").decode()
