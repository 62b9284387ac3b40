"""
A project's page of a simple index: its files and their digests, in JSON (PEP 691) or HTML (PEP 503).

https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urldefrag

from contd_release.errors import Unanswered
from contd_release.tools.http import MEBIBYTE, Limits, Node, Reply, origin

ACCEPT: Final = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
# A file takes some five hundred bytes in JSON, and less in HTML, whose parser is slow on odd pages.
LIMITS: Final = Limits(size=16 * MEBIBYTE)
_LARGEST_PAGE: Final = 2 * MEBIBYTE
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_NEWEST: Final = "1"


@dataclass(frozen=True)
class File:
    """
    A file as the index offers it.

    Args:
        sha256: in hexadecimal; empty when the index does not say.
        yanked: the reason why it should not be chosen; `None` when it may be.
    """

    name: str
    sha256: str
    yanked: str | None = None


def files(reply: Reply) -> list[File]:
    """
    The files of a page.

    Raises:
        Unanswered: it is no page of a simple index, or of a version that is not known here.
    """
    if "json" in reply.headers.get("Content-Type", ""):
        found = reply.node()
        meta = found.get("meta")
        _refuse_newer(meta.text_of("api-version") if meta else "", reply)
        return [_file(one) for one in found.at("files").items()]
    if len(reply.body) > _LARGEST_PAGE:
        raise Unanswered(
            f"{origin(reply.url)} sent more than {_LARGEST_PAGE} bytes of HTML", expected="JSON, or a smaller page"
        )
    page = _Page()
    try:
        page.feed(reply.body.decode(errors="replace"))
    except (AssertionError, ValueError) as error:
        raise Unanswered(f"{origin(reply.url)} answered with HTML that cannot be read", expected="a page") from error
    if not page.has_tags:
        raise Unanswered(f"{origin(reply.url)} answered without a page", expected="a page of a simple index")
    if not page.is_whole:
        raise Unanswered(f"{origin(reply.url)} answered with HTML that ends within a tag", expected="a whole page")
    _refuse_newer(page.version, reply)
    return [_linked(*link, reply) for link in page.links]


def _refuse_newer(version: str, reply: Reply) -> None:
    if version and version.partition(".")[0] != _NEWEST:
        raise Unanswered(
            f"{origin(reply.url)} answered with version {version[:20]!r} of the simple API",
            expected=f"version {_NEWEST}",
            type_next="pip install --upgrade contd-release",
        )


def _file(found: Node) -> File:
    yanked, hashes = found.get("yanked"), found.at("hashes")
    is_plain = yanked is None or isinstance(yanked.value, bool)
    reason = ("" if yanked and yanked.flag() else None) if is_plain or yanked is None else yanked.text()
    return File(found.at("filename").text(), _sha256(hashes.text_of("sha256"), hashes.who), reason)


def _linked(name: str, url: str, yanked: str | None, reply: Reply) -> File:
    kind, _, digest = urldefrag(url).fragment.partition("=")
    return File(name, _sha256(digest if kind == "sha256" else "", origin(reply.url)), yanked)


def _sha256(digest: str, who: str) -> str:
    if digest and not _SHA256.fullmatch(digest):
        raise Unanswered(f"{who} answered with {digest[:80]!r} as a sha256", expected="64 hexadecimal digits")
    return digest.lower()


class _Page(HTMLParser):
    """The links of a page: text, address, and why the file is yanked."""

    def __init__(self) -> None:
        super().__init__()
        self.version = ""
        self.has_tags = False
        self.links: list[tuple[str, str, str | None]] = []
        self._open: tuple[list[str], str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.has_tags = True
        if tag == "meta" and attributes.get("name") == "pypi:repository-version":
            self.version = attributes.get("content") or ""
        if tag == "a":
            self._end()
            yanked = (attributes["data-yanked"] or "") if "data-yanked" in attributes else None
            self._open = ([], attributes.get("href") or "", yanked) if attributes.get("href") else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[0].append(data)

    @property
    def is_whole(self) -> bool:
        """
        Whether no tag is left open at the end.

        The parser's own `close` would look for the end of each tag once more: hours for a page of two megabytes.
        """
        self._end()
        return "<" not in self.rawdata

    def _end(self) -> None:
        if self._open:
            texts, url, yanked = self._open
            self.links.append(("".join(texts).strip(), url, yanked))
        self._open = None
