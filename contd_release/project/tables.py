"""The files that hold the settings, as tables that are laid over each other."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Final

from contd_release.errors import Usage
from contd_release.project.defaults import Read

OVERLAY: Final = "CONTD_RELEASE_CONFIG"
CONFIGURATION: Final = "contd-release.toml"


def read(tools: dict[str, Any], text_of: Read) -> dict[str, dict[str, Any]]:
    """The settings of each file, in the order in which they are laid over each other."""
    layers = of_repository(tools, text_of)
    if overlay := os.environ.get(OVERLAY):
        layers[overlay] = toml(overlay, _file(overlay))
    return layers


def of_repository(tools: dict[str, Any], text_of: Read) -> dict[str, dict[str, Any]]:
    """The settings of the files of the repository."""
    ours = toml(CONFIGURATION, text_of(CONFIGURATION))
    return {"pyproject.toml": table(tools, "contd-release"), CONFIGURATION: ours}


def merged(layers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The settings of all files as one table."""
    found: dict[str, Any] = {}
    for layer in layers.values():
        found = laid_over(found, layer)
    return found


def table(of: dict[str, Any], key: str) -> dict[str, Any]:
    """The table below a key; empty if there is none."""
    found = of.get(key, {})
    if not isinstance(found, dict):
        raise Usage(f"[{key}] is {found!r}", expected="a table", type_next="$EDITOR pyproject.toml")
    return found


def laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Two tables as one: what the one above says holds."""
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        found[key] = laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return found


def toml(path: str, text: str | None) -> dict[str, Any]:
    """The content of one TOML file; empty if it is not there."""
    refuse_bytes(path, text)
    try:
        return tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Usage(f"{path} is not TOML: {error}", expected="valid TOML", type_next=f"$EDITOR {path}") from error


def refuse_bytes(path: str, text: str | None) -> None:
    """
    Refuse a configuration file that is not UTF-8; git's blobs are decoded with U+FFFD in place of other bytes.

    Raises:
        Usage: the file is not UTF-8.
    """
    if text and "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        raise Usage(f"{path} is not UTF-8 in line {line}", expected="TOML in UTF-8", type_next=f"$EDITOR {path}")


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise Usage(
            f"{OVERLAY} names {path}: {reason}",
            expected="a TOML file of settings that are laid over those of the repository",
            type_next=f"unset {OVERLAY}   (or correct the path)",
        ) from error
