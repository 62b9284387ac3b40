"""`tasks.py`: a file of three lines, or ours beside the tasks that are there."""

from __future__ import annotations

from contd_release.adopt.draft import Draft
from contd_release.adopt.find.tasks import Tasks
from contd_release.adopt.templates import template

_IMPORT = "from contd_release.tasks.beside import beside"


def write(draft: Draft, found: Tasks) -> None:
    """Have invoke find our tasks."""
    if not found.is_there:
        draft.write(found.path, template("tasks.txt"))
    elif not found.has_ours:
        draft.edit(found.path, lambda text: _joined(text, found))


def _joined(text: str, found: Tasks) -> str:
    """The file with two more statements: an import below the others, and a call at the end."""
    lines = text.rstrip("\n").split("\n")
    name = f', name="{found.prefix}"' if found.prefix else ""
    call = f"beside({found.namespace}{name})" if found.namespace else f"namespace = beside(__name__{name})"
    at = found.imports_end
    above = [*lines[:at], _IMPORT] if at else [_IMPORT, ""]
    return "\n".join([*above, *lines[at:], "", call if found.namespace else f"\n{call}", ""])
