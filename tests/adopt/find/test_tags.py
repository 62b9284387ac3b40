"""The release tags of a repository: their format, the newest of them, and the branch that releases start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.adopt.find import tags
from tests.adopt.find.test_package import repository
from tests.conftest import git


def found(root: Path, there: tuple[str, ...], package: str = "acme-kv") -> tags.Tags:
    """The tags that are found in a repository where these were made, one after the other."""
    tree = repository(root, {"README.md": ""})
    for tag in there:
        git(root, "tag", tag)
    return tags.find(tree, package)


@pytest.mark.parametrize(
    ("there", "expected", "newest"),
    [
        ((), "v{version}", None),
        (("v1.2.0", "v1.10.0", "v1.9.0"), "v{version}", "1.10.0"),
        (("1.2.0",), "{version}", "1.2.0"),
        (("V1.2.0",), "V{version}", "1.2.0"),
        (("release-1.2.0", "nightly", "latest"), "release-{version}", "1.2.0"),
        (("acme-kv-1.2.0",), "acme-kv-{version}", "1.2.0"),
        (("acme_kv/v1.2.0", "charts-9.0.0"), "acme_kv/v{version}", "1.2.0"),
        (("acme-kv@1.2.0", "acme-web@3.0.0"), "acme-kv@{version}", "1.2.0"),
        (("kv-v1.2.0", "web-v3.0.0"), "kv-v{version}", "1.2.0"),
        (("py-v1.2.0",), "py-v{version}", "1.2.0"),
        (("web-v3.0.0", "docs-v1.0.0"), "v{version}", None),
        (("v1.2.0", "helm-chart-9.0.0"), "v{version}", "1.2.0"),
        (("v1.3.0rc1", "v1.2.0"), "v{version}", "1.2.0"),
        (("v2", "v1.2.0", "2026-01-01"), "v{version}", "1.2.0"),
    ],
)
def test_the_format_is_that_of_the_package(
    tmp_path: Path, there: tuple[str, ...], expected: str, newest: str | None
) -> None:
    """Without a name, with the package's or a part of it, or the only one there is; never that of another thing."""
    seen = found(tmp_path, there)

    assert (seen.format, seen.newest) == (expected, Version(newest) if newest else None)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (".bumpversion.cfg", "[bumpversion]\ncurrent_version = 0.1.0\ntag_name = {new_version}\n", "{version}"),
        ("pyproject.toml", '[tool.bumpversion]\ntag_name = "rel-{new_version}"\n', "rel-{version}"),
        ("pyproject.toml", '[tool.commitizen]\ntag_format = "$version"\n', "{version}"),
        ("pyproject.toml", '[tool.commitizen]\ntag_format = "v$major.$minor"\n', "v{version}"),
    ],
)
def test_without_a_release_a_tools_format_counts(tmp_path: Path, path: str, text: str, expected: str) -> None:
    """As it is configured, where a tag can be made of it."""
    assert tags.find(repository(tmp_path, {path: text}), "acme-kv").format == expected


def test_a_name_that_ends_with_v_keeps_it(tmp_path: Path) -> None:
    """The v before a version is none of the name."""
    assert found(tmp_path / "one", ("kv-1.2.0", "k-3.0.0"), "kv").format == "kv-{version}"
    assert found(tmp_path / "two", ("kv-v1.2.0", "k-3.0.0"), "kv").format == "kv-v{version}"


@pytest.mark.parametrize(
    ("there", "is_dated"),
    [
        (("2026.1.0", "2026.11.1"), True),
        (("v2026.1.0", "v1.9.0"), False),
        (("1.2.0",), False),
        (("15.2.0",), False),
    ],
)
def test_versions_are_dates_where_all_of_them_are(tmp_path: Path, there: tuple[str, ...], *, is_dated: bool) -> None:
    """A high number alone is no year."""
    assert found(tmp_path, there).is_dated is is_dated


def test_releases_start_where_origin_says(tmp_path: Path) -> None:
    """`origin/HEAD`, else a branch of a usual name there, else the one that is checked out."""
    tree = repository(tmp_path, {"README.md": ""})
    assert tags.find(tree, "x").main == "main"
    git(tmp_path, "switch", "--quiet", "-c", "topic")
    git(tmp_path, "update-ref", "refs/remotes/origin/develop", "HEAD")
    assert tags.find(tree, "x").main == "develop"
    git(tmp_path, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(tmp_path, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert tags.find(tree, "x").main == "trunk"


def test_underscores_in_tags(tmp_path: Path) -> None:
    """A tag spells the version with dots; a person reads that the format changes."""
    seen = found(tmp_path, ("release_1_3_0", "release_1_4_0", "python_2"))
    assert seen.format == "v{version}"
    assert seen.findings[0].what == "the tags will be v{version}, and no longer like release_1_4_0"
