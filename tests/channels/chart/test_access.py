"""The check of what packs and pushes charts, with programs that state another version of helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.channels.chart import access
from contd_release.engine.step import Found, State
from contd_release.tools.helm import client

INSTEAD = "helm version --short   (with helm 3.12.3, or 3.13.2 or later, on PATH: https://helm.sh/docs/intro/install/)"
EXPERIMENTAL = "OCI registries are an experiment before helm 3.8.0"
REFUSES = "helm 3.13.0 and 3.13.1 cannot log in to many OCI registries"


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ("v2.17.0+ga690bad", EXPERIMENTAL),
        ("v3.7.2+g663a896", EXPERIMENTAL),
        ("v3.8.0-rc.2+gd141386", EXPERIMENTAL),
        ("v3.8.0+gd141386", ""),
        ("v3.12.3+g3a31588", ""),
        ("v3.13.0-rc.1+g825e86f", REFUSES),
        ("v3.13.0+g825e86f", REFUSES),
        ("v3.13.1+g3547a4b", REFUSES),
        ("v3.13.2+g2a2fb3b", ""),
        ("v3.14.0-rc.1+g69dcc92", ""),
        ("v4.0.0+g99cd196", ""),
        ("Helm SDK v4.2.3", ""),
        ("helm of a distribution", ""),
    ],
)
def test_versions_of_helm_that_cannot_push_are_known(stated: str, problem: str) -> None:
    """A version that cannot push is named with its cause; a version that cannot be read is no problem."""
    assert client.problem(stated) == problem


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("v3.13.1+g3547a4b", Found(State.ABSENT, f"v3.13.1+g3547a4b is on PATH: {REFUSES}", INSTEAD)),
        ("v3.7.2+g663a896", Found(State.ABSENT, f"v3.7.2+g663a896 is on PATH: {EXPERIMENTAL}", INSTEAD)),
        ("v3.16.4+g7877b45", Found(State.DONE, "v3.16.4+g7877b45")),
    ],
)
def test_a_helm_that_cannot_push_is_refused_before_anything_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stated: str, found: Found
) -> None:
    """The helm on PATH is asked for its version, and a release with one that cannot push charts does not begin."""
    program = tmp_path / "helm"
    program.write_text(f"#!/bin/sh\necho '{stated}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert access.packer().observe() == found
