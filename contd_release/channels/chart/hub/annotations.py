"""
The annotations that Artifact Hub reads in a Chart.yaml: what changed, and whether the version is a pre-release.

https://artifacthub.io/docs/topics/annotations/helm/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from contd_release.channels.chart.hub import images
from contd_release.errors import Usage
from contd_release.project.news import meaning_of

CHANGES: Final = "artifacthub.io/changes"
PRERELEASE: Final = "artifacthub.io/prerelease"
# Artifact Hub knows six kinds; a type of fragment that is not listed is a change.
_KINDS: Final = {
    "feature": "added",
    "deprecation": "deprecated",
    "removal": "removed",
    "bugfix": "fixed",
    "security": "security",
}
_INTERNAL: Final = "misc"
_HEAD: Final = re.compile(r"annotations:[ \t]*(#.*)?\r?\n?")
_ENTRY: Final = re.compile(r"""([ \t]+)["']?([^\s"':#][^\s"':]*)["']?[ \t]*:""")


def kind(fragment_type: str) -> str:
    """Artifact Hub's word for a type of fragment; empty for one that users do not notice."""
    meaning = meaning_of(fragment_type)
    return "" if meaning == _INTERNAL else _KINDS.get(meaning, "changed")


def wanted(changes: Iterable[tuple[str, str]], *, is_prerelease: bool) -> dict[str, str]:
    """
    The annotations of a version.

    Args:
        changes: the type and the text of each fragment, in the order of the notes.
    """
    import yaml

    listed = [{"kind": found, "description": " ".join(text.split())} for one, text in changes if (found := kind(one))]
    written = yaml.safe_dump(listed, sort_keys=False, allow_unicode=True, width=1 << 20) if listed else ""
    return {**({CHANGES: written} if written else {}), PRERELEASE: str(is_prerelease).lower()}


def annotated(text: str, path: str, annotations: Mapping[str, str]) -> str:
    """
    A Chart.yaml with the annotations of this version in place of an earlier one's, and everything else as it was.

    Raises:
        Usage: the annotations of the file are not one entry per line.
    """
    lines = text.splitlines(keepends=True)
    start = next((at for at, line in enumerate(lines) if _HEAD.fullmatch(line)), None)
    if start is None:
        lines += ["\n"] if lines and not lines[-1].endswith("\n") else []
        after = "".join([*lines, "annotations:\n", *_entries("  ", annotations)])
    else:
        end = next((at for at, line in enumerate(lines[start + 1 :], start + 1) if not line[:1].isspace()), len(lines))
        block = list(_others(lines[start + 1 : end]))
        first = next((match[1] for line in block if (match := _ENTRY.match(line))), "  ")
        after = "".join([*lines[: start + 1], *block, *_entries(first, annotations), *lines[end:]])
    _require_same(text, after, path, annotations)
    return after


def with_image(text: str, path: str, annotations: Mapping[str, str], image: str, tag: str) -> str:
    """
    A Chart.yaml with these annotations, in which `artifacthub.io/images` names our image with the tag of this version.

    Args:
        image: the name of our image without a tag; empty if the project has none.
    """
    missing = images.wanted(images.table(text), image, tag)
    return annotated(images.updated(text, path, image, tag), path, {**missing, **annotations})


def _others(lines: list[str]) -> Iterator[str]:
    """The lines of the entries that are not written here."""
    inside: int | None = None
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if inside is not None and (not line.strip() or depth > inside):
            continue
        match = _ENTRY.match(line)
        inside = depth if match and match[2] in (CHANGES, PRERELEASE) else None
        if inside is None:
            yield line if line.endswith("\n") else f"{line}\n"


def _entries(indent: str, annotations: Mapping[str, str]) -> Iterator[str]:
    for name, value in annotations.items():
        if "\n" not in value:
            yield f'{indent}{name}: "{value}"\n'
            continue
        yield f"{indent}{name}: |\n"
        yield from (f"{indent}  {line}\n" for line in value.splitlines())


def _require_same(before: str, after: str, path: str, annotations: Mapping[str, str]) -> None:
    old, new = images.table(before), images.table(after)
    kept = {name: one for name, one in (old.get("annotations") or {}).items() if name not in (CHANGES, PRERELEASE)}
    if new != old | {"annotations": kept | dict(annotations)}:
        raise Usage(
            f"the annotations in {path} cannot be written line by line",
            expected="`annotations:` on a line of its own, and each annotation on lines below it",
            type_next=f"$EDITOR {path}",
        )
