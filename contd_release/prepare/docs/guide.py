"""Documentation that a release owes: a migration guide where users must change something."""

from __future__ import annotations

from collections.abc import Sequence

from contd_release.engine.step import Found, State, Step
from contd_release.prepare import fragments
from contd_release.prepare.part.change import Change
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.markup.markdown import escaped

TEMPLATE_MARK = "<!-- migration guide: unwritten -->"


def path_of(release: Release) -> str:
    """`docs/migrations/v2.md`; under 1.0, where a minor may break, `docs/migrations/v0.3.md`."""
    major, minor, _ = release.version.release
    return f"{release.project.folder}docs/migrations/v{major or f'0.{minor}'}.md"


def written(release: Release) -> Step:
    """A breaking release has a migration guide that someone wrote."""
    path = path_of(release)

    def observe() -> Found:
        if not fragments.at(release.project, release.base).is_breaking:
            return Found(State.DONE, "nothing breaks")
        text = git.text(release.project.root, release.base, path)
        if text is None:
            return Found(
                State.ABSENT,
                f"there are breaking changes, and {path} is not there",
                "invoke changelog --migration-guide",
            )
        if TEMPLATE_MARK in text:
            return Found(State.ABSENT, f"{path} still is the template", f"$EDITOR {path}")
        return Found(State.DONE, path)

    return Step("users know how to migrate", observe)


def draft(release: Release, breaking: list[str], changes: Sequence[Change]) -> str:
    """A guide to be written, with one section for each breaking fragment, and a list of what broke besides."""
    sections = "\n".join(f"## {one}\n\nBefore:\n\nAfter:\n" for one in breaking)
    listed = [f"- `{one.where}`: {escaped(one.what)}" for one in changes if one.size == "breaking"]
    if listed:
        sections += "\n".join(("\n## Every change that breaks", "", *listed, ""))
    return f"""{TEMPLATE_MARK}

# Migrating to {release.version.base_version}

Who has to change something, and how long it takes.

{sections}
Remove the first line when this guide is written.
"""


def changed(release: Release, since: str) -> tuple[str, ...]:
    """The documentation and public modules that changed since a tag, for a person to review."""
    package, where = release.project.file_name, release.project.folder
    paths = (f"{where}{one}" for one in ("docs/", "README*", f"{package}/**/__init__.py"))
    return git.changed(release.project.root, since, release.base, *paths)
