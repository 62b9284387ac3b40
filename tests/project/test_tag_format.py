"""What the tags of releases are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.errors import Usage
from contd_release.project import project
from contd_release.project.tag_format import TagFormat

FORMATS = ("v{version}", "{version}", "contd-{version}", "contd/v{version}", "release-{version}", "contd@{version}")


@pytest.mark.parametrize("text", FORMATS)
@pytest.mark.parametrize("version", ["1.2.0", "10.20.30", "1.2.0rc1"])
def test_a_tag_is_read_as_it_was_made(text: str, version: str) -> None:
    """Whatever is around the version; a person, or a workflow, may name the version or the whole tag."""
    tags = TagFormat(text)

    assert tags.version(tags.of(Version(version))) == Version(version)
    assert tags.asked(tags.of(version)) == tags.asked(version) == tags.asked(f"v{version}") == Version(version)


@pytest.mark.parametrize("tag", ["other-1.2.0", "contd-latest", "contd-1.2.0-nightly", "contd-", "1.2.0", "v1.2.0"])
def test_other_tags_are_no_releases(tag: str) -> None:
    """Those of another package, or of no version."""
    assert TagFormat("contd-{version}").version(tag) is None


def test_a_repository_that_began_to_write_a_v_keeps_its_releases() -> None:
    """Tags with and without a v are releases of one project; the present format counts where both name one version."""
    there = ("v1.0.0", "1.1.0", "v1.1.0", "nightly", "contd-9.0.0", "withdrawn/v1.0.0")

    assert TagFormat("{version}").versions(there) == {Version("1.0.0"): "v1.0.0", Version("1.1.0"): "1.1.0"}
    assert TagFormat("v{version}").versions(there) == {Version("1.0.0"): "v1.0.0", Version("1.1.0"): "v1.1.0"}
    assert TagFormat("contd-{version}").versions(there) == {Version("9.0.0"): "contd-9.0.0"}


def test_what_is_no_version_is_refused() -> None:
    """With the words of every other version that is none."""
    with pytest.raises(Usage, match=r"'contd-1\.2' is not a version we can release"):
        TagFormat("v{version}").asked("contd-1.2")


@pytest.mark.parametrize(
    "text",
    ["v1", "", "{version}{version}", "-{version}", "a b{version}", "v{version}..", "{version}.lock", "v1{version}",
     "withdrawn/{version}", "/{version}", "$(x){version}"],
)  # fmt: skip
def test_a_format_that_makes_no_tag_is_an_error(text: str, tmp_path: Path) -> None:
    """Said with what it is and what was expected, before anything is done."""
    files = {"contd-release.toml": f'tag-format = "{text}"\nname = "contd"\n'}

    with pytest.raises(Usage) as caught:
        project.read(tmp_path, tmp_path, files.get)

    assert caught.value.what_is == (
        f"contd-release.toml: tag-format is {text!r}; expected the tag of a release with {{version}} in it once, "
        "such as v{version}, {version} or contd/v{version}"
    )


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("v{version}", "v[0-9]*"), ("{version}", "[0-9]*"), ("c/v{version}", "c/v[0-9]*"), ("c+{version}", r"c\+[0-9]*")],
)  # fmt: skip
def test_the_pattern_is_one_of_githubs_filters(text: str, pattern: str) -> None:
    """With what means something there escaped."""
    assert TagFormat(text).pattern == pattern
