"""A message for each place: with the notes if they fit, short if they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from contd_release.errors import Usage
from contd_release.project.release import Release
from contd_release.tools.apprise.apprise import Post, Service
from contd_release.tools.markup import markdown

Kind: TypeAlias = Literal["release", "correction"]

# Where fewer characters fit, only list items are worth the room, not the headings above them.
_ROOMY: Final = 1000
_MORE: Final = "…"
_TITLES: Final = {
    "release": "{name} {version} is out",
    "pre-release": "{name} {version} is ready to be tried",
    "correction": "{name} {version} is withdrawn",
}
_MORE_AT: Final = {"release": "Release notes: ", "pre-release": "Release notes: ", "correction": "Details: "}


class Words(Protocol):
    """The words of a message, as every place gets them."""

    @property
    def title(self) -> str:
        """The headline, in which nothing is a mention or a tag."""

    @property
    def notes(self) -> str:
        """Markdown by others."""

    @property
    def link(self) -> str:
        """The address of the page with the details; may be empty."""

    @property
    def before_link(self) -> str:
        """What introduces the link where there is room for it."""

    @property
    def only_items(self) -> bool:
        """Whether a place with little room gets the list items alone, without the headings above them."""


@dataclass(frozen=True)
class News:
    """
    A message.

    Args:
        notes: Markdown by others: the release's notes, or why it is withdrawn and what to use instead.
        link: where the details are; may be empty.
    """

    release: Release
    kind: Kind
    notes: str
    link: str

    @property
    def template(self) -> str:
        """The name of the template: a pre-release has one of its own."""
        return "pre-release" if self.kind == "release" and self.release.version.is_prerelease else self.kind

    @property
    def title(self) -> str:
        """The headline, in which nothing is a mention or a tag."""
        name = markdown.quiet(self.release.project.name).replace("\n", " ")
        return _TITLES[self.template].format(name=name, version=self.release.version)

    @property
    def before_link(self) -> str:
        """What introduces the link."""
        return _MORE_AT[self.template]

    @property
    def only_items(self) -> bool:
        """Whether a place with little room gets the list items alone; why a release is withdrawn is no list."""
        return self.kind != "correction"


def post(news: Words, service: Service) -> Post:
    """
    The message for one place: the headline, as many lines of the notes as fit, and the link.

    Raises:
        Usage: not even the headline and the link fit.
    """
    headline = f"**{markdown.escaped(news.title)}**" if service.is_markdown else news.title
    # Some count the title as part of the body.
    room = service.body - (size(headline, service) + 2 if service.title else 0)
    head = "" if service.title else headline
    foot = f"{news.before_link if room >= _ROOMY else ''}{news.link}" if news.link else ""
    body = _fitted(head, list(_lines(news, service)), foot, room, service)
    return Post(headline if service.title else "", body, service.is_markdown)


def size(text: str, service: Service) -> int:
    """
    The length as the service counts it: UTF-16 units, or twice the wide characters on X.

    https://docs.x.com/fundamentals/counting-characters
    """
    if service.name == "Twitter":
        return sum(1 if ord(one) <= 0x10FF or 0x2000 <= ord(one) <= 0x201F else 2 for one in text)
    return len(text.encode("utf-16-le")) // 2


def _lines(news: Words, service: Service) -> Iterator[str]:
    text = markdown.chat(news.notes) if service.is_markdown else markdown.plain(news.notes)
    for line in text.split("\n"):
        if service.body >= _ROOMY or not news.only_items or line.startswith("- "):
            yield line


def _fitted(head: str, lines: list[str], foot: str, room: int, service: Service) -> str:
    """Head, lines and foot with blank lines between; lines are left out from the end, and three dots say so."""
    fitting = ""
    for kept in range(len(lines) + 1):
        cut = [_MORE] if kept < len(lines) and kept else []
        middle = "\n".join([*_closed(lines[:kept]), *cut]).strip("\n")
        text = "\n\n".join(part for part in (head, middle, foot) if part)
        if size(text, service) > room and (kept == len(lines) or size(text, service) > room + len(_MORE) + 1):
            break
        fitting = text if size(text, service) <= room else fitting
    if not fitting:
        raise Usage(
            f"{service.name} takes {room} characters; the headline with the link has {size(head + foot, service)}",
            expected="room for at least these",
            type_next="invoke announce --preview",
        )
    return fitting


def _closed(lines: list[str]) -> list[str]:
    """The lines, with a code block that was cut in the middle closed."""
    return [*lines, "```"] if lines.count("```") % 2 else lines
