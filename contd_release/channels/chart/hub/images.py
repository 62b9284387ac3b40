"""
The annotation `artifacthub.io/images` of a Chart.yaml, where Artifact Hub finds the images to scan.

An entry for our image gets the tag of the version; the digest is not known yet when the release is committed. Entries
for other images stay as they are.

https://artifacthub.io/docs/topics/annotations/helm/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from contd_release.errors import Usage

IMAGES: Final = "artifacthub.io/images"
_ENTRY: Final = re.compile(rf"""[ \t]+["']?{re.escape(IMAGES)}["']?[ \t]*:""")


def table(text: str) -> dict[str, Any]:
    """What a Chart.yaml says; empty if it is not a table in YAML."""
    import yaml

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def wanted(chart: Mapping[str, Any], image: str, tag: str) -> dict[str, str]:
    """The annotation where the file has none: one entry; nothing where it has one, or the project has no image."""
    if not image or IMAGES in (chart.get("annotations") or {}):
        return {}
    name = image.rpartition("/")[2]
    return {IMAGES: f"- name: {name}\n  image: {image}:{tag}\n"}


def updated(text: str, path: str, image: str, tag: str) -> str:
    """
    A Chart.yaml whose annotation names our image with this tag, where it lists that image.

    Raises:
        Usage: the annotation cannot be edited line by line.
    """
    before = _stated(table(text))
    if not image or before is None:
        return text
    ours = re.compile(rf"""(\bimage["']?:[ \t]*["']?{re.escape(image)})(?::[\w.+-]+)?(?:@\w+:\w+)?(?=["'\s,}}\\]|$)""")
    expected = ours.sub(rf"\g<1>:{tag}", before)
    lines = text.splitlines(keepends=True)
    start = next((at for at, line in enumerate(lines) if _ENTRY.match(line)), len(lines))
    below = (
        at for at, line in enumerate(lines) if at > start and line.strip() and _depth(line) <= _depth(lines[start])
    )
    end = next(below, len(lines))
    entry = ours.sub(rf"\g<1>:{tag}", "".join(lines[start:end]))
    after = "".join((*lines[:start], entry, *lines[end:]))
    if _stated(table(after)) != expected:
        raise Usage(
            f"the annotation {IMAGES} in {path} cannot be written line by line",
            expected=f"`{IMAGES}: |`, and the images on lines below it",
            type_next=f"$EDITOR {path}",
        )
    return after


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _stated(chart: Mapping[str, Any]) -> str | None:
    found = chart.get("annotations")
    said = found.get(IMAGES) if isinstance(found, dict) else None
    return said if isinstance(said, str) else None
