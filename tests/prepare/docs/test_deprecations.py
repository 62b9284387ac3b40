"""Deprecations that are due in a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from contd_release.prepare.docs import deprecations

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place


@pytest.mark.parametrize(
    ("text", "version", "said"),
    [
        ("load() is deprecated and will be removed in 1.2", "1.2.0", "will be removed in 1.2"),
        ("load() is deprecated and will be removed in 1.2", "1.3.0", "will be removed in 1.2"),
        ("load() is deprecated and will be removed in 1.2", "1.1.9", ""),
        ("It will be\n    removed in version 2.0.", "2.0.0", "will be removed in version 2.0"),
        ("will be removed in contd 2", "2.0.0rc1", "will be removed in contd 2"),
        ("scheduled for removal in v1.2.0", "1.2.0", "scheduled for removal in v1.2.0"),
        ("to be removed from release 1.2", "1.2.0", "to be removed from release 1.2"),
        ("was removed in 1.0", "1.2.0", ""),
        ("The file is removed.", "1.2.0", ""),
        ("deprecated since 1.0", "1.4.0", ""),
        ("deprecated since 1.0", "2.0.0", "deprecated since 1.0"),
        (".. deprecated:: 1.3\n   Use read().", "2.0.0", "deprecated:: 1.3"),
        (".. deprecated:: 0.3", "1.0.0", ""),
        ("deprecated since 1.0, will be removed in 3.0", "2.0.0", ""),
        ("", "2.0.0", ""),
    ],
)
def test_what_a_text_announces(text: str, version: str, said: str) -> None:
    """An announced removal is due from its version on; a deprecation without one, in the next major release."""
    assert deprecations.announced(text, Version(version)) == said


def test_each_is_listed_with_its_line(here: Place, beginning: Beginning) -> None:
    """Warnings, docstrings and the documentation; neither comments and tests nor the changelog."""
    code = (
        'import warnings\n\n\ndef load(name):\n    """\n    Load.\n\n    .. deprecated:: 0.1\n\n'
        '       It will be removed in 0.2.\n    """\n'
        '    warnings.warn(f"{name} is deprecated and will be removed in 0.2", DeprecationWarning, stacklevel=2)\n'
        "    # will be removed in 0.2\n"
    )
    here.write("contd/more.py", code)
    here.write("tests/test_more.py", code)
    here.write("docs/usage.md", "# Usage\n\nThe option `--old` will be\nremoved in 0.2.0.\n")
    here.replace("CHANGELOG.md", "# Changelog", "# Changelog\n\n`load` will be removed in 0.2.\n")
    here.publish()
    found = deprecations.known(beginning()).observe()
    assert found.detail.splitlines() == [
        "3 to be removed",
        "        contd/more.py:8  will be removed in 0.2",
        "        contd/more.py:12  will be removed in 0.2",
        "        docs/usage.md:3  will be removed in 0.2.0",
    ]


def test_none_is_due(beginning: Beginning) -> None:
    """A project that announces nothing has nothing to list."""
    assert deprecations.known(beginning()).observe().detail == "none"
