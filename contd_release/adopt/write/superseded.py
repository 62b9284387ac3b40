"""Remove what configures a superseded tool: whole files, and tables of shared files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from contd_release.adopt.draft import Draft
from contd_release.adopt.find.today.today import Today


def remove(draft: Draft, found: Today) -> None:
    """Remove the files and the tables of the tools that are superseded, and the workflows."""
    for path in found.superseded:
        draft.remove(path)
    for tool in found.tools:
        for path in tool.files:
            draft.remove(path)
        for path in dict.fromkeys(path for path, _ in tool.tables):
            names = [name for one, name in tool.tables if one == path]
            after = without_tables(draft.text(path) or "", names)
            if after.strip():
                draft.write(path, after)
            else:
                draft.remove(path)


def without_tables(text: str, names: Sequence[str]) -> str:
    """The text without these tables and those below them; comments above the next table stay with that one."""
    kept: list[str] = []
    dropped: list[str] = []
    is_inside = False
    for line in text.splitlines(keepends=True):
        if header := re.match(r"\[{1,2}\s*(?P<name>[^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$", line):
            name = header["name"]
            was_inside, is_inside = is_inside, any(name == one or name.startswith(f"{one}.") for one in names)
            if was_inside and not is_inside:
                kept += _comment(dropped)
            dropped = []
        (dropped if is_inside else kept).append(line)
    return re.sub(r"\n{3,}$", "\n", "".join(kept)).rstrip("\n") + "\n" if kept else ""


def _comment(lines: Sequence[str]) -> list[str]:
    """The comment at the end of some lines, after a blank one."""
    found: list[str] = []
    for line in reversed(lines):
        if not line.startswith("#"):
            break
        found.insert(0, line)
    at = len(lines) - len(found) - 1
    return found if found and at >= 0 and not lines[at].strip() else []
