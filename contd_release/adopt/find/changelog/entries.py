"""The entries of a section of a changelog, whole and in their order, each with what its heading says it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from contd_release.project.news import meaning_of
from contd_release.tools.markup import headings

if TYPE_CHECKING:
    from markdown_it.token import Token

_WORDS: Final = (
    ("breaking", "breaking incompat"),
    ("deprecation", "deprecat"),
    ("security", "secur vulnerab"),
    ("bugfix", "fix bug"),
    ("removal", "remov drop"),
    ("feature", "feature added adds new enhance improve introduc support what'snew"),
    ("change", "change"),
    ("doc", "document docs"),
    ("misc", "misc other internal maintenance chore"),
)
_FIRST: Final = {
    "feature": "add added adds new introduce introduced introduces support implement implemented feature feat allow",
    "bugfix": "fix fixed fixes fixing bugfix bug correct corrected resolve resolved",
    "removal": "remove removed removes drop dropped drops",
    "deprecation": "deprecate deprecated deprecates",
    "security": "security",
    "doc": "doc docs document documented documentation",
}
_ITEM: Final = re.compile(r"(?P<indent>[ \t]*)(?P<mark>(?:[-*+•]|\d+[.)]|#\.)[ \t]+)(?=\S)")
_DEFINITION: Final = re.compile(r"^ {0,3}\[([^\]\n]+)\]:[ \t]*<?(\S+?)>?(?:[ \t]+[\"'(].*)?$", re.MULTILINE)
_TARGET: Final = re.compile(r"\.\. (?:_.*:\s+\S|\|)")


@dataclass(frozen=True)
class Entry:
    """
    One entry that no release has.

    Args:
        title: the heading above it; empty if there is none.
        meaning: what that heading, or else the first word, says it is, in our words.
        text: the text without the bullet, each line without the indentation of the list.
        line: where it begins, counted from 1.
    """

    title: str
    meaning: str
    text: str
    line: int


def entries(lines: Sequence[str], first: int, definitions: Mapping[str, str], *, is_rst: bool) -> tuple[Entry, ...]:
    """
    The entries of these lines.

    Args:
        first: the number of the first of the lines.
        definitions: the addresses of the links that the changelog defines elsewhere.
    """
    found = _of_rst(lines) if is_rst else _of_markdown(lines)
    kept = [one for one in found if one.text and not _is_nothing(one.text)]
    return tuple(replace(one, text=_linked(one.text, definitions), line=one.line + first) for one in kept)


def _is_nothing(text: str) -> bool:
    return headings.says_nothing(text) or headings.says_unreleased(text)


def definitions(text: str) -> dict[str, str]:
    """The addresses of the links that a Markdown text defines, by their label in lower case."""
    return {match[1].lower(): match[2] for match in _DEFINITION.finditer(text)}


def kept_apart(lines: Sequence[str], *, is_rst: bool) -> list[str]:
    """The lines that define links, which are needed wherever the entries go."""
    return [line for line in lines if (_TARGET.match(line) if is_rst else _DEFINITION.match(line))]


def meaning_of_title(title: str) -> str:
    """What a heading says, in our words; the heading in the form of one where we have none."""
    plain = re.sub(r"[^a-z']", "", title.lower())
    if (known := meaning_of(plain)) != plain:
        return known
    for meaning, words in _WORDS:
        if any(word in plain for word in words.split()):
            return meaning
    ascii_only = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_only))[:40].strip("-") or "misc"


def _of_markdown(lines: Sequence[str]) -> Iterator[Entry]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse("\n".join(lines))
    title = ""
    for index, token in enumerate(tokens):
        text = _lines(lines, token)
        if token.level == 1 and token.type == "list_item_open":
            yield _entry(title, _without_mark(text), token)
        elif token.level or not token.map or token.nesting < 0 or token.type.endswith("_list_open"):
            continue
        elif token.type == "heading_open":
            title = tokens[index + 1].content
        elif token.type == "paragraph_open" and (label := _label("\n".join(text))):
            title = label
        elif token.type != "hr" and not (token.type == "html_block" and text[0].lstrip().startswith("<!--")):
            yield _entry(title, "\n".join(text).strip(), token)


def _of_rst(lines: Sequence[str]) -> Iterator[Entry]:
    below = {one.line - 1: one.title for one in headings.headings("\n".join(lines))}
    indents = [len(match["indent"]) for line in lines if (match := _ITEM.match(line))]
    base = min(indents, default=0)
    title, start, block = "", 0, list[str]()
    for index, raw in enumerate([*lines, ""]):
        line = raw[base:] if not raw[:base].strip() else raw
        is_item = (match := _ITEM.match(line)) is not None and not match["indent"]
        is_text = line[:1].strip() and (not block or not lines[index - 1].strip())
        is_last = index == len(lines)
        if is_last or index in below or is_item or (is_text and not _TARGET.match(line)):
            if block:
                title, entry = _closed(title, block, start)
                yield from [entry] if entry else []
            start, block = index, []
        if index in below:
            title = below[index]
        elif index - 1 not in below and not _TARGET.match(line) and (block or line.strip()):
            block.append(line)


def _closed(title: str, block: list[str], start: int) -> tuple[str, Entry | None]:
    """The heading from here on, and the entry that a block is; a label is a heading, and a comment nothing."""
    text = "\n".join(_without_mark(block)).strip()
    if not text or text.startswith("..") or re.fullmatch(r"([=\-~^*+.])\1{2,}", text):
        return title, None
    if label := _label(text):
        return label, None
    return title, Entry(title, _meaning(title, text), text, start)


def _entry(title: str, text: str | list[str], token: Token) -> Entry:
    whole = text if isinstance(text, str) else "\n".join(text).strip()
    return Entry(title, _meaning(title, whole), whole, token.map[0] if token.map else 0)


def _meaning(title: str, text: str) -> str:
    if title:
        return meaning_of_title(title)
    word = (re.findall(r"[a-z]+", text.lower()) or [""])[0]
    return next((meaning for meaning, words in _FIRST.items() if word in words.split()), "change")


def _label(text: str) -> str:
    """The words of a paragraph that stands for a heading, such as `**Fixed**` or `Bug fixes:`."""
    match = re.fullmatch(r"(\*\*|__|)([^\n*:]{2,40}?)(:?)(\1)(:?)\s*", text.strip())
    if not match or not (match[1] or match[3] or match[5]):
        return ""
    return match[2].strip()


def _lines(lines: Sequence[str], token: Token) -> list[str]:
    return list(lines[token.map[0] : token.map[1]]) if token.map else []


def _without_mark(block: Sequence[str]) -> list[str]:
    """The lines of an item, each without the indentation that its text has."""
    match = _ITEM.match(block[0])
    width = match.end() if match else 0
    rest = [line[width:] if not line[:width].strip() else line.lstrip() for line in block[1:]]
    lines = [block[0][width:], *rest]
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.rstrip() for line in lines]


def _linked(text: str, known: Mapping[str, str]) -> str:
    """The text with the address in each link that is defined elsewhere."""

    def resolved(match: re.Match[str]) -> str:
        address = known.get((match[2] or match[1]).lower())
        return f"[{match[1]}]({address})" if address else match[0]

    return re.sub(r"(?<![\]\\`])\[([^\[\]\n]+)\](?:\[([^\[\]\n]*)\])?(?![\[(:`])", resolved, text) if known else text
