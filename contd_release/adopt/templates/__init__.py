"""The texts that are written where a repository has none."""

from __future__ import annotations

from importlib import resources


def template(name: str) -> str:
    """The text of a file that comes with us."""
    return (resources.files(__name__) / name).read_text(encoding="utf-8")
