"""The version that the repository is at, and what says so: a literal in a file, or a tool that reads the tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from packaging.version import InvalidVersion, Version

from contd_release.adopt.find.package import Package
from contd_release.adopt.find.tags import Tags
from contd_release.adopt.finding import Finding
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.tree import Tree
from contd_release.errors import NotReady, ReleaseError
from contd_release.project.package.from_tag import FromTag
from contd_release.project.package.metadata import Stated
from contd_release.project.version import parse_stated

MODULES: Final = ("__init__.py", "__about__.py", "__version__.py", "_version.py", "version.py", "_about.py", "about.py")
# What a module calls its version, at the beginning of a line.
NAME: Final = r"(?:__version__|__VERSION__|VERSION|version|_version)"
LITERAL: Final = re.compile(
    rf"""^(?P<before>{NAME}(?:[ \t]*:[^=\n]*)?[ \t]*=[ \t]*["'])(?P<version>\d[^"'\n]*)["']""", re.MULTILINE
)
_VERSION_FILES: Final = ("VERSION", "VERSION.txt", "version.txt", "version")
_WHOLE: Final = re.compile(r"v?(?P<version>\d+\.\d+[0-9A-Za-z.+-]*)\s*")
# The same as numbers: `VERSION = (1, 2, 3)`; a fourth element is that of a final version.
TUPLE: Final = re.compile(
    r"""^(?:__version_info__|__version_tuple__|version_info|VERSION_INFO|VERSION|version|__version__)"""
    r"""(?:[ \t]*:[^=\n]*)?[ \t]*=[ \t]*\([ \t]*(?P<version>\d+,[ \t]*\d+,[ \t]*\d+)"""
    r"""(?=[ \t]*,?[ \t]*(?:\)|0[ \t]*\)|["'](?:final)?["'][ \t]*,[ \t]*(?:\d+|["']["'])[ \t]*\)))""",
    re.MULTILINE,
)
# What SemVer's users, and those of chartpress, write between releases.
_BETWEEN: Final = re.compile(r"^(\d+(?:\.\d+){1,2})-(?:0\.dev|dev|SNAPSHOT|snapshot)$")
_CARGO: Final = re.compile(r"""^version[ \t]*=[ \t]*"(?P<version>\d[^"\n]*)\"""", re.MULTILINE)
_JSON: Final = re.compile(r"""^[ \t]*"version"[ \t]*:[ \t]*"(?P<version>\d[^"\n]*)\"""", re.MULTILINE)


@dataclass(frozen=True)
class Current:
    """
    The version that the repository is at.

    Args:
        version: the version, as a release spells it.
        source: the literal that states it; None if a tool computes it.
        says: that literal, which may have two numbers, or a suffix between releases.
        tag: the tool that computes it.
    """

    version: Version
    source: Stated | None
    tag: FromTag | None
    findings: tuple[Finding, ...]

    @property
    def says(self) -> str:
        """The version as its source spells it, with dots where that has numbers."""
        return dotted(self.source.value) if self.source else str(self.version)


def find(tree: Tree, package: Package | None, tags: Tags, answers: Answers) -> Current:
    """
    The version of the package, or of the newest tag where it is higher or there is no package.

    Raises:
        NotReady: nothing states one, or it is none that a release can have.
    """
    if package is None:
        version = tags.newest or Version("0.0.0")
        return Current(_three(version), None, None, (_tagged(tags, version),))
    if tool := package.metadata.tag:
        version = tags.newest or Version("0.0.0")
        how = f"{tool.tool} computes it" + (f", overridden by {tool.variable}" if tool.variable else "")
        return Current(
            _three(version),
            None,
            tool,
            (Finding(f"the version comes from the tag: {version}", tags.last[-1] if tags.last else "", how),),
        )
    stated = package.metadata.version or _in_files(tree, package) or _answered(tree, package, answers)
    version = released(dotted(stated.value), str(stated))
    if tags.newest and version < tags.newest:
        higher = Finding(
            f"the version is {tags.newest}", tags.last[-1], f"{stated} says {stated.value}, which is older"
        )
        return Current(_three(tags.newest), stated, None, (higher,))
    why = "main says it between releases" if version.dev is not None else ""
    return Current(version, stated, None, (Finding(f"the version is {dotted(stated.value)}", str(stated), why),))


def released(text: str, where: str) -> Version:
    """
    The version of three numbers that a literal means.

    Raises:
        NotReady: it is none that a release can have.
    """
    try:
        return parse_stated(text)
    except ReleaseError:
        pass
    version = read(text)
    if version is None or version.is_postrelease or version.epoch or version.local or len(version.release) > 3:
        raise NotReady(
            f"{where} says {text!r}, which is not a version we can release",
            expected="three numbers, with a, b or rc and a number for a pre-release: 1.2.0, 1.2.0rc1",
            type_next=f"$EDITOR {where.partition(':')[0]}",
        )
    return _three(version)


def read(text: str) -> Version | None:
    """The version that a text means, in whatever spelling; None if it is none."""
    try:
        return Version(_BETWEEN.sub(r"\1.dev0", text))
    except InvalidVersion:
        return None


def dotted(text: str) -> str:
    """A version that may be spelled as the numbers of a tuple, with dots."""
    return re.sub(r",[ \t]*", ".", text)


def statements(tree: Tree, path: str, configured: str = "") -> list[Stated]:
    """
    Every line of a module, or of a file that holds nothing else, that states a version.

    Args:
        configured: the regular expression by which the build tool finds it in this file; it goes before custom.
    """
    text = tree.text(path) or ""
    if configured and (stated := _configured(path, text, configured)):
        return [stated]
    name = path.rpartition("/")[2]
    pattern = LITERAL
    if name == "Cargo.toml":
        pattern = _CARGO
    elif name.endswith(".json"):
        pattern = _JSON
    elif not name.endswith((".py", ".toml", ".cfg", ".build")):
        match = _WHOLE.fullmatch(text)
        return [Stated(match["version"], path, 1)] if match else []
    found = list(pattern.finditer(text)) or list(TUPLE.finditer(text) if name.endswith(".py") else ())
    return [Stated(one["version"], path, text.count("\n", 0, one.start("version")) + 1) for one in found]


def _configured(path: str, text: str, pattern: str) -> Stated | None:
    """What a regular expression of the build tool's configuration finds; None also where it is none."""
    import regex

    try:
        match = regex.search(pattern, text, regex.MULTILINE, timeout=2)
        version = match["version"] if match else ""
    except (regex.error, TimeoutError, IndexError):
        return None
    return Stated(version, path, text.count("\n", 0, match.start("version")) + 1) if match and version else None


def _in_files(tree: Tree, package: Package) -> Stated | None:
    """The first literal in the files that the build tool names, else in those that carry a version by custom."""
    paths = [path for path in package.metadata.sources if path in tree.known]
    for module in package.modules:
        paths += [module] if module.endswith(".py") else [f"{module}/{name}" for name in MODULES]
        paths += _imported(tree, module)
    folders = (package.metadata.folder, *(f"{module}/" for module in package.modules))
    paths += [f"{folder}{name}" for folder in folders for name in _VERSION_FILES]
    for path in dict.fromkeys(paths):
        pattern = package.metadata.pattern if path in package.metadata.sources else ""
        if path in tree.known and (found := statements(tree, path, pattern)):
            return found[0]
    return None


def _imported(tree: Tree, module: str) -> Iterator[str]:
    """The module of a package from which its `__init__.py` imports the version: `from .package_data import …`."""
    name = module.rpartition("/")[2]
    pattern = (
        rf"^from[ \t]+(?:\.|{re.escape(name)}\.)(\w+)[ \t]+import[ \t]+(?:\([^)]*|[^\n]*)(?<!\w){NAME}\b(?![ \t]+as\b)"
    )
    for match in re.finditer(pattern, tree.text(f"{module}/__init__.py") or "", re.MULTILINE):
        yield f"{module}/{match[1]}.py"


def _answered(tree: Tree, package: Package, answers: Answers) -> Stated:
    """
    The literal in the file that a person names, because the build tool computes the version from it.

    Raises:
        NotReady: nobody names one, or it states no version.
    """
    key, path = "version", answers.given.get("version", "")
    if path:
        answers.of(Question(key, "the file that states the version", ""))
        if found := statements(tree, path):
            return found[0]
        raise NotReady(
            f"{path} states no version that can be read",
            expected='a line such as __version__ = "1.2.0" or "version": "1.2.0", or a file with nothing else',
            type_next=f"$EDITOR {path}",
        )
    said = _unreadable(tree, package)
    raise NotReady(
        said or f"no file states the version of {package.name} as text",
        expected='__version__ = "1.2.0" in a module of the package, or a file that the build tool reads it from',
        type_next=f"$EDITOR {said.partition(':')[0]}" if said else f"contd-release adopt --answer {key}=PATH",
    )


def _unreadable(tree: Tree, package: Package) -> str:
    """What a module says instead, such as a tuple of a version that is none of three numbers."""
    pattern = r"^(?:__version_info__|version_info|VERSION|__version__|version)[^=\n]*=[ \t]*(\([ \t]*\d+,[^()\n]*\))"
    for module in package.modules:
        for path in (f"{module}/{name}" for name in MODULES):
            if line := tree.line_of(path, pattern):
                text = (tree.text(path) or "").splitlines()[line - 1].strip()
                return f"{path}:{line} says {text}, which a release cannot follow"
    return ""


def _three(version: Version) -> Version:
    """The version with three numbers."""
    numbers = ".".join(map(str, (*version.release, 0, 0)[:3]))
    if version.dev is not None:
        return Version(f"{numbers}.dev{version.dev}")
    return Version(numbers + ("".join(map(str, version.pre)) if version.pre else ""))


def _tagged(tags: Tags, version: Version) -> Finding:
    return Finding(
        f"the version is {version}", tags.last[-1] if tags.last else "", "" if tags.last else "no tag says one"
    )
