"""Everything is tried in a folder of its own before it is kept: the bump, towncrier's rendering, the settings."""

from __future__ import annotations

import tempfile
from pathlib import Path

from contd_release.adopt.draft import Draft
from contd_release.errors import NotReady, ReleaseError
from contd_release.project.version import next_version
from contd_release.tools import bumpversion


def tried(draft: Draft) -> None:
    """
    See that what would be written works.

    Raises:
        NotReady: it does not; nothing was written.
    """
    if problems := _bump(draft):
        raise NotReady(
            "\n".join(problems),
            expected="files that adoption can change; nothing was written",
            type_next="contd-release adopt --check",
        )


def _bump(draft: Draft) -> list[str]:
    """Whether the bump to the next version changes every place that is listed."""
    try:
        if not bumpversion.is_configured(draft.text):
            # A tool computes the version, and no other place states it.
            return []
        found = bumpversion.configuration(draft.text)
    except ReleaseError as error:
        return [str(error)]
    if problems := found.problems(draft.text, found.current):
        return list(problems)
    version = (
        next_version(found.current, None, final=True)
        if found.current.is_prerelease
        else next_version(found.current, "minor")
    )
    with tempfile.TemporaryDirectory(prefix="contd-release-") as folder:
        where = Path(folder) / "tree"
        for path in found.paths:
            (where / path).parent.mkdir(parents=True, exist_ok=True)
            (where / path).write_text(draft.text(path) or "", encoding="utf-8")
        answer = bumpversion.bump(where, found.path, found.current, version).ask()
        if answer.code:
            return [f"bump-my-version ended with {answer.code}: {answer.err.strip()}"]

        def text_of(path: str) -> str | None:
            file = where / path
            return file.read_text(encoding="utf-8") if file.is_file() else None

        return list(bumpversion.configuration(text_of).problems(text_of, version))
