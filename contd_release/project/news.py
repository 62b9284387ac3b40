"""The fragments and the changelog, as `[tool.towncrier]` describes them, and what the types of fragments mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from contd_release.project.rules import FRAGMENT_TYPE, PATH

TYPES: Final = "breaking security feature bugfix deprecation removal doc misc"
# What other projects call these types, without dashes.
_MEANINGS: Final = {
    "breaking": "breaking breakingchange breakingchanges break breaks incompatible incompat backward backwards major",
    "security": "security vulnerability vulnerabilities",
    "feature": "feature features feat added add new newfeature newfeatures enhancement enhancements improvement "
    "improvements minor",
    "bugfix": "bugfix bugfixes bug bugs fix fixes fixed bugfixed patch",
    "deprecation": "deprecation deprecations deprecated deprecate",
    "removal": "removal removals removed remove",
    "doc": "doc docs documentation",
    "change": "change changes changed",
    "misc": "misc miscellaneous other others internal internals trivial chore chores maintenance",
}


@dataclass(frozen=True)
class News:
    """
    Where the fragments are and what they become, as towncrier is configured.

    Args:
        marker: the line below which new sections go.
        title_format: the form of a section's heading; empty if any heading with the version is one.
        types: the words that file names of fragments have for what they are about.
        notes: the folder that gets a file of notes for each version.
    """

    directory: str = field(default="newsfragments", metadata=PATH.metadata)
    changelog: str = field(default="CHANGELOG.md", metadata=PATH.metadata)
    marker: str = "<!-- towncrier release notes start -->\n"
    title_format: str = "## [{version}] - {project_date}"
    types: tuple[str, ...] = field(default=tuple(TYPES.split()), metadata=FRAGMENT_TYPE.metadata)
    ignore: tuple[str, ...] = ()
    notes: str = field(default="changelog.d", metadata=PATH.metadata)

    @property
    def is_rst(self) -> bool:
        """Whether the changelog is reStructuredText; it is Markdown otherwise."""
        return is_rst(self.changelog)

    @property
    def suffix(self) -> str:
        """The suffix of a fragment's file."""
        return ".rst" if self.is_rst else ".md"

    def type_for(self, meaning: str) -> str:
        """This repository's word for what others call by this one; the word itself where it has none."""
        if meaning in self.types:
            return meaning
        return next((kind for kind in self.types if meaning_of(kind) == meaning_of(meaning)), meaning)


def is_rst(changelog: str) -> bool:
    """Whether a changelog of this name is reStructuredText; it is Markdown otherwise."""
    return not changelog.endswith((".md", ".markdown"))


def meaning_of(kind: str) -> str:
    """The word that we have for a type of fragment which others call differently: `feature` for `added`."""
    plain = kind.lower().replace("-", "").replace("_", "")
    return next((meaning for meaning, words in _MEANINGS.items() if plain in words.split()), kind)
