"""A release whose version is named, instead of a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Place


def dates(place: Place, version: str, *, scheme: str = "calver") -> None:
    """Let the versions be dates, with this one as the current."""
    for path in (".bumpversion.toml", "pyproject.toml", "contd/__init__.py", "helm/contd/Chart.yaml"):
        text = (place.clone / path).read_text(encoding="utf-8").replace("0.1.5", version)
        place.write(
            path, text.replace("[tool.contd-release]\n", f'[tool.contd-release]\nversion-scheme = "{scheme}"\n')
        )
    place.publish("Use dates")


def test_a_named_version_is_planned(release: Place) -> None:
    """Whatever part it raises, also where what changed asks for another one; of other versions a part is asked."""
    dates(release, "2026.2.1")

    said = release.say("plan", "--version", "2026.2.2", "--without-ci", "a test")
    assert said.code == 0, said.text
    assert "2026.2.2 is a date, and says nothing of that" in said.out
    assert "contd 2026.2.2 from" in said.out

    release.replace("pyproject.toml", 'version-scheme = "calver"\n', "")
    release.publish("Use numbers")
    said = release.say("check", "--version", "2026.2.2", "--without-ci", "a test")
    assert said.code == 2, said.text
    assert "ask for minor at least, and 2026.2.2 is a patch release" in said.err


@pytest.mark.parametrize(
    ("words", "what", "advice"),
    [
        (("--version", "2026.2.1"), "2026.2.1 is not above 2026.2.1, which the", "2027.1.0"),
        (("--version", "2026.1.7"), "2026.1.7 is not above 2026.2.1, which the", "2027.1.0"),
        (("--version", "2026.05.0"), "'2026.05.0' has a number that begins with 0", "2026.5.0"),
        (("--version", "2026.5"), "'2026.5' is not a version we can release", ""),
        (("--version", "2026.5.0.dev1"), "'2026.5.0.dev1' is not a version we can release", ""),
        (("--version", "2026.5.0", "--part", "minor"), "--version 2026.5.0 names the version, and a part", "2026.5.0"),
        (("--version", "2026.5.0", "--pre", "rc"), "--version 2026.5.0 names the version, and a part", "2026.5.0"),
        ((), "contd is at 2026.2.1, and nothing is under way", "2027.1.0"),
    ],
)  # fmt: skip
def test_what_cannot_be_released_is_refused(place: Place, words: tuple[str, ...], what: str, advice: str) -> None:
    """With what is, and the command with a version that can."""
    dates(place, "2026.2.1")

    said = place.say("plan", *words, env={"SOURCE_DATE_EPOCH": "1800000000"})

    assert said.code == 2, said.text
    assert what in said.err
    assert not advice or f"type:     invoke plan --version {advice}" in said.err


def test_a_version_below_the_newest_tag_is_refused(release: Place) -> None:
    """In whatever format the tags are: the files were not brought up to it."""
    release.write("contd-release.toml", 'tag-format = "contd/v{version}"\n')
    release.publish("Name tags")
    release.git("tag", "contd/v0.3.0")
    release.git("push", "-q", "origin", "contd/v0.3.0")

    said = release.say("check", "--version", "0.2.0", "--without-ci", "a test")

    assert said.code == 2, said.text
    assert "0.2.0 is below contd/v0.3.0, the newest release tag on origin" in said.text


def test_another_version_than_the_one_under_way_is_refused(release: Place) -> None:
    """The same words go on with it."""
    dates(release, "2026.2.1")
    assert release.run("bump", "--version", "2026.5.0", "--without-ci", "a test").code == 0

    assert "contd 2026.5.0" in release.say("plan", "--version", "2026.5.0").out
    assert "contd 2026.5.0" in release.say("plan", "--part", "auto").out
    refused = release.say("plan", "--version", "2026.6.0")
    assert refused.code == 3, refused.text
    assert "contd 2026.5.0 is under way" in refused.err


def test_a_rehearsal_refuses_what_a_release_would(place: Place) -> None:
    """Before its world is made, with the words of a rehearsal."""
    dates(place, "2026.2.1")

    said = place.say("rehearse", "--version", "2026.1.0", env={"SOURCE_DATE_EPOCH": "1800000000"})

    assert said.code == 2, said.text
    assert "2026.1.0 is not above 2026.2.1, which the version files say" in said.err
    assert "type:     invoke rehearse --version 2027.1.0" in said.err
