"""The arguments of a Dockerfile that get the version: those that mean the project's, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contd_release.channels.image import arguments
from contd_release.project.package.from_tag import FromTag
from contd_release.project.settings import Image
from tests.conftest import Beginning, Place


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ("FROM scratch\nARG VERSION\n", {"VERSION": "0.2.0"}),
        ("ARG VERSION=0.1.5\nFROM scratch\nARG VERSION\n", {"VERSION": "0.2.0"}),
        ('FROM scratch\nARG app=x APP_VERSION="v0.1.5"\n', {"APP_VERSION": "0.2.0"}),
        (
            "FROM scratch\nARG VERSION=dev\nARG CONTD_VERSION=0.0.0-dev\n",
            {"VERSION": "0.2.0", "CONTD_VERSION": "0.2.0"},
        ),
        ("ARG VERSION=3.12\nFROM python:${VERSION}\n", {}),
        ("ARG VERSION\nFROM python:$VERSION-slim\n", {}),
        ("FROM scratch\nARG VERSION=1.27\nRUN fetch tool-$VERSION\n", {}),
        ("FROM scratch\nARG PYTHON_VERSION\nARG HELM_VERSION=0.1.5\n", {}),
        ("FROM scratch\nARG SETUPTOOLS_SCM_PRETEND_VERSION\n", {}),
        ("FROM scratch\nENV VERSION=0.1.5\n", {}),
    ],
)
def test_what_gets_the_version(here: Place, beginning: Beginning, dockerfile: str, expected: dict[str, str]) -> None:
    """An argument of another thing keeps its default."""
    (here.clone / "Dockerfile").write_text(dockerfile)
    here.publish()
    release = beginning()
    settings = replace(release.project.settings, image=Image())
    assert arguments.stating(replace(release, project=replace(release.project, settings=settings))) == expected


def test_the_variable_of_a_tool_that_computes_the_version(here: Place, beginning: Beginning) -> None:
    """It is an argument like the others, with the package's name or without."""
    names = ("SETUPTOOLS_SCM_PRETEND_VERSION", "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_CONTD")
    text = "FROM scratch\n" + "".join(f"ARG {name}=0.0.0\n" for name in names)
    text += f"ARG PRETENDED=0.0.1\nENV {names[0]}=${{PRETENDED}}\n"
    (here.clone / "Dockerfile").write_text(text)
    here.publish()
    release = beginning()
    package = replace(release.project.package, tag=FromTag("setuptools-scm", names[0], is_named=True))
    settings = replace(release.project.settings, image=Image())
    project = replace(release.project, settings=settings, package=package)
    assert arguments.stating(replace(release, project=project)) == dict.fromkeys((*names, "PRETENDED"), "0.2.0")
