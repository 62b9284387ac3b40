"""Every place that states the version: those that follow the release, and those that only look like it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from packaging.version import InvalidVersion, Version

from contd_release.adopt.find import moved, numbers
from contd_release.adopt.find.package import Package
from contd_release.adopt.find.tags import Tags
from contd_release.adopt.find.versions import LITERAL, MODULES, TUPLE, Current, dotted, statements
from contd_release.adopt.finding import Finding
from contd_release.adopt.place import ANY, Place, Spelling, matching, on_line
from contd_release.adopt.tree import Tree
from contd_release.project.version import semver

_MENTIONS: Final = 20
# Documents about the project as a whole, which are stale when they do not say its version.
_DOCUMENTS: Final = {
    "CITATION.cff": rf"^version:[ \t]*[\"']?v?(?P<version>{ANY})",
    "sonar-project.properties": rf"^sonar\.projectVersion[ \t]*=[ \t]*(?P<version>{ANY})",
    "codemeta.json": rf'^[ \t]{{1,4}}"version"[ \t]*:[ \t]*"v?(?P<version>{ANY})"',
    ".zenodo.json": rf'^[ \t]{{1,4}}"version"[ \t]*:[ \t]*"v?(?P<version>{ANY})"',
}
_DUNDER: Final = rf"""^__version__(?:[ \t]*:[^=\n]*)?[ \t]*=[ \t]*["'](?P<version>{ANY})["']"""
_CONF: Final = rf"""[ \t]*=[ \t]*["']v?(?P<version>{ANY})["']"""
_LABEL: Final = (
    r"""^[ \t]*(?:(?:LABEL|ARG|ENV)[ \t]+)?(?:.*[ .])?(?:version|VERSION|APP_VERSION|RELEASE|NAME_VERSION)[= ]["']?v?"""
)


@dataclass(frozen=True)
class Places:
    """
    The places of a repository.

    Args:
        followed: those that the bump changes.
        mentions: other lines that say the current version, as `path:line`.
    """

    followed: tuple[Place, ...]
    mentions: tuple[Finding, ...]

    def joined(self, others: tuple[Place, ...], gone: tuple[str, ...]) -> Places:
        """
        These and others, each line once.

        Args:
            gone: files that are removed, in which no line has to be mentioned.
        """
        known = {(one.path, one.line) for one in self.followed}
        more = {(one.path, one.line): one for one in others if (one.path, one.line) not in known}
        known_now = {place.where for place in more.values()}
        mentions = (one for one in self.mentions if one.where not in known_now)
        mentions = (one for one in mentions if one.where.rpartition(":")[0] not in gone)
        return Places((*self.followed, *more.values()), tuple(mentions))

    def drifted(self, version: Version) -> tuple[Place, ...]:
        """Those that do not state this version."""
        return tuple(one for one in self.followed if one.says != one.spelled(version))


def find(tree: Tree, package: Package | None, current: Current, tags: Tags, chart: Sequence[Place]) -> Places:
    """
    Every place, each once, in the order in which people read them.

    Args:
        chart: the places of the chart.
    """
    found: dict[tuple[str, int], Place] = {}
    for place in _every(tree, package, current, tags, chart):
        found.setdefault((place.path, place.line), place)
    followed = tuple(_with_header(tree, place) for place in found.values())
    mentions = (*_suffixed(tree, package, current), *_mentions(tree, current, followed))
    return Places(followed, mentions)


def _every(
    tree: Tree, package: Package | None, current: Current, tags: Tags, chart: Sequence[Place]
) -> Iterator[Place]:
    if source := current.source:
        stated = on_line(tree, source.path, source.line, source.value, "the package's version")
        yield from [stated] if stated else []
    for other in package.metadata.also if package else ():
        again = on_line(tree, other.path, other.line, other.value, "the package's version once more")
        yield from [again] if again else []
    if package and not package.metadata.tag:
        yield from _modules(tree, package, current)
    yield from (one for one in chart if one.is_chart or says(one.says, current))
    for name, pattern in _DOCUMENTS.items():
        if name in tree.known:
            yield from matching(tree, name, pattern, "about the project as a whole")
    for path in tree.named("conf.py"):
        if PurePosixPath(path).parts[0] in ("docs", "doc"):
            yield from matching(tree, path, rf"^release{_CONF}", "the documentation's")
            yield from _of_sphinx(matching(tree, path, rf"^version{_CONF}", "the documentation's"), current)
    yield from _saying(_elsewhere(tree, package), current)
    yield from moved.places(tree, tags, current)


def _modules(tree: Tree, package: Package, current: Current) -> Iterator[Place]:
    """The version in the package's own modules, and in those of its sub-packages."""
    for module in package.modules:
        inside = [module] if module.endswith(".py") else [path for path in tree.files if path.startswith(f"{module}/")]
        for path in inside:
            name = path.rpartition("/")[2]
            is_top = path.count("/") <= module.count("/") + 1
            if tree.is_apart(path):
                continue
            if is_top and name.endswith(".py"):
                yield from numbers.places(tree, path, current.version)
                yield from _saying(matching(tree, path, _DUNDER, "a module of the package"), current)
            if name not in MODULES and path != module:
                continue
            found = matching(tree, path, LITERAL.pattern, "a module of the package")
            yield from _saying(matching(tree, path, TUPLE.pattern, "a module of the package"), current)
            # A sub-package may count for itself; a module that is named after the version does not.
            yield from found if is_top or name != "__init__.py" else _saying(found, current)
    for path in package.metadata.sources:
        for one in statements(tree, path, package.metadata.pattern):
            if place := on_line(tree, path, one.line, one.value, "the build tool reads it"):
                yield place


def _suffixed(tree: Tree, package: Package | None, current: Current) -> Iterator[Finding]:
    for module in package.modules if package and not package.metadata.tag else ():
        for path in tree.files:
            if path.startswith(f"{module}/") and path.count("/") == module.count("/") + 1 and path.endswith(".py"):
                yield from numbers.unfollowed(tree, path, current.version)


def _of_sphinx(found: list[Place], current: Current) -> Iterator[Place]:
    """Sphinx's `version`, which by custom is the short one, X.Y."""
    for one in found:
        if one.says.count(".") > 1:
            yield one
        elif one.says == f"{current.version.major}.{current.version.minor}":
            yield replace(one, spelling="short")


def _elsewhere(tree: Tree, package: Package | None) -> list[Place]:
    """Files of other tools that state the project's version by custom."""
    name = re.escape(package.name) if package else r"[^\s:/\"']+"
    loose = re.sub(r"\\?[-_.]+", "[-_.]", name)
    found: list[Place] = []
    for path in tree.files:
        base = PurePosixPath(path).name
        if tree.is_apart(path):
            continue
        if base in ("uv.lock", "Cargo.lock"):
            found += _below(tree, path, rf'^name = "{loose}"\n', rf'^name = "{loose}"\nversion = "(?P<version>{ANY})"')
        elif base == "package-lock.json":
            found += _package_lock(tree, path)
        elif base in ("package.json", "meson.build", "Cargo.toml", "VERSION", "version.txt"):
            found += _whole(tree, path)
        elif base.startswith(("Dockerfile", "Containerfile")) or base.endswith(".Dockerfile"):
            label = _LABEL.replace("NAME", loose.upper().replace("[-_.]", "_"))
            found += matching(tree, path, rf"{label}(?P<version>{ANY})", "the image's label or argument")
        elif re.match(r"(docker-)?compose.*\.ya?ml$", base):
            image = rf"^[ \t]*image:[ \t]*[\"']?[^\s\"'#]*/{loose}:v?"
            found += matching(tree, path, rf"{image}(?P<version>{ANY})", "our image")
    return found


def _whole(tree: Tree, path: str) -> list[Place]:
    places = (on_line(tree, path, one.line, one.value, "by custom") for one in statements(tree, path)[:1])
    kind: Spelling = "semver" if path.endswith((".json", "Cargo.toml")) else "python"
    return [replace(one, spelling=kind) for one in places if one]


def _package_lock(tree: Tree, path: str) -> list[Place]:
    """The two lines of a lock file of npm that state the package's own version."""
    folder = path[: -len("package-lock.json")]
    match = re.search(r'^  "name": "([^"\n]+)"', tree.text(f"{folder}package.json") or "", re.MULTILINE)
    if not match:
        return []
    context = rf'"name": "{re.escape(match[1])}",\n[ ]*'
    found = _below(tree, path, context, rf'{context}"version": "(?P<version>{ANY})"')
    return [replace(one, spelling="semver") for one in found]


def _below(tree: Tree, path: str, context: str, pattern: str) -> list[Place]:
    """The places of a lock file, each known by the name in the line above."""
    found = matching(tree, path, pattern, "the lock file follows")
    return [
        replace(one, context=context, before=one.before.lstrip(" ") if "[ ]*" in context else one.before)
        for one in found
    ]


def _saying(found: list[Place], current: Current) -> Iterator[Place]:
    """Those that say the current version already."""
    return (one for one in found if says(one.says, current))


def says(text: str, current: Current) -> bool:
    """Whether a text is the current version, in Python's spelling, that of charts, or that of the source."""
    text = dotted(text)
    if text in (current.says, str(current.version), semver(current.version)):
        return True
    try:
        return Version(text) == current.version
    except InvalidVersion:
        return False


def _with_header(tree: Tree, place: Place) -> Place:
    """The place, with the header above it if the file has the same line below another header."""
    if place.is_chart or place.context:
        return place
    text = tree.text(place.path) or ""
    same = re.findall(rf"^{re.escape(f'{place.before}{place.says}')}", text, re.MULTILINE)
    if len(same) < 2 or not place.path.endswith((".toml", ".cfg")):
        return place
    headers = re.findall(r"^\[[^\n]*\]", "\n".join(text.splitlines()[: place.line - 1]), re.MULTILINE)
    return replace(place, context=rf"^{re.escape(headers[-1])}[^\n]*\n(?:(?!\[)[^\n]*\n)*?") if headers else place


def _mentions(tree: Tree, current: Current, followed: tuple[Place, ...]) -> Iterator[Finding]:
    """Other lines with the version, which do not follow."""
    known = {(one.path, one.line) for one in followed}
    grepped = tree.git(
        "grep", "--untracked", "-n", "-I", "-w", "-F", "-m", "3", "-e", current.says, "--", ".", *moved.NOT_FOLLOWED
    )
    shown = 0
    for line in grepped.splitlines():
        path, _, rest = line.partition(":")
        number, _, _ = rest.partition(":")
        if number.isdigit() and (path, int(number)) not in known and shown < _MENTIONS:
            shown += 1
            yield Finding(f"also says {current.says}, not followed", f"{path}:{number}")
