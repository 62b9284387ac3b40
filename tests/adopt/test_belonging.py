"""The Dockerfiles and charts of a repository with several packages, each with the package that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from contd_release.adopt import belonging, several
from contd_release.adopt.questions import Answers, Question
from tests.adopt.find.test_package import repository

NAMES = {"libs/core/": "acme-core", "libs/cli/": "acme-cli"}
PACKAGES = {
    f"{folder}pyproject.toml": f'[build-system]\n[project]\nname = "{name}"\nversion = "1.0.0"\n'
    for folder, name in NAMES.items()
} | {"libs/cli/Dockerfile": "FROM scratch\n"}
WORKFLOW = """\
on: push
jobs:
  image:
    steps:
    - uses: docker/build-push-action@v6
      with:
        context: .
        file: libs/cli/Dockerfile
        platforms: linux/arm64
        tags: quay.io/acme/tool:latest
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"docker/core/Dockerfile": "FROM scratch\n"}, ["../../docker/core/Dockerfile"]),
        ({"docker/core.Dockerfile": "FROM scratch\n"}, ["../../docker/core.Dockerfile"]),
        ({"Dockerfile.acme-core": "FROM scratch\n"}, ["../../Dockerfile.acme-core"]),
        ({"Dockerfile": "FROM scratch\nCOPY libs/core /core\n"}, ["../../Dockerfile"]),
        ({"Dockerfile": "FROM scratch\nCOPY libs/core /core\nCOPY libs/cli /cli\n"}, []),
        ({"Dockerfile": "FROM scratch\nCOPY . /all\n"}, []),
        ({"docker/cli/Dockerfile": "FROM scratch\nCOPY libs/core /core\n"}, []),
        (
            {"charts/acme-core/Chart.yaml": "name: x\n", "charts/acme-core/values.yaml": ""},
            ["../../charts/acme-core/Chart.yaml", "../../charts/acme-core/values.yaml"],
        ),
        (
            {"helm/Chart.yaml": "name: x\n", "helm/values.yaml": "image:\n  repository: ghcr.io/acme/acme-core\n"},
            ["../../helm/Chart.yaml", "../../helm/values.yaml"],
        ),
        ({"helm/Chart.yaml": "name: x\n"}, []),
        ({"Chart.yaml": "name: core\n", "values.yaml": "repository: acme-core\n"}, []),
    ],
)
def test_what_belongs_to_a_package(tmp_path: Path, files: Mapping[str, str], expected: list[str]) -> None:
    """Its name, the files that it copies, or the image that a chart starts say so; what is not plain is left out."""
    tree = repository(tmp_path, {**PACKAGES, **files})
    found = belonging.files(tree, "libs/core/", NAMES)
    assert sorted(found) == sorted(["pyproject.toml", *expected])


def test_what_belongs_to_none_is_listed(tmp_path: Path) -> None:
    """A person is shown the Dockerfile and the chart that no package has."""
    files = {"Dockerfile": "FROM scratch\nCOPY . /all\n", "helm/Chart.yaml": "name: x\n", "docs/Dockerfile": "FROM x\n"}
    tree = repository(tmp_path, {**PACKAGES, **files})
    assert belonging.unclear(tree, NAMES) == ("Dockerfile", "helm/Chart.yaml")


@pytest.mark.parametrize(
    ("answers", "workflow", "expected"),
    [
        ({}, {}, {"name": "ghcr.io/acme/acme-cli", "dockerfile": "libs/cli/Dockerfile", "context": "libs/cli"}),
        (
            {},
            {".github/workflows/image.yml": WORKFLOW},
            {"name": "quay.io/acme/tool", "dockerfile": "libs/cli/Dockerfile", "platforms": ("linux/arm64",)},
        ),
        (
            {"acme-cli.image.name": "quay.io/acme/other"},
            {},
            {"name": "quay.io/acme/other", "dockerfile": "libs/cli/Dockerfile", "context": "libs/cli"},
        ),
    ],
)
def test_the_table_of_an_image(
    tmp_path: Path, answers: dict[str, str], workflow: Mapping[str, str], expected: dict[str, object]
) -> None:
    """Its name is of the workflow at the root, of a person, or of the package; its paths begin at the root."""
    tree = repository(tmp_path, {**PACKAGES, **workflow})
    tree.git("remote", "add", "origin", "https://github.com/acme/mono.git")
    found = {one.name: one.table for one in several.look(tree, Answers({"package": "all", **answers}))}
    assert found == {
        "acme-core": {"folder": "libs/core"},
        "acme-cli": {"folder": "libs/cli", "image": expected},
    }


@pytest.mark.parametrize(("answer", "expected"), [("acme-cli", ""), ("acme-core", "latest = true\n")])
def test_the_package_that_is_the_latest_on_github(tmp_path: Path, answer: str, expected: str) -> None:
    """A person may choose another one than the first."""
    tree = repository(tmp_path, {**PACKAGES, "pyproject.toml": "[tool.uv.workspace]\n"})
    tree.git("remote", "add", "origin", "https://github.com/acme/mono.git")
    answers = Answers({"package": "all", "latest": answer})
    text = several.draft(tree, several.look(tree, answers), answers).text("pyproject.toml") or ""
    assert text.count("latest = true\n") == bool(expected)
    assert expected in text.partition(f"packages.{answer}]")[2].partition("[")[0]


def test_an_answer_for_one_package() -> None:
    """It counts for that one; an answer without a package counts for all, and each is known to have been asked."""
    answers = Answers({"cli.image": "one", "chart": "two"})
    found = [
        answers.of_package(name).of(Question(key, "?", "none"))
        for name in ("cli", "core")
        for key in ("image", "chart")
    ]
    assert found == ["one", "two", "none", "two"]
    assert sorted(answers.asked) == ["chart", "cli.image", "core.image"]
