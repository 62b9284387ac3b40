"""contd-release among what developers install, where the repository lists that."""

from __future__ import annotations

from collections.abc import MutableMapping, MutableSequence

from contd_release.adopt.draft import Draft
from contd_release.adopt.find.developers import NAME, Developers


def write(draft: Draft, found: Developers) -> None:
    """Add it to the list; one that is written in another way than as an array of texts stays as it is."""
    if found.path and not found.table:
        text = draft.text(found.path) or ""
        draft.write(found.path, f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{NAME}\n")
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
        listed[NAME] = "*"
        draft.write("pyproject.toml", tomlkit.dumps(document))
    if isinstance(listed, MutableSequence):
        listed.append(NAME)
        draft.write("pyproject.toml", tomlkit.dumps(document))
