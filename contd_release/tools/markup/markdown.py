"""
Notes, which are anybody's Markdown, as text that does nothing but be read.

Fragments come from contributors. What they say is kept; what they could do is not: call people, run scripts, turn the
direction of the text, hide where a link leads.

https://spec.commonmark.org/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Bidirectional marks, embeddings, overrides and isolates, and controls other than tab and line feed.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_ZERO_WIDTH: Final = "\u200b"
_CALL: Final = re.compile(r"(?<![\w/])([@\uff20])(?=\w)|([@\uff20])(?=everyone|here|(?:channel|all)\b)", re.IGNORECASE)
# GitHub looks for mentions in what it has rendered, where an entity is an `@`, and a mark of emphasis is gone.
_MENTION: Final = re.compile(r"(?:(?<![^\W_])[@\uff20]|&(?:#0*64|#x0*40|commat);)(?=[\w&])", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]+)?/[\w@./%?=&#+~:,;-]*)")
_OPENING: Final = re.compile(r"<(?=[@#!/?:&a-zA-Z])")
_LINK: Final = re.compile(r"(https?://[^\s<>]+)")
# A fenced block, or code between as many backticks as begin it.
_CODE: Final = re.compile(r"(?ms)(^ {0,3}```[^`\n]*\n.*?^ {0,3}```[ \t]*$|(?<![\\`])`[^`\n]+`(?!`))")
_SPECIAL: Final = re.compile(r"([\\`*_~|\[\]])")
_BLOCK: Final = re.compile(r"(?m)^(\s*)([#>+-]|\d+[.)])(?=\s|#|>)")


def seen(text: str) -> str:
    """The text without characters that a reader cannot see and a computer obeys."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def quiet(text: str) -> str:
    """
    The text in which nothing is a mention or a tag: an invisible space stands behind each `@` and `<` that could be.
    """
    return _OPENING.sub(f"<{_ZERO_WIDTH}", _CALL.sub(lambda match: f"{match[0]}{_ZERO_WIDTH}", seen(text)))


def calling_nobody(notes: str) -> str:
    """
    The Markdown itself, without invisible characters; outside of code, an invisible space stands behind each `@` that
    would notify people. GitHub has no switch for mentions.
    """
    parts = _CODE.split(seen(notes))
    shown = "".join(part if index % 2 else _unmentioned(part) for index, part in enumerate(parts))
    # What a pattern takes for code may be none: then nothing is taken for it.
    return _MENTION.sub(rf"\g<0>{_ZERO_WIDTH}", seen(notes)) if any(map(_mentions, _texts(shown))) else shown


def _unmentioned(text: str) -> str:
    """The text with an invisible space in each mention; addresses stay whole, because GitHub makes links of them."""
    parts = _ADDRESS.split(text)
    return "".join(
        part if index % 2 else _MENTION.sub(rf"\g<0>{_ZERO_WIDTH}", part) for index, part in enumerate(parts)
    )


def _mentions(text: str) -> bool:
    return any(_MENTION.search(part) for part in _ADDRESS.split(text)[::2])


def _texts(notes: str) -> Iterator[str]:
    """What a reader sees of Markdown with HTML, without code and without the words of links."""
    from markdown_it import MarkdownIt

    for block in MarkdownIt("commonmark").parse(notes):
        if block.type == "html_block":
            yield block.content
        links = 0
        for token in block.children or ():
            links += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type == "text" and not links:
                yield token.content


def html(notes: str) -> str:
    """The notes as HTML: tags in them are shown, images are links, and only harmless addresses can be clicked."""
    rendered: str = _parser().render(seen(notes))
    return rendered


def plain(notes: str) -> str:
    """The notes as text without markup."""
    return _written(notes, is_markdown=False)


def chat(notes: str) -> str:
    """The notes as the Markdown that chats share: bold, code, lists; addresses are written out."""
    return _written(notes, is_markdown=True)


def escaped(text: str) -> str:
    """Text that Markdown shows as it is; addresses stay whole."""
    parts = _LINK.split(text)
    return "".join(part if index % 2 else _SPECIAL.sub(r"\\\1", part) for index, part in enumerate(parts))


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).disable("image")


def _written(notes: str, *, is_markdown: bool) -> str:
    lines = list(_blocks(_parser().parse(seen(notes)), is_markdown=is_markdown))
    text = "\n".join(lines).strip("\n")
    return quiet(re.sub(r"\n{3,}", "\n\n", text))


def _blocks(tokens: Sequence[Token], *, is_markdown: bool) -> Iterator[str]:
    """The lines of the document: a bullet before each list item, a blank line after each block."""
    depth, bullet, mark = 0, "", ""
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
                yield from ([] if depth else [""])
            case "list_item_open":
                bullet = f"{token.info}{token.markup} " if token.info else "- "
            case "heading_open":
                mark = "**" if is_markdown else ""
            case "inline":
                text = _inline(token.children or (), is_markdown=is_markdown)
                text = _BLOCK.sub(r"\1\\\2", text) if is_markdown else text
                lines = f"{bullet}{mark}{text}{mark}".replace("\n", f"\n{'  ' * depth}")
                yield from ("  " * (depth - bool(bullet)) + lines, *([] if depth else [""]))
                bullet = mark = ""
            case "fence" | "code_block":
                yield from _code(token.content, is_markdown=is_markdown)


def _code(content: str, *, is_markdown: bool) -> Iterator[str]:
    fence = ("```",) if is_markdown else ()
    yield from (*fence, *content.rstrip("\n").replace("```", "'''").split("\n"), *fence, "")


def _inline(tokens: Sequence[Token], *, is_markdown: bool) -> str:
    parts: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        match token.type:
            case "text":
                parts.append(escaped(token.content) if is_markdown else token.content)
            case "code_inline":
                parts.append(f"`{token.content.replace('`', chr(39))}`" if is_markdown else token.content)
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "strong_open" | "strong_close" if is_markdown:
                parts.append("**")
            case "link_open":
                links.append((str(token.attrs.get("href", "")), len(parts)))
            case "link_close":
                address, start = links.pop()
                # Where a link leads is written behind its words, so that the words cannot pretend.
                if address != "".join(parts[start:]):
                    parts.append(f" ({address})")
    return "".join(parts)
