"""The image of a repository: its Dockerfile, name, platforms and context, as they are published today."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from contd_release.adopt.find import image, workflows
from contd_release.adopt.questions import Answers
from tests.adopt.find.test_package import repository

_FROM: Final = "FROM scratch\nCOPY run /run\n"
_REMOTE: Final = "ghcr.io/acme/tide"
ELSEWHERE: Final = ("tests/Dockerfile", "examples/x/Dockerfile", ".devcontainer/Dockerfile", "Dockerfile")
_JOB: Final = "on: push\nenv:\n  IMAGE: quay.io/acme/tide\njobs:\n  image:\n    steps:\n"
_ACTION: Final = "    - uses: docker/build-push-action@v6\n      with:\n"
_METADATA: Final = "    - uses: docker/metadata-action@v5\n      with:\n        images: |\n          {0}\n"


def workflow(text: str) -> dict[str, str]:
    """A workflow beside a Dockerfile in a folder, and another one."""
    return {
        ".github/workflows/ci.yml": _JOB + text,
        "server/Dockerfile": _FROM,
        "server/run": "",
        "Dockerfile.dev": _FROM,
    }


def found(root: Path, files: Mapping[str, str], values: str = "", remote: str = _REMOTE) -> image.Image | None:
    """The image that is found in a repository with these files."""
    tree = repository(root, files)
    return image.find(tree, workflows.steps(tree, "acme/tide"), values, remote, Answers())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Dockerfile": _FROM}, ("Dockerfile", _REMOTE, (), ".")),
        ({"Containerfile": _FROM}, ("Containerfile", _REMOTE, (), ".")),
        ({"docker/Dockerfile": _FROM, "run": ""}, ("docker/Dockerfile", _REMOTE, (), ".")),
        ({"backend/Dockerfile": _FROM, "backend/run": ""}, ("backend/Dockerfile", _REMOTE, (), "backend")),
        ({"Dockerfile": _FROM, "Dockerfile.dev": _FROM, "ci/Dockerfile": _FROM}, ("Dockerfile", _REMOTE, (), ".")),
        (
            workflow(_ACTION + "        context: server\n        tags: ${{ env.IMAGE }}:latest\n"),
            ("server/Dockerfile", "quay.io/acme/tide", ("linux/amd64",), "server"),
        ),
        (
            workflow(
                _METADATA.format("name=ghcr.io/${{ github.repository_owner }}/tide-server")
                + _ACTION
                + "        file: ./server/Dockerfile\n        platforms: linux/amd64,linux/arm64\n"
                + "        tags: ${{ steps.meta.outputs.tags }}\n"
            ),
            ("server/Dockerfile", "ghcr.io/acme/tide-server", ("linux/amd64", "linux/arm64"), "."),
        ),
        (
            workflow(
                "    - run: |\n        docker build -f server/Dockerfile \\\n"
                "          -t ${{ env.IMAGE }}:main server\n"
                "        docker push ${{ env.IMAGE }}:main\n"
            ),
            ("server/Dockerfile", "quay.io/acme/tide", ("linux/amd64",), "server"),
        ),
        (
            workflow(
                "    - run: docker buildx build --push --platform=linux/arm64 --tag acme/tide:1"
                " --file server/Dockerfile .\n"
            ),
            ("server/Dockerfile", "docker.io/acme/tide", ("linux/arm64",), "."),
        ),
        (
            workflow("    - run: docker build -f server/Dockerfile -t tide:test . && docker run tide:test\n"),
            ("server/Dockerfile", _REMOTE, (), "server"),
        ),
    ],
)
def test_what_is_published(tmp_path: Path, files: dict[str, str], expected: tuple[object, ...]) -> None:
    """As the workflow pushes it, else after the remote; what is for development or tests is not taken."""
    one = found(tmp_path, files)
    assert one is not None
    assert (one.dockerfile, one.name, one.platforms, one.context) == expected
    assert one.is_by_remote == (one.name == _REMOTE)


def test_the_chart_names_it(tmp_path: Path) -> None:
    """Where no workflow does."""
    one = found(tmp_path, {"Dockerfile": _FROM}, "quay.io/acme/from-values")
    assert one is not None
    assert one.name == "quay.io/acme/from-values"


def test_nothing_names_it(tmp_path: Path) -> None:
    """It is left out, with the words that say its name."""
    one = found(tmp_path, {"Dockerfile": _FROM}, remote="")
    assert one is not None
    assert not one.is_published
    assert [str(finding) for finding in one.findings] == [
        "the image is left out   (Dockerfile — no workflow, no chart and no GitHub remote names it: "
        "--answer image.name=HOST/NAME)"
    ]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_no_image(tmp_path: Path, path: str) -> None:
    """Fixtures and examples are no image of the project, and a file without FROM is none at all."""
    assert found(tmp_path, {path: "RUN true\n" if path == "Dockerfile" else _FROM}) is None
