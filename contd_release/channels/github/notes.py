"""The text of a release on GitHub: this version's notes, and the mark by which the release is ours."""

from __future__ import annotations

import re
from typing import Final

from contd_release.errors import NotReady
from contd_release.project.release import Release
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.markup import markdown

# https://docs.github.com/rest/releases/releases#create-a-release answers 422 above this.
LONGEST: Final = 125_000


def notes(release: Release, repository: GitHubRepository, commit: str) -> str:
    """
    The notes, cut with a link to the whole where they are too long, and our mark.

    Raises:
        NotReady: there are none.
    """
    folders = (release.tree, release.project.root)
    path = next((folder / release.notes for folder in folders if (folder / release.notes).is_file()), None)
    if path is None:
        raise NotReady(f"{release.notes} is not there", expected="the notes of this version", type_next="invoke bump")
    end = f"\n\n{mark(release, commit)}\n"
    text = markdown.calling_nobody(path.read_text(encoding="utf-8")).strip()
    if len(text) + len(end) > LONGEST:
        more = f"\n\n… [The whole notes]({repository.web}/blob/{release.tag}/{release.notes})"
        text = text[: LONGEST - len(end) - len(more)].rpartition("\n")[0] + more
    return text + end


def marked_commit(body: str, tag: str) -> str | None:
    """
    The commit that our mark names; None if the text has no mark of this tag.

    Only the last line is the mark: the notes end above it, whatever a fragment says.
    """
    last = body.rstrip().rpartition("\n")[2]
    found = re.fullmatch(rf"<!-- contd-release: {re.escape(tag)} of ([0-9a-f]{{40}}(?:[0-9a-f]{{24}})?) -->", last)
    return found[1] if found else None


def mark(release: Release, commit: str) -> str:
    """The line that says who made the release, and of which commit."""
    return f"<!-- contd-release: {release.tag} of {commit} -->"
