"""Two spellings of one version, and the arithmetic of the next one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from contd_release.errors import Usage
from contd_release.project.version import (
    Part,
    Pre,
    dated,
    development,
    moving_tags,
    next_version,
    parse,
    parse_stated,
    part,
    pre,
    semver,
)

numbers = st.integers(0, 999_999_999)
smalls = st.integers(0, 3)


@st.composite
def versions(draw: st.DrawFn, number: st.SearchStrategy[int] = numbers) -> Version:
    """Every version that can be released."""
    base = f"{draw(number)}.{draw(number)}.{draw(number)}"
    kind = draw(st.sampled_from(["", "a", "b", "rc"]))
    return Version(base + (f"{kind}{draw(number)}" if kind else ""))


@pytest.mark.parametrize(
    ("pep440", "other"),
    [("1.2.0", "1.2.0"), ("1.2.0rc1", "1.2.0-rc.1"), ("0.0.0a0", "0.0.0-a.0"), ("10.20.30b40", "10.20.30-b.40")],
)
def test_both_spellings_are_one_version(pep440: str, other: str) -> None:
    """PEP 440 is canonical, SemVer is what charts and image tags need, and each is read."""
    assert pep440 == str(parse(pep440)) == str(parse(other))
    assert other == semver(parse(pep440))


@given(versions())
def test_spellings_round_trip(version: Version) -> None:
    """Writing a version in either spelling and reading it back gives the same version."""
    assert version == parse(str(version)) == parse(semver(version))


@given(versions(smalls), versions(smalls))
def test_spellings_keep_the_order(one: Version, other: Version) -> None:
    """
    Whatever sorts by SemVer's rules sorts the same by PEP 440's.

    https://semver.org/#spec-item-11
    """
    assert (one < other) == (_semver_key(semver(one)) < _semver_key(semver(other)))


def _semver_key(text: str) -> tuple[tuple[int, ...], bool, str, int]:
    base, _, pre = text.partition("-")
    kind, _, number = pre.partition(".")
    return tuple(map(int, base.split("."))), not pre, kind, int(number or 0)


HOSTILE = [
    "",
    "1",
    "1.2",
    "1.2.3.4",
    "v1.2.0",
    "1.2.0\n",
    "\n1.2.0",
    " 1.2.0",
    "1.2.0 ",
    "01.2.0",
    "1.02.0",
    "1.2.0rc01",
    "1.2.0-rc.01",
    "1.2.0rc",
    "1.2.0-rc1",
    "1.2.0.rc1",
    "1.2.0c1",
    "1.2.0RC1",
    "1.2.0alpha1",
    "1.2.0.dev3",
    "1.2.0.post1",
    "1!1.2.0",
    "1.2.0+local",
    "1.2.0-rc.1+build",
    "-1.2.0",
    "1.-2.0",
    "1.2.٣",
    "1.2.0rc¹",
    "𝟏.2.0",
    "1.2.1000000000",
    "9" * 10_000 + ".0.0",
    "1.2.0;rm -rf /",
    "$(id)",
    "1.2.0\x00",
    "../1.2.0",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_anything_else_is_refused(text: str) -> None:
    """What neither spelling can say, or what only looks like a version, is refused and named."""
    with pytest.raises(Usage) as caught:
        parse(text)

    assert f"{text!r} is not a version we can release" == caught.value.what_is
    assert caught.value.expected == "three numbers, with a, b or rc and a number for a pre-release: 1.2.0, 1.2.0rc1"


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    """Every text is either a version in one of the two spellings or refused."""
    try:
        version = parse(text)
    except Usage:
        return
    assert text in (str(version), semver(version))


@pytest.mark.parametrize(
    ("current", "part", "pre", "final", "following"),
    [
        ("1.2.3", "major", None, False, "2.0.0"),
        ("1.2.3", "minor", None, False, "1.3.0"),
        ("1.2.3", "patch", None, False, "1.2.4"),
        ("0.1.0", "minor", None, False, "0.2.0"),
        ("1.2.3", "major", "a", False, "2.0.0a1"),
        ("1.2.3", "minor", "rc", False, "1.3.0rc1"),
        ("1.2.3", "patch", "b", False, "1.2.4b1"),
        ("1.3.0rc1", None, "rc", False, "1.3.0rc2"),
        ("1.3.0rc9", None, "rc", False, "1.3.0rc10"),
        ("1.3.0a4", None, "b", False, "1.3.0b1"),
        ("1.3.0a4", None, "rc", False, "1.3.0rc1"),
        ("1.3.0rc2", None, None, True, "1.3.0"),
        ("2.0.0a1", None, None, True, "2.0.0"),
    ],
)
def test_next_version(current: str, part: Part | None, pre: Pre | None, final: bool, following: str) -> None:
    """A part starts a new line, a kind of pre-release counts on, and `final` ends the series."""
    assert following == str(next_version(Version(current), part, pre, final=final))


REFUSED = [
    (
        ("1.2.3", None, None, False),
        "1.2.3 is a final version, and no part was named\n"
        "  expected: the part of the version to raise\n"
        "  type:     invoke release --part minor",
    ),
    (
        ("1.2.3", None, "rc", False),
        "1.2.3 is a final version, and no part was named\n"
        "  expected: the part of the version to raise\n"
        "  type:     invoke release --part minor --pre rc",
    ),
    (
        ("1.3.0rc1", "minor", None, False),
        "1.3.0rc1 is a pre-release of 1.3.0, which is still open\n"
        "  expected: the next pre-release, or the final\n"
        "  type:     invoke release --final   (or --pre rc for 1.3.0rc2)",
    ),
    (
        ("1.3.0rc1", "minor", "rc", False),
        "1.3.0rc1 is a pre-release of 1.3.0, which is still open\n"
        "  expected: the next pre-release, or the final\n"
        "  type:     invoke release --final   (or --pre rc for 1.3.0rc2)",
    ),
    (
        ("1.3.0b2", None, None, False),
        "1.3.0b2 is a pre-release of 1.3.0, which is still open\n"
        "  expected: the next pre-release, or the final\n"
        "  type:     invoke release --final   (or --pre b for 1.3.0b3)",
    ),
    (
        ("1.3.0rc1", None, "a", False),
        "1.3.0a1 comes before 1.3.0rc1: the version would go backwards\n"
        "  expected: --pre rc, or a later kind\n"
        "  type:     invoke release --pre rc",
    ),
    (
        ("1.2.3", None, None, True),
        "1.2.3 is a final version, and --final ends a series of pre-releases\n"
        "  expected: the part of the version to raise, without --final\n"
        "  type:     invoke release --part minor",
    ),
    (
        ("1.2.3", "patch", "rc", True),
        "1.2.3 is a final version, and --final ends a series of pre-releases\n"
        "  expected: the part of the version to raise, without --final\n"
        "  type:     invoke release --part patch --pre rc",
    ),
    (
        ("1.3.0rc1", "minor", None, True),
        "--final makes 1.3.0 of 1.3.0rc1, and takes no --part\n"
        "  expected: --final alone\n"
        "  type:     invoke release --final",
    ),
    (
        ("1.3.0rc1", None, "rc", True),
        "--final makes 1.3.0 of 1.3.0rc1, and takes no --pre\n"
        "  expected: --final alone\n"
        "  type:     invoke release --final",
    ),
    (
        ("999999999.0.0", "major", None, False),
        "'1000000000.0.0' is not a version we can release\n"
        "  expected: three numbers, with a, b or rc and a number for a pre-release: 1.2.0, 1.2.0rc1\n"
        "  type:     git tag   (it lists the versions that are out)",
    ),
]


@pytest.mark.parametrize(("call", "text"), REFUSED)
def test_next_version_refuses(call: tuple[str, Part | None, Pre | None, bool], text: str) -> None:
    """A combination without a meaning, or one that goes backwards, says what is and what to type."""
    current, part, pre, final = call

    with pytest.raises(Usage) as caught:
        next_version(Version(current), part, pre, final=final)
    assert text == str(caught.value)


@given(versions(), st.sampled_from(["major", "minor", "patch", None]), st.sampled_from(["a", "b", "rc", None]))
def test_next_version_never_goes_backwards(current: Version, part: Part | None, pre: Pre | None) -> None:
    """Whatever is asked for, the version that follows is higher, or the question is refused."""
    try:
        following = next_version(current, part, pre)
    except Usage:
        return
    assert following > current


def test_words_of_the_call_are_checked() -> None:
    """Parts and kinds of pre-releases that do not exist are refused with those that do."""
    assert (part("minor"), pre("rc")) == ("minor", "rc")
    with pytest.raises(Usage) as no_part:
        part("mayor")
    with pytest.raises(Usage) as no_pre:
        pre("beta")

    assert str(no_part.value) == (
        "there is no part 'mayor'; did you mean major?\n"
        "  expected: major, minor, patch, or auto: what the changes ask for\n"
        "  type:     invoke release --part major"
    )
    assert (
        str(no_pre.value) == "there is no kind of pre-release 'beta'; did you mean b?\n"
        "  expected: a (alpha), b (beta) or rc (release candidate)\n"
        "  type:     invoke release --part minor --pre b"
    )


@given(versions(smalls), st.lists(versions(smalls), max_size=12))
def test_moving_tags_follow_the_highest_of_their_line(version: Version, others: list[Version]) -> None:
    """A tag may move to `version` exactly when no final version of the tag's line is higher."""
    finals = [one for one in (*others, version) if not one.is_prerelease]
    lines = {
        f"{version.major}.{version.minor}": [one for one in finals if one.release[:2] == version.release[:2]],
        f"{version.major}": [one for one in finals if one.major == version.major],
        "latest": finals,
    }
    model = {tag for tag, line in lines.items() if not version.is_prerelease and max(line) == version}

    assert model == set(moving_tags(version, others))


@pytest.mark.parametrize(
    ("version", "others", "tags"),
    [
        ("1.2.0", [], ("1.2", "1", "latest")),
        ("1.1.1", ["1.2.0"], ("1.1",)),
        ("1.2.1", ["2.0.0"], ("1.2", "1")),
        ("1.2.0", ["1.2.1"], ()),
        ("1.2.0", ["1.3.0rc1", "2.0.0a1"], ("1.2", "1", "latest")),
        ("1.3.0rc1", [], ()),
        ("0.9.1", ["0.10.0"], ("0.9",)),
    ],
)
def test_moving_tags(version: str, others: list[str], tags: tuple[str, ...]) -> None:
    """A hotfix of an old line never takes `latest` back, and a pre-release moves nothing."""
    assert tags == moving_tags(Version(version), map(Version, others))


@pytest.mark.parametrize(
    ("current", "part", "pre", "expected"),
    [
        ("1.2.1.dev0", "patch", None, "1.2.1"),
        ("1.2.1.dev0", "minor", None, "1.3.0"),
        ("1.2.1.dev0", "major", None, "2.0.0"),
        ("1.3.0.dev0", "patch", None, "1.3.0"),
        ("1.3.0.dev0", "minor", None, "1.3.0"),
        ("1.3.0.dev0", "major", None, "2.0.0"),
        ("2.0.0.dev0", "major", None, "2.0.0"),
        ("1.3.0.dev7", "minor", "rc", "1.3.0rc1"),
        ("1.3.0.dev0", None, "rc", "1.3.0rc1"),
    ],
)
def test_the_version_between_releases_loses_its_suffix(
    current: str, part: Part | None, pre: Pre | None, expected: str
) -> None:
    """What main announces is released, where that raises the part that was asked for; else the next one that does."""
    assert next_version(Version(current), part, pre) == Version(expected)


def test_between_releases_a_part_is_named() -> None:
    """What main says is a wish of whoever began it; how big the release is, a person says."""
    with pytest.raises(Usage, match=r"1\.2\.1\.dev0 is what main says between releases, and no part was named"):
        next_version(Version("1.2.1.dev0"), None)


@pytest.mark.parametrize(("text", "other"), [("1.2.1.dev0", "1.2.1-dev0"), ("1.2.0rc1", "1.2.0-rc.1")])
def test_files_may_state_a_version_between_releases(text: str, other: str) -> None:
    """In both spellings; it is none that can be released."""
    assert str(parse_stated(text)) == str(parse_stated(other)) == text
    assert semver(parse_stated(text)) == other
    if "dev" in text:
        with pytest.raises(Usage):
            parse(text)


@pytest.mark.parametrize(("part", "expected"), [("patch", "1.2.1.dev0"), ("minor", "1.3.0.dev0")])
def test_main_announces_the_next_version(part: Part, expected: str) -> None:
    """As the settings have it."""
    assert str(development(Version("1.2.0"), part)) == expected


@pytest.mark.parametrize(
    ("current", "day", "expected"),
    [
        ("2026.2.1", "2026-03-09", "2026.3.0"),
        ("2026.3.0", "2026-03-30", "2026.3.1"),
        ("2026.12.4", "2027-01-01", "2027.1.0"),
        ("2026.3.0rc1", "2026-03-30", "2026.3.0"),
        ("24.2.0", "2024-10-01", "24.10.0"),
        ("2026.0.0", "2026-03-09", "2026.1.0"),
        ("2026.17.0", "2027-03-09", "2027.0.0"),
        ("2026.5.0", "2026-04-01", "2026.5.1"),
    ],
)
def test_a_calendar_version_is_that_of_the_day(current: str, day: str, expected: str) -> None:
    """Never below the current one; the last number counts within a month, or the second one where it is no month."""
    assert dated(Version(current), date.fromisoformat(day)) == Version(expected)
