"""What a setting may spell: allow-lists for whatever ends up in a command, a path or a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from contd_release.process.printed import CONTROL
from contd_release.process.redaction import MASK

# Addresses of IPv6 that a gateway translates to the IPv4 address in them: RFC 6052, RFC 8215.
_NAT64: Final = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64: Final = IPv6Network("64:ff9b:1::/48")
_HOST: Final = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?"
_REPOSITORY: Final = r"[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"


@dataclass(frozen=True)
class Rule:
    """What the value of a setting must be, in words for people and as a question."""

    expected: str
    holds: Callable[[str], bool]
    is_secret: bool = False

    @property
    def metadata(self) -> dict[str, Any]:
        """The rule as a data class's field carries it."""
        return {"rule": self}

    def shown(self, text: str) -> str:
        """
        A value that does not hold, for an error message: without the password of a URL, and not at all where it is one.
        """
        return MASK if self.is_secret else repr(re.sub(r"(?<=//)[^\s/]*@", f"{MASK}@", text))

    def or_empty(self) -> Rule:
        """The same rule for a setting that may be left out."""
        return Rule(self.expected, lambda text: text == "" or self.holds(text))


def matching(pattern: str, expected: str) -> Rule:
    """The rule that the whole value matches."""
    return Rule(expected, lambda text: re.fullmatch(pattern, text, re.ASCII) is not None)


def has_control(text: str) -> bool:
    """Whether a text holds characters that act on a terminal rather than being read."""
    return CONTROL.search(text) is not None


def is_loopback(host: str) -> bool:
    """Whether this host is this machine, so that nothing said to it can be overheard."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_public(host: str) -> bool:
    """
    Whether this host may be somewhere else: a name, or an address that is not of a private network.

    A number that only resolvers read as an address (`0x7f.1`, `2130706433`) is neither.
    """
    try:
        return all(one.is_global for one in _addresses(ip_address(host)))
    except ValueError:
        return re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)\.?", host.rpartition(".")[2] or "0", re.IGNORECASE) is None


def _addresses(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """An address, and the IPv4 address in it that it leads to: mapped, 6to4 (RFC 3056), NAT64 (RFC 6052, RFC 8215)."""
    yield address
    if not isinstance(address, IPv6Address):
        return
    if inner := address.ipv4_mapped or address.sixtofour:
        yield inner
    if address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _LOCAL_NAT64:
        yield IPv4Address("127.0.0.1")


def is_safe_url(url: str) -> bool:
    """Whether it is HTTPS to somewhere public, or this machine's loopback, and holds no credential."""
    if not (parts := _parts(url)) or not parts.hostname or "@" in parts.netloc:
        return False
    if is_loopback(parts.hostname):
        return parts.scheme in ("http", "https")
    return parts.scheme == "https" and is_public(parts.hostname)


def _parts(url: str) -> SplitResult | None:
    # urlsplit drops line breaks and tabs before it looks.
    if re.search(r"[\s\\]", url) or has_control(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return parts if port != 0 else None


def _is_ref(text: str) -> bool:
    """https://git-scm.com/docs/git-check-ref-format, and of that only what no shell could stumble over."""
    words = text.split("/")
    return re.fullmatch(r"[A-Za-z0-9._/+-]+", text) is not None and all(
        word and word[0] not in ".-" and not word.endswith((".", ".lock")) and ".." not in word for word in words
    )


def _is_path(text: str) -> bool:
    """Below the repository, with no way out of it."""
    words = text.removeprefix("./").removesuffix("/").split("/")
    is_odd = has_control(text) or "\n" in text or "\\" in text or text[:1] == "-"
    return text == "." or not (is_odd or any(word in ("", ".", "..") for word in words))


def _is_git_url(text: str) -> bool:
    """HTTPS, SSH in both spellings, or a folder of this machine; never a transport that runs a program (`ext::`)."""
    scp = rf"([A-Za-z0-9._-]+@)?{_HOST.removesuffix('(:[0-9]{1,5})?')}:(?![/:])[A-Za-z0-9._~/-]+"
    ssh = rf"ssh://([A-Za-z0-9._-]+@)?{_HOST}/[A-Za-z0-9._~/-]+"
    folder = r"/[^\\:*?\"<>|$`;&\s]*"
    return is_safe_url(text) or any(re.fullmatch(form, text, re.ASCII) for form in (scp, ssh, folder))


REF: Final = Rule("a branch: letters, digits and . _ + - /", _is_ref)
REMOTE: Final = matching(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]*", "the name of a remote: letters, digits and . _ -")
PATH: Final = Rule("a path below the repository, without ..", _is_path)
URL: Final = Rule("https:// to a public host, without a password (http:// only for 127.0.0.1)", is_safe_url)
TAG_FORMAT: Final = Rule(
    "the tag of a release with {version} in it once, such as v{version}, {version} or contd/v{version}",
    lambda text: (
        text.count("{version}") == 1
        and not re.search(r"[0-9]\.?\{version|version\}\.?[0-9]", text)
        and _is_ref(text.replace("{version}", "1.2.0rc1").replace("@", "."))
        and not text.startswith("withdrawn/")
    ),
)
GIT_URL: Final = Rule("https://HOST/…, git@HOST:…, ssh://HOST/… or an absolute path", _is_git_url)
INDEX: Final = Rule(
    f"a name from ~/.pypirc, or {URL.expected}",
    lambda text: re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text) is not None or is_safe_url(text),
)
GITHUB: Final = matching(r"[A-Za-z0-9][A-Za-z0-9-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+", "OWNER/NAME")


def _names(pattern: str) -> Callable[[str], bool]:
    """Whether a value matches, and its host is this machine or may be public."""
    compiled = re.compile(pattern, re.ASCII)

    def holds(text: str) -> bool:
        parts = _parts(f"//{text.removeprefix('oci://')}") if compiled.fullmatch(text) else None
        return bool(parts and parts.hostname and (is_loopback(parts.hostname) or is_public(parts.hostname)))

    return holds


ANNOUNCE: Final = Rule(
    "env:NAME, the variable that holds the URL, which is a secret",
    lambda text: re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*", text, re.ASCII) is not None,
    is_secret=True,
)
IMAGE: Final = Rule("HOST/NAME in small letters, without a tag", _names(rf"{_HOST}/{_REPOSITORY}"))
IMAGE_REF: Final = matching(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]*", "the reference of an image")
OCI: Final = Rule("oci://HOST/NAME in small letters", _names(rf"oci://{_HOST}(/{_REPOSITORY})?"))
CHART: Final = matching(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", "the name of a chart: small letters, digits and -")
WORKFLOW: Final = matching(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.ya?ml", "a file in .github/workflows, such as release.yml")
PLATFORM: Final = matching(r"[a-z0-9]+/[a-z0-9]+(/[a-z0-9.]+)?", "OS/ARCHITECTURE, such as linux/arm64")
WHEEL_TAGS: Final = matching(r"[A-Za-z0-9_.]+-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+", "the tags of a wheel: py3-none-any")
MODULE: Final = matching(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", "the name of a Python module: contd.cli")
API: Final = matching(
    r"\*|[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\.\*)?",
    "the name of a module, with .* for those below it: contd, contd.plugins.*",
)
LINE: Final = Rule("one line of text", lambda text: not has_control(text) and "\n" not in text and bool(text.strip()))
DURATION: Final = matching(r"[1-9][0-9]{0,4}[smhdw]", "a number and a unit: 90s, 30m, 24h, 7d or 2w")
FRAGMENT_TYPE: Final = matching(r"[A-Za-z0-9][A-Za-z0-9_-]*", "the word that a fragment's file name has: feature")
# The names of files hold it, with the version and the tags of a wheel: file systems take 255 bytes.
PROJECT: Final = matching(
    r"(?i)[A-Z0-9]([A-Z0-9._-]{0,126}[A-Z0-9])?",
    "at most 128 letters and digits with . _ - between them (PEP 508)",
)


def seconds(duration: str) -> int:
    """How long a duration such as `24h` is."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[duration[-1]]
