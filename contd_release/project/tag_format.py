"""What the repository calls the tags of its releases: `v1.2.0`, `1.2.0`, `contd/v1.2.0`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from packaging.version import InvalidVersion, Version

from contd_release.errors import Usage
from contd_release.project.version import parse

FIELD: Final = "{version}"
DEFAULT: Final = f"v{FIELD}"
# What can be read as the version of a release that was made before, by whatever tool.
_RELEASED: Final = re.compile(r"\d+(\.\d+)*([-.]?(a|b|rc)\.?\d+)?")


@dataclass(frozen=True)
class TagFormat:
    """A format with the word `{version}` in it. Every tag of a release is made, and read, here."""

    text: str = DEFAULT

    def __str__(self) -> str:
        return self.text

    @property
    def pattern(self) -> str:
        """
        The tags as GitHub's filters write them.

        https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
        """
        before, after = (re.sub(r"([+?*!\[\]])", r"\\\1", part) for part in self._around)
        return f"{before}[0-9]*{after}"

    def of(self, version: Version | str) -> str:
        """The tag of a version."""
        return self.text.replace(FIELD, str(version))

    def version(self, tag: str) -> Version | None:
        """The version that a release tag names; None for every other tag."""
        stated = self._stated(tag)
        if stated is None or not _RELEASED.fullmatch(stated):
            return None
        try:
            return Version(stated)
        except InvalidVersion:
            return None

    def versions(self, tags: Iterable[str]) -> dict[Version, str]:
        """
        The release tags among these, by version.

        A repository that put a `v` before its versions, or does now, has tags with and without one: both are releases.
        """
        loose = TagFormat(FIELD if self.text == DEFAULT else DEFAULT) if self.text in (FIELD, DEFAULT) else self
        found: dict[Version, str] = {}
        for form in (loose, self):
            found |= {version: tag for tag in tags if (version := form.version(tag)) is not None}
        return found

    def asked(self, text: str) -> Version:
        """
        The version that a person, or a workflow, names: `1.2.0`, `v1.2.0`, or its tag.

        Raises:
            Usage: it is none.
        """
        stated = self._stated(text)
        try:
            return parse(text.removeprefix("v"))
        except Usage:
            if stated is None:
                raise
        return parse(stated)

    def _stated(self, tag: str) -> str | None:
        """The text of a tag that stands for the version."""
        before, after = self._around
        is_ours = tag.startswith(before) and tag.endswith(after) and len(tag) > len(before) + len(after)
        return tag[len(before) : len(tag) - len(after)] if is_ours else None

    @property
    def before(self) -> str:
        """What every tag begins with; empty if that is the version."""
        return self._around[0]

    @property
    def _around(self) -> tuple[str, str]:
        before, _, after = self.text.partition(FIELD)
        return before, after
