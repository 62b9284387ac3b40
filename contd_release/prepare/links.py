"""
Symbolic links in the released tree: one that leads outside it would publish a file of the machine that builds.

Wheels, sdists, images and charts follow links, and so does towncrier when it reads a fragment. A pull request can add
one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contd_release.engine.step import Found, State, Step
from contd_release.project.release import Release
from contd_release.tools import git

# As many as Linux follows: path_resolution(7).
_MOST: Final = 40


def inside(release: Release) -> Step:
    """No link in the tree that is released leads outside it."""
    root, commit = release.project.root, release.commit or release.base

    def observe() -> Found:
        links = git.links(root, commit)
        wrong = [path for path in sorted(links) if leads_outside(links, path)]
        if wrong:
            shown = "; ".join(f"{path} is a link to {links[path] or 'nothing'}, outside of the tree" for path in wrong)
            return Found(State.ABSENT, shown, f"git rm -- {wrong[0]}   (and commit a file of its own instead)")
        return Found(State.DONE, f"{len(links)} links stay in the tree" if links else "the tree has no links")

    return Step("no link leads outside of the tree", observe)


def leads_outside(links: Mapping[str, str], path: str) -> bool:
    """
    Whether a path leaves the tree, enters git's own folder, or goes in circles.

    Args:
        links: the target of every link of the tree, by its path.
    """
    here: list[str] = []
    rest = list(reversed(path.split("/")))
    followed = 0
    while rest:
        word = rest.pop()
        if word == ".." and not here:
            return True
        if word == "..":
            here.pop()
        elif word not in ("", "."):
            here.append(word)
        if here and here[0].lower() == ".git":
            return True
        if word in ("", ".", "..") or (target := links.get("/".join(here))) is None:
            continue
        followed += 1
        if followed > _MOST or not target or target.startswith("/") or "\\" in target:
            return True
        here.pop()
        rest += reversed(target.split("/"))
    return False
