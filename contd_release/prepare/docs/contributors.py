"""
The people who made what a release brings: the authors of its fragments, and their `Co-authored-by` trailers.

Their names go into the notes, where `contributors = true` asks for it; their addresses never do.
"""

from __future__ import annotations

import re
from typing import Final

from contd_release.prepare import fragments, repository
from contd_release.project.release import Release
from contd_release.project.rules import has_control
from contd_release.tools import git

_BOT: Final = re.compile(r"\[bot\]$|\bbot$", re.IGNORECASE)
_SPECIAL: Final = re.compile(r"([\\*_`|<>\[\]#])")
_LONGEST: Final = 80


def names(release: Release) -> tuple[str, ...]:
    """Their names, each once, in the order of the alphabet; programs are left out."""
    project, there = release.project, git.remote(release.project.root, release.project.settings.remote)
    paths = [f"{project.news.directory}/{one.name}" for one in fragments.at(project, release.base).fragments]
    last = repository.last_tag(there.tags, release)
    since = git.commit(project.root, last) if last else None
    found: dict[str, str] = {}
    for name, address in git.authors(project.root, since, release.base, paths) if paths else ():
        clean = " ".join(name.replace("@", " ").split())
        if clean and not (has_control(clean) or _BOT.search(clean) or len(clean) > _LONGEST):
            found.setdefault(address.lower() or clean, clean)
    return tuple(sorted(set(found.values()), key=str.casefold))


def thanks(release: Release) -> str:
    """The sentence of the notes, as Markdown and reStructuredText both read it; empty if no one is to be named."""
    if not release.project.settings.contributors:
        return ""
    listed = [_SPECIAL.sub(r"\\\1", name) for name in names(release)]
    if len(listed) > 1:
        listed = [", ".join(listed[:-1]) + f" and {listed[-1]}"]
    return f"Made by {listed[0]}." if listed else ""
