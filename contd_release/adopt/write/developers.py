"""contd-release among what developers install, where the repository lists that."""

from __future__ import annotations

from collections.abc import MutableMapping, MutableSequence

from contd_release.adopt.draft import Draft
from contd_release.adopt.find.developers import NAME, OLDEST, Developers


def write(draft: Draft, found: Developers) -> None:
    """Add it to the list; one that is written in another way than as an array of texts stays as it is."""
    if found.path and not found.table:
        text = draft.text(found.path) or ""
        draft.write(found.path, f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{_requirement(found)}\n")
    if not found.table:
        return
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    text = draft.text("pyproject.toml") or ""
    try:
        document = tomlkit.parse(text)
        table: object = document
        for key in found.table.split("."):
            table = table.get(key) if isinstance(table, dict) else None
        listed = table.get(found.name, table) if isinstance(table, dict) else None
    except TOMLKitError:
        return
    if isinstance(listed, MutableMapping) and not found.name:
        listed[NAME] = _constraint(found)
        draft.write("pyproject.toml", tomlkit.dumps(document))
    if isinstance(listed, MutableSequence):
        listed.append(_requirement(found))
        draft.write("pyproject.toml", tomlkit.dumps(document))


def _requirement(found: Developers) -> str:
    """https://packaging.python.org/en/latest/specifications/dependency-specifiers/"""
    return f"{NAME}; python_version >= '3.{OLDEST}'" if found.is_marked else NAME


def _constraint(found: Developers) -> object:
    """https://python-poetry.org/docs/dependency-specification/"""
    import tomlkit

    if not found.is_marked:
        return "*"
    table = tomlkit.inline_table()
    table.update({"version": "*", "python": f">=3.{OLDEST}"})
    return table
