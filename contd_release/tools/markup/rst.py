"""
reStructuredText as Markdown: the notes of a release go to places that read only that.

https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from docutils.nodes import Element, Node

# Roles of Sphinx, such as :func:`name` or :issue:`12`, which docutils alone does not know.
_ROLE: Final = re.compile(r":[a-zA-Z][\w.+:-]*:`([^`\n]*?)(?:\s*<([^`<>\n]*)>)?`(?!_)")
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<])")
_WRAPPED: Final = {"emphasis": "*", "strong": "**"}
_UNSEEN: Final = frozenset({"comment", "target", "substitution_definition", "system_message", "pending", "image"})
_SETTINGS: Final = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "doctitle_xform": False,
    "syntax_highlight": "none",
    "_disable_config": True,
}


def markdown(text: str, *, level: int = 2) -> str:
    """
    The text as Markdown.

    Args:
        level: of its outermost headings.
    """
    from docutils.core import publish_doctree

    plain = _ROLE.sub(lambda role: f"``{role[1].lstrip('~!') or role[2]}``", text)
    document = publish_doctree(plain, settings_overrides=_SETTINGS)
    return "\n\n".join(_blocks(document.children, level))


def _blocks(nodes: Sequence[Node], level: int) -> Iterator[str]:
    for node in nodes:
        if node.tagname not in _UNSEEN and (text := _block(node, level).rstrip()):
            yield text


def _block(node: Element, level: int) -> str:
    """One block, without a blank line around it."""
    inside = node.children
    if node.tagname == "section":
        return f"{'#' * min(level, 6)} {_inline(inside[0])}\n\n" + "\n\n".join(_blocks(inside[1:], level + 1))
    if node.tagname in ("bullet_list", "enumerated_list"):
        is_loose = any(len(item.children) > 1 for item in inside)
        marks = ("- " if node.tagname == "bullet_list" else f"{number}. " for number in range(1, len(inside) + 1))
        items = (_indented("\n\n".join(_blocks(item.children, level)), mark) for item, mark in zip(inside, marks))  # noqa: B905
        return ("\n\n" if is_loose else "\n").join(items)
    if node.tagname in ("literal_block", "doctest_block"):
        language = next((name for name in node["classes"] if name != "code"), "")
        return f"```{language}\n{node.astext()}\n```"
    if node.tagname in ("paragraph", "rubric", "term", "title"):
        return _inline(node)
    if node.tagname == "definition_list_item":
        return "\n".join(_blocks(inside, level))
    if node.tagname in (
        "block_quote",
        "note",
        "warning",
        "important",
        "tip",
        "hint",
        "caution",
        "danger",
        "admonition",
    ):
        return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(inside, level)).split("\n"))
    if node.tagname == "transition":
        return "---"
    if any(child.tagname in ("paragraph", "definition_list_item", "bullet_list", "section") for child in inside):
        return "\n\n".join(_blocks(inside, level))
    return _SPECIAL.sub(r"\\\1", node.astext())


def _inline(node: Node) -> str:
    """The text of a block, with its emphasis, code and links."""
    if node.tagname == "#text":
        return _SPECIAL.sub(r"\\\1", node.astext())
    if node.tagname in _UNSEEN:
        return ""
    if node.tagname in ("literal", "title_reference", "problematic"):
        return _code(node.astext())
    text = "".join(map(_inline, node.children))
    if node.tagname in _WRAPPED:
        return f"{_WRAPPED[node.tagname]}{text}{_WRAPPED[node.tagname]}"
    if node.tagname == "reference" and (address := node.get("refuri")):
        return f"<{address}>" if node.astext() == address else f"[{text}]({address})"
    return text


def _code(text: str) -> str:
    plain = text.strip("`")
    return f"`` {plain} ``" if "`" in plain else f"`{plain}`"


def _indented(text: str, mark: str) -> str:
    lines = text.split("\n")
    return "\n".join([f"{mark}{lines[0]}", *(f"{' ' * len(mark)}{line}".rstrip() for line in lines[1:])])
