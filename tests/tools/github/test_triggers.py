"""The filters of workflows, as GitHub's own examples read them."""

from __future__ import annotations

import pytest

from contd_release.adopt.templates import release_workflow
from contd_release.project.tag_format import TagFormat
from contd_release.tools.github import triggers, uploads


@pytest.mark.parametrize(
    ("filters", "tag", "expected"),
    [
        (("v*",), "v1.2.0", True),
        (("v*",), "1.2.0", False),
        (("*",), "contd/v1.2.0", False),
        (("**",), "contd/v1.2.0", True),
        (("v[12].[0-9]+.[0-9]+",), "v1.10.1", True),
        (("v[12].[0-9]+.[0-9]+",), "v3.0.0", False),
        (("v*", "!v*rc*"), "v1.2.0rc1", False),
        (("v*", "!v*rc*"), "v1.2.0", True),
        (("releases/v?[0-9]*",), "releases/1.2.0", True),
        ((r"c\+[0-9]*",), "c+1.2.0", True),
        (("[z-a]*", "+", "v+++", "[]", "*"), "v1.2.0", True),
        (("[z-a]*", "+", "v+++", "[]", "(" * 9000), "v1.2.0", False),
    ],
)
def test_filters_are_read_as_github_does(filters: tuple[str, ...], tag: str, *, expected: bool) -> None:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#patterns-to-match-branches-and-tags"""
    assert triggers.matches(filters, tag) is expected


@pytest.mark.parametrize("text", ["v{version}", "{version}", "contd/v{version}", "c+{version}", "contd@{version}"])
def test_the_template_starts_on_its_own_tags(text: str) -> None:
    """Pre-releases too."""
    tags = TagFormat(text)
    filters = triggers.patterns(release_workflow(tags))

    assert filters is not None
    assert all(triggers.matches(filters, tags.of(version)) for version in ("1.2.0", "1.2.0rc1"))
    assert not triggers.matches(filters, "withdrawn/v1.2.0")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "on: push",
        "on: [push]",
        "on:\n  push:\n    branches: [main]\n",
        "on: {push: {tags: }}",
        ": [",
        "- a",
        "a: 2024-13-45",
        "a: 0x_",
    ],
)
def test_without_a_filter_nothing_is_said(text: str) -> None:
    """What cannot be read is left to GitHub."""
    assert triggers.patterns(text) is None


@pytest.mark.parametrize("text", ["a: 2024-13-45", "a: 0x_", "[" * 5000])
def test_a_workflow_that_cannot_be_read_uploads_nothing(text: str) -> None:
    """A date that no calendar has, a number without digits, and lists in lists are no YAML, as a wrong bracket is."""
    assert triggers.patterns(text) is None
    assert uploads.unsigned(text, "") == "it is no YAML"
