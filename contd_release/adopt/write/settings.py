"""`[tool.contd-release]`, as small as it can be: only what the repository does not say elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from contd_release.adopt.draft import Draft
from contd_release.errors import NotReady

Value: TypeAlias = "str | bool | tuple[str, ...] | Mapping[str, Value]"
Table: TypeAlias = Mapping[str, Value]
FILE: Final = "contd-release.toml"
_HEADER: Final = "tool.contd-release"


def write(draft: Draft, settings: Mapping[str, Value | Table]) -> None:
    """Add the settings that are not there yet; those that are there stay as they are."""
    import tomllib

    path = _path(draft)
    prefix = "" if path == FILE else _HEADER
    text = draft.text(path) or ""
    there: object = tomllib.loads(text)
    for key in filter(None, prefix.split(".")):
        there = there.get(key, {}) if isinstance(there, dict) else {}
    existing = there if isinstance(there, dict) else {}
    missing = {key: value for key, value in settings.items() if key not in existing}
    if not missing:
        return
    if not existing:
        after = f"{text.rstrip()}\n\n{_rendered(missing, prefix)}".lstrip("\n")
    else:
        after = _merged(text, missing, prefix)
    tomllib.loads(after)
    draft.write(path, after)


def _path(draft: Draft) -> str:
    if draft.text(FILE) is not None:
        return FILE
    return "pyproject.toml" if draft.text("pyproject.toml") is not None else FILE


def _rendered(settings: Mapping[str, Value | Table], prefix: str) -> str:
    """The settings as a new table at the end of a file."""
    plain = {key: value for key, value in settings.items() if not isinstance(value, Mapping)}
    lines = [f"[{prefix}]"] if prefix and plain else []
    lines += [f"{key} = {_value(value)}" for key, value in plain.items()]
    for key, table in settings.items():
        if not isinstance(table, Mapping):
            continue
        name = f"{prefix}.{key}" if prefix else key
        for header, own in _packages(name, table).items() if key == "packages" else ((name, table),):
            lines += ["", f"[{header}]"] if lines else [f"[{header}]"]
            lines += [f"{one} = {_value(value)}" for one, value in own.items()]
    return "\n".join(lines) + "\n"


def _packages(above: str, tables: Table) -> dict[str, Table]:
    """The table of each package, and those below it, by their headers."""
    found: dict[str, Table] = {}
    for name, table in tables.items():
        if isinstance(table, Mapping):
            header = f"{above}.{_key(name)}"
            found[header] = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
            found |= {f"{header}.{key}": value for key, value in table.items() if isinstance(value, Mapping)}
    return found


def _merged(text: str, settings: Mapping[str, Value | Table], prefix: str) -> str:
    """The settings added to a table that is there."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import AbstractTable

    try:
        document = tomlkit.parse(text)
        table: object = document
        for key in filter(None, prefix.split(".")):
            table = table[key] if isinstance(table, AbstractTable | tomlkit.TOMLDocument) else table
        assert isinstance(table, AbstractTable | tomlkit.TOMLDocument)
        for key, value in settings.items():
            table[key] = _item(value)
        return tomlkit.dumps(document)
    except (TOMLKitError, KeyError) as error:
        raise NotReady(
            f"[{_HEADER}] cannot be added to: {error}",
            expected="an ordinary table",
            type_next="$EDITOR pyproject.toml",
        ) from error


def _item(value: Value | Table) -> object:
    if isinstance(value, Mapping):
        return {key: _item(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else json.dumps(name)


def _value(value: Value) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
