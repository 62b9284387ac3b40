"""Texts as they are printed: without control characters, and with the names that the tasks have here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from contd_release.process.hints import of_package, typed

# Characters that act on a terminal, or turn the direction of a text, instead of being read.
CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions; `##[` is their older form.
_WORKFLOW_COMMAND: Final = re.compile(r"(?m)^(\s*):(?=:)|(##)\[")
_BESIDE: Final = re.compile(r"""\bbeside\([^)\n]*\bname=["']([\w-]+)["']""")
# The lines that say which command comes next.
_TYPE: Final = re.compile(r"(?m)^(?:(?:type|next|then|if that stops): | +invoke ).*$|; type: .*$")
# The last line of an error, wherever it is printed.
_TYPE_NEXT: Final = re.compile(r"(?m)^( +type:     )(.*)$")
_COMMAND: Final = re.compile(r"\b(invoke )(?!(?:finds|acts|runs|itself)\b)(?=[a-z]{3,})")


def visible(text: str) -> str:
    """
    Show control characters as escapes, and disarm workflow commands, in a text that others may have written.

    JSON stays JSON.
    """
    shown = CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return _WORKFLOW_COMMAND.sub(lambda found: f"{found[2]}\\u005b" if found[2] else f"{found[1]}\\u003a", shown)


def as_named(text: str) -> str:
    """
    A text whose commands have the names that the tasks have in this repository: `invoke rel.release`.

    A line that says what to type names the package, too, where the call is about one of several; in an error it has
    what the person typed as well.
    """
    text = _TYPE_NEXT.sub(lambda found: found[1] + typed(found[2]), text)
    text = _TYPE.sub(lambda found: of_package(found[0]), text)
    folders = (Path.cwd(), *Path.cwd().parents) if _COMMAND.search(text) else ()
    files = (folder / name for folder in folders for name in ("tasks.py", "tasks/__init__.py"))
    path = next((one for one in files if one.is_file()), None)
    found = _BESIDE.search(path.read_text(encoding="utf-8", errors="replace")) if path else None
    return _COMMAND.sub(rf"\1{found[1]}.", text) if found else text
