"""towncrier's configuration, the marker in the changelog, and a fragment for each entry that no release has."""

from __future__ import annotations

import json
import re
from typing import Final

from contd_release.adopt.draft import Draft
from contd_release.adopt.find.changelog import Changelog, Entry
from contd_release.adopt.templates import template

FRAGMENTS: Final = "newsfragments"
MARKER: Final = "<!-- towncrier release notes start -->"
_CHANGED: Final = """
[[tool.towncrier.type]]
directory = "change"
name = "Changed"
showcontent = true
"""


def write(draft: Draft, found: Changelog) -> None:
    """Have towncrier write the changelog, in the form that it has; nothing where it does already."""
    if found.is_configured:
        return
    table = template("towncrier.toml").replace('"CHANGELOG.md"', json.dumps(found.path))
    table = table.replace('"## [{version}] - {project_date}"', json.dumps(found.title_format, ensure_ascii=False))
    if any(one.type == "change" for one in found.entries):
        table += _CHANGED
    path = "pyproject.toml" if draft.text("pyproject.toml") is not None else "towncrier.toml"
    draft.write(path, f"{(draft.text(path) or '').rstrip()}\n\n{table}".lstrip("\n"))
    draft.write("changelog.d/_template.md", template("_template.md"))
    draft.write(f"{FRAGMENTS}/README.md", template("fragments.md"))
    names: set[str] = set()
    for entry in found.entries:
        draft.write(f"{FRAGMENTS}/{_name(entry, names)}", f"{entry.text}\n")
    if not found.entries:
        draft.write(f"{FRAGMENTS}/+contd-release.misc.md", "Releases are made with contd-release.\n")
    text = draft.text(found.path)
    draft.write(found.path, template("changelog.md") if text is None else _marked(text, found))


def _name(entry: Entry, names: set[str]) -> str:
    """A name of its own for a fragment."""
    stem = "-".join(re.findall(r"[a-z0-9]+", entry.text.lower())[:6])[:50].strip("-") or "change"
    for number in ("", *range(2, 10_000)):
        name = f"+{stem}{f'-{number}' if number else ''}.{entry.type}.md"
        if name not in names:
            names.add(name)
            return name
    raise AssertionError(name)


def _marked(text: str, found: Changelog) -> str:
    """The changelog with the marker where the next section belongs, and without what became fragments."""
    if MARKER in text:
        return text
    lines = text.splitlines()
    if found.heading:
        rest = lines[found.end - 1 :] if found.entries else lines[found.heading :]
        kept = [*lines[: found.heading], "", MARKER, "", *_without_blank(rest)]
        return "\n".join(kept) + "\n"
    pattern = re.compile(r"#+ .*\d+\.\d+")
    first = next((number for number, line in enumerate(lines) if pattern.match(line)), len(lines))
    above = lines[:first]
    while above and not above[-1].strip():
        above.pop()
    return "\n".join([*above, "", MARKER, "", *_without_blank(lines[first:])]) + "\n"


def _without_blank(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    return lines
