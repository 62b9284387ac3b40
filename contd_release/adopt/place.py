"""A place that states the version, and the entry by which bump-my-version finds it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from packaging.version import Version

from contd_release.adopt.tree import Tree
from contd_release.project.version import semver

Spelling: TypeAlias = Literal["python", "semver", "tuple", "short", "major", "minor", "patch"]

# A version, whichever it is, as files spell it.
ANY: Final = r"\d+\.\d+[0-9A-Za-z.+-]*(?<![.+-])"
_SEMVER: Final = '["{major}.{minor}.{patch}-{pre_l}.{pre_n}", "{major}.{minor}.{patch}"]'
# The spellings that state a part of the version, and how bump-my-version calls them.
_PARTS: Final = {
    "tuple": "{major}, {minor}, {patch}",
    "short": "{major}.{minor}",
    "major": "{major}",
    "minor": "{minor}",
    "patch": "{patch}",
}
_SEMVER_BETWEEN: Final = _SEMVER.replace(", ", ', "{major}.{minor}.{patch}-{dev}", ')
_END: Final = r"(?![\w+-]|\.\w)"
_YAML_END: Final = r"(?=[ \t\r]*(?:#|$))"


@dataclass(frozen=True)
class Place:
    """
    One line that states the version.

    Args:
        before: the text of the line before the version; it is the same in every release.
        after: the text of the line after it.
        context: a pattern for the lines above, where the line alone names more than this place.
        reason: why it follows the release.
    """

    path: str
    line: int
    before: str
    says: str
    after: str
    reason: str
    spelling: Spelling = "python"
    context: str = ""

    @property
    def where(self) -> str:
        """`contd/__init__.py:3`"""
        return f"{self.path}:{self.line}"

    @property
    def is_chart(self) -> bool:
        """Whether it is a key of a Chart.yaml, which is repaired whatever it says."""
        return self.path.rpartition("/")[2] == "Chart.yaml"

    def as_tag(self) -> Place:
        """The place as it names an image that a release publishes: the version alone, as SemVer."""
        v = "v" if self.before.endswith("v") else ""
        return replace(self, spelling="semver", before=self.before.removesuffix(v), says=f"{v}{self.says}")

    def spelled(self, version: Version) -> str:
        """A version as this place spells it."""
        if form := _PARTS.get(self.spelling):
            return form.format(major=version.major, minor=version.minor, patch=version.micro)
        return semver(version) if self.spelling == "semver" else str(version)

    def will_be(self, version: Version) -> str:
        """The whole line when it states this version."""
        return f"{self.before}{self.spelled(version)}{self.after}"

    def entry(self, *, between: bool = False) -> str:
        """
        The place as bump-my-version's configuration has it.

        https://callowayproject.github.io/bump-my-version/reference/configuration/file/

        Args:
            between: whether it states versions between releases as well, such as `1.2.1-dev0`.
        """
        if self.is_chart:
            key = self.before.partition(":")[0]
            v = "v" if self.before.endswith("v") else ""
            search = rf"""^{key}:([ \t]+)(["']?)[0-9A-Za-z.+-]+\2{_YAML_END}"""
            replacing = rf"{key}:\g<1>\g<2>{v}{{new_version}}\g<2>"
        else:
            search, replacing = self._patterns()
        lines = [f"filename = {_quoted(self.path)}", "regex = true", f"search = {_quoted(search)}"]
        lines += [f"replace = {_quoted(replacing)}"]
        if form := _PARTS.get(self.spelling):
            lines.append(f'serialize = ["{form}"]')
        if self.spelling == "semver":
            lines.append(f"serialize = {_SEMVER_BETWEEN if between else _SEMVER}")
        return "\n".join(("[[tool.bumpversion.files]]", *lines, ""))

    def _patterns(self) -> tuple[str, str]:
        quote = self.after[:1] if self.after[:1] in ("'", '"') else ""
        before = f"^{_escaped(self.before)}"
        end = quote or _END
        if self.context:
            return (
                f"({self.context}{before.removeprefix('^')}){{current_version}}{end}",
                rf"\g<1>{{new_version}}{quote}",
            )
        replaced = self.before.replace("\\", r"\\")
        return f"{before}{{current_version}}{end}", f"{replaced}{{new_version}}{quote}"


def on_line(tree: Tree, path: str, line: int, version: str, reason: str) -> Place | None:
    """The place on this line of a file, whose last mention of this version it is; None if there is none."""
    lines = (tree.text(path) or "").splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    before, found, after = text.rpartition(version)
    # Braces mean a field to bump-my-version; a line that has them cannot be named to it.
    if not found or "{" in before or "}" in before:
        return None
    spelling: Spelling = "tuple" if "," in version else "python"
    return Place(path, line, before, version, after, reason, spelling)


def matching(tree: Tree, path: str, pattern: str, reason: str) -> list[Place]:
    """The places that a pattern with a group `version` finds in a file."""
    text, found = tree.text(path) or "", []
    for match in re.finditer(pattern, text, re.MULTILINE):
        line = text.count("\n", 0, match.start("version")) + 1
        if place := on_line(tree, path, line, match["version"], reason):
            found.append(place)
    return found


def _escaped(text: str) -> str:
    """The text as a pattern, of which a person can read the spaces."""
    return re.escape(text).replace("\\ ", " ").replace('\\"', '"').replace("\\-", "-").replace("\\\t", r"\t")


def _quoted(text: str) -> str:
    """The text as TOML, in quotes that need no escape where that is possible."""
    if "'" not in text and "\n" not in text:
        return f"'{text}'"
    if "'''" not in text and not text.endswith("'"):
        return f"'''{text}'''"
    return json.dumps(text)
