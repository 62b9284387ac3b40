"""A link that leads out of the released tree is found, however it gets there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contd_release.prepare import links

WORDS = ("a", "b", "c", "..", ".", "")


@pytest.mark.parametrize(
    ("found", "path"),
    [
        ({"x": "/etc/passwd"}, "x"),
        ({"x": "../secret"}, "x"),
        ({"a/x": "../../secret"}, "a/x"),
        ({"x": ""}, "x"),
        ({"x": "x"}, "x"),
        ({"x": "y", "y": "x"}, "x"),
        ({"x": ".git/config"}, "x"),
        ({"a/x": "../.GIT"}, "a/x"),
        ({"x": "..\\secret"}, "x"),
        ({"up": "a/..", "a/x": "../up/../secret"}, "a/x"),
        ({"d": "..", "x": "d/secret"}, "x"),
    ],
)
def test_links_that_lead_outside(found: dict[str, str], path: str) -> None:
    """Absolute, above the root, through other links, into git's folder, in a circle."""
    assert links.leads_outside(found, path)


@pytest.mark.parametrize(
    ("found", "path"),
    [
        ({"x": "README.md"}, "x"),
        ({"a/x": "../README.md"}, "a/x"),
        ({"a/b/x": "../../c/./d"}, "a/b/x"),
        ({"up": "a/..", "x": "up/up/README.md"}, "x"),
        ({"x": "not/there"}, "x"),
        ({"x": "..."}, "x"),
        ({"x": ".github/workflows"}, "x"),
    ],
)
def test_links_that_stay_inside(found: dict[str, str], path: str) -> None:
    """Also those that lead nowhere: nothing of this machine is published through them."""
    assert not links.leads_outside(found, path)


@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "a/b", "a/c", "b/a", "c"]),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map("/".join).filter(bool),
        max_size=4,
    )
)
def test_as_the_system_resolves_them(tmp_path_factory: pytest.TempPathFactory, found: dict[str, str]) -> None:
    """Whatever the file system reaches outside of the tree is said to be outside."""
    root = tmp_path_factory.mktemp("links") / "root"
    for folder in ("a/b", "b", "c"):
        (root / folder).mkdir(parents=True)
    made: dict[str, str] = {}
    for path, target in found.items():
        place = root / path
        if place.is_symlink() or not os.path.realpath(place.parent).startswith(f"{root}{os.sep}"):
            continue
        if place.is_dir():
            if any(place.iterdir()):
                continue
            place.rmdir()
        if any(parent.is_symlink() for parent in place.parents if parent != root.parent):
            continue
        place.symlink_to(target)
        made[path] = target

    for path in made:
        real = Path(os.path.realpath(root / path))
        if real.exists() and not real.is_relative_to(root):
            assert links.leads_outside(made, path)
