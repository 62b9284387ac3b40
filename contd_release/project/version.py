"""
Versions, in the two spellings a release needs, and the arithmetic between them.

PEP 440 (`1.2.0rc1`) is canonical; charts and image tags need SemVer (`1.2.0-rc.1`). What neither can say in the same
words (epochs, `.dev`, `.post`, local versions) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import Final, Literal, TypeAlias, get_args

from packaging.version import Version

from contd_release.errors import Usage

Part: TypeAlias = Literal["major", "minor", "patch"]
Pre: TypeAlias = Literal["a", "b", "rc"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
PRES: Final[tuple[Pre, ...]] = get_args(Pre)
# What people write for the kinds.
_PRE_WORDS: Final[dict[str, Pre]] = {"a": "a", "alpha": "a", "b": "b", "beta": "b", "rc": "rc", "candidate": "rc"}
AUTO: Final = "auto"

_NUMBER = r"(0|[1-9][0-9]{0,8})"
_PEP440 = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:(a|b|rc){_NUMBER})?")
_BETWEEN = re.compile(rf"({_NUMBER}\.{_NUMBER}\.{_NUMBER})[.-]dev{_NUMBER}")
_SEMVER = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-(a|b|rc)\.{_NUMBER})?")


def parse(text: str) -> Version:
    """
    The version that `1.2.0`, `1.2.0rc1` or `1.2.0-rc.1` spells.

    Raises:
        Usage: for anything else.
    """
    if not (match := _PEP440.fullmatch(text) or _SEMVER.fullmatch(text)):
        raise Usage(
            f"{text!r} is not a version we can release",
            expected="three numbers, with a, b or rc and a number for a pre-release: 1.2.0, 1.2.0rc1",
            type_next="git tag   (it lists the versions that are out)",
        )
    major, minor, patch, pre, number = match.groups()
    return Version(f"{major}.{minor}.{patch}" + (f"{pre}{number}" if pre else ""))


def stated(text: str) -> str:
    """The version that a tag of an image or a chart spells, as PEP 440 spells it; empty if it spells none."""
    try:
        return str(parse(text))
    except Usage:
        return ""


def parse_stated(text: str) -> Version:
    """
    The version that files state: one that can be released, or `1.2.1.dev0`, which main says between two releases.

    Raises:
        Usage: for anything else.
    """
    return Version(text) if _BETWEEN.fullmatch(text) else parse(text)


def semver(version: Version) -> str:
    """The SemVer spelling: `1.2.0-rc.1` for `1.2.0rc1`, `1.2.1-dev0` for `1.2.1.dev0`."""
    if version.dev is not None:
        return f"{version.base_version}-dev{version.dev}"
    return version.base_version + (f"-{version.pre[0]}.{version.pre[1]}" if version.pre else "")


def part(text: str) -> Part:
    """
    The part of a version that `text` names.

    Raises:
        Usage: there is no such part.
    """
    if text not in PARTS:
        near = get_close_matches(text, PARTS, 1)
        raise Usage(
            f"there is no part {text!r}" + (f"; did you mean {near[0]}?" if near else ""),
            expected=f"{', '.join(PARTS)}, or {AUTO}: what the changes ask for",
            type_next=f"invoke release --part {(near or [AUTO])[0]}",
        )
    return text


def pre(text: str) -> Pre:
    """
    The kind of pre-release that `text` names.

    Raises:
        Usage: there is no such kind.
    """
    if text not in PRES:
        near = get_close_matches(text.lower(), _PRE_WORDS, 1)
        meant = _PRE_WORDS[near[0]] if near else ""
        raise Usage(
            f"there is no kind of pre-release {text!r}" + (f"; did you mean {meant}?" if meant else ""),
            expected="a (alpha), b (beta) or rc (release candidate)",
            type_next=f"invoke release --part minor --pre {meant or 'rc'}",
        )
    return text


def next_version(current: Version, part: Part | None, pre: Pre | None = None, *, final: bool = False) -> Version:
    """
    The version that follows `current`.

    `part` starts a new line, `pre` makes it a pre-release or counts one on, `final` ends a series of pre-releases.

    Raises:
        Usage: the combination has no meaning, or would go backwards.
    """
    if final:
        return _final(current, part, pre)
    if current.pre:
        return _next_pre(current, part, pre)
    if current.dev is not None:
        return _after_development(current, part, pre)
    if part is None:
        raise Usage(
            f"{current} is a final version, and no part was named",
            expected="the part of the version to raise",
            type_next=f"invoke release --part minor{f' --pre {pre}' if pre else ''}",
        )
    return parse(f"{_raised(current, part)}{f'{pre}1' if pre else ''}")


def dated(current: Version, day: date) -> Version:
    """
    The version of a project with calendar versions that is released on this day: 2026.3.0 after 2026.2.1.

    A second number that is no month is counted on; so is the last one, where the month has had a release.
    """
    year = day.year if current.major >= 1000 else day.year % 100
    is_month = 1 <= current.minor <= 12
    today = (year, day.month if is_month else 0, 0)
    if today > current.release and (is_month or year > current.major):
        return parse(".".join(map(str, today)))
    return parse(current.base_version if current.pre else _raised(current, "patch" if is_month else "minor"))


def moving_tags(version: Version, others: Iterable[Version]) -> tuple[str, ...]:
    """
    The tags that may point at `version`, given every other version that is out: `1.2`, `1` and `latest`.

    Each moves only to the highest final version of its line, so a hotfix of 1.1 never takes `1` or `latest` back.
    """
    if version.is_prerelease:
        return ()
    higher = [other for other in others if not other.is_prerelease and other > version]
    lines = (
        (f"{version.major}.{version.minor}", [o for o in higher if o.release[:2] == version.release[:2]]),
        (f"{version.major}", [o for o in higher if o.major == version.major]),
        ("latest", higher),
    )
    return tuple(tag for tag, above in lines if not above)


def development(version: Version, part: Part) -> Version:
    """What main says after the release of a version, where it names the next one: `1.2.1.dev0` after `1.2.0`."""
    return Version(f"{_raised(version, part)}.dev0")


def _after_development(current: Version, part: Part | None, pre: Pre | None) -> Version:
    """
    The version that `1.3.0.dev0` announces, where that raises the part; else the next one that does.
    """
    base = parse(current.base_version)
    if part is None and pre is None:
        raise Usage(
            f"{current} is what main says between releases, and no part was named",
            expected=f"the part of the version to raise; {base} is at least a patch",
            type_next="invoke release --part patch",
        )
    _, minor, patch = base.release
    is_enough = part in (None, "patch") or (patch == 0 and (part == "minor" or minor == 0))
    line = str(base) if is_enough or part is None else _raised(base, part)
    return parse(f"{line}{f'{pre}1' if pre else ''}")


def _raised(current: Version, part: Part) -> str:
    major, minor, patch = current.release[:3]
    return {
        "major": f"{major + 1}.0.0",
        "minor": f"{major}.{minor + 1}.0",
        "patch": f"{major}.{minor}.{patch + 1}",
    }[part]


def _final(current: Version, part: Part | None, pre: Pre | None) -> Version:
    if not current.is_prerelease:
        kind = f" --pre {pre}" if pre else ""
        raise Usage(
            f"{current} is a final version, and --final ends a series of pre-releases",
            expected="the part of the version to raise, without --final",
            type_next=f"invoke release --part {part or 'minor'}{kind}",
        )
    if part or pre:
        raise Usage(
            f"--final makes {current.base_version} of {current}, and takes no {'--part' if part else '--pre'}",
            expected="--final alone",
            type_next="invoke release --final",
        )
    return parse(current.base_version)


def _next_pre(current: Version, part: Part | None, pre: Pre | None) -> Version:
    assert current.pre is not None
    kind, number = current.pre
    if part or pre is None:
        raise Usage(
            f"{current} is a pre-release of {current.base_version}, which is still open",
            expected="the next pre-release, or the final",
            type_next=f"invoke release --final   (or --pre {kind} for {current.base_version}{kind}{number + 1})",
        )
    following = parse(f"{current.base_version}{pre}{number + 1 if pre == kind else 1}")
    if following < current:
        raise Usage(
            f"{following} comes before {current}: the version would go backwards",
            expected=f"--pre {kind}, or a later kind",
            type_next=f"invoke release --pre {kind}",
        )
    return following
