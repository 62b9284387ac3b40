"""Workflows that publish what is tagged: each is found at its line, and a conflict where the release publishes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.adopt import tree
from contd_release.adopt.find.today import publishers
from tests.conftest import git

ON_TAGS = 'on:\n  push:\n    tags: ["v*"]\n'
ON_BOTH = 'on:\n  push:\n    branches: [main]\n    tags: ["v*"]\n  pull_request:\n'


def workflow(on: str, *steps: str) -> str:
    """A workflow of one job."""
    listed = "".join(f"      - {step}\n" for step in steps)
    return f"{on}jobs:\n  a:\n    runs-on: x\n    steps:\n{listed}"


def found(tmp_path: Path, text: str) -> tuple[publishers.Publisher, ...]:
    """What is found in a repository with this workflow."""
    path = tmp_path / ".github" / "workflows" / "a.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x")
    return publishers.find(tree.of(tmp_path))


@pytest.mark.parametrize(
    ("step", "channel"),
    [
        ("uses: pypa/gh-action-pypi-publish@release/v1", "pypi"),
        ("run: python -m twine upload dist/*", "pypi"),
        ("run: uv build && uv publish", "pypi"),
        ("run: poetry publish --build", "pypi"),
        ("run: docker buildx build --push .", "image"),
        ("{ uses: docker/build-push-action@v6, with: { push: true } }", "image"),
        ("run: helm push x.tgz oci://ghcr.io/a", "chart"),
        ("uses: softprops/action-gh-release@v2", "github"),
        ('run: gh release create "$TAG"', "github"),
        ("run: curl -sSL https://install.python-poetry.org | python3 - && poetry publish", "pypi"),
    ],
)
def test_what_publishes(tmp_path: Path, step: str, channel: str) -> None:
    """By an action, or by a command, with its line."""
    one = found(tmp_path, workflow(ON_TAGS, "uses: actions/checkout@v4", step))[0]
    assert (one.channel, one.where, one.is_alone) == (channel, ".github/workflows/a.yml:9", True)


@pytest.mark.parametrize(
    "text",
    [
        workflow("on: [push, pull_request]\n", "uses: softprops/action-gh-release@v2"),
        workflow(ON_TAGS, "{ uses: docker/build-push-action@v6, with: { push: false } }"),
        workflow(ON_TAGS, "run: invoke publish --only pypi", "uses: pypa/gh-action-pypi-publish@v1"),
        workflow(ON_TAGS, "run: pytest"),
        "on: [",
    ],
)
def test_what_does_not(tmp_path: Path, text: str) -> None:
    """No tag starts it, nothing is pushed, or it is ours."""
    assert found(tmp_path, text) == ()


def test_a_workflow_that_tests_as_well_cannot_go(tmp_path: Path) -> None:
    """Its step is a conflict that a person has to take out."""
    one = found(tmp_path, workflow(ON_BOTH, "run: pytest", "uses: pypa/gh-action-pypi-publish@v1"))[0]
    assert not one.is_alone


def test_what_makes_tags_publishes_whatever_starts_it(tmp_path: Path) -> None:
    """release-please tags on a push to main, and what comes after it publishes that tag."""
    text = workflow(
        "on:\n  push:\n    branches: [main]\n", "uses: googleapis/release-please-action@v4", "run: uv publish"
    )
    assert [(one.channel, one.is_alone) for one in found(tmp_path, text)] == [("tag", True), ("pypi", True)]


@pytest.mark.parametrize(
    "step",
    [
        "run: docker push x",
        "run: mkdocs gh-deploy --force",
        "run: mike deploy --push 1.2",
        "run: npm publish",
        "run: cargo publish",
        "run: aws s3 sync dist s3://a",
        "run: kubectl apply -f a.yml",
        "run: ssh a@b.example ./update",
        "run: curl -sf -X POST https://deploy.example/hook",
        "run: git push https://github.com/acme/website",
        "uses: peaceiris/actions-gh-pages@v4",
        "uses: JamesIves/github-pages-deploy-action@v4",
        "uses: actions/deploy-pages@v4",
        "uses: slackapi/slack-github-action@v2",
        "uses: ./.github/actions/tell",
    ],
)
def test_a_workflow_that_does_more_than_the_release_cannot_go(tmp_path: Path, step: str) -> None:
    """The release does not publish an image here, nor a website: a person takes out the step that conflicts."""
    every = found(tmp_path, workflow(ON_TAGS, step, "run: twine upload dist/*"))
    kept = publishers.conflicts(every, {"pypi": True, "image": False})
    assert [(one.channel, one.is_alone) for one in kept] == [("pypi", False)]


def test_a_workflow_that_calls_another_one_cannot_go(tmp_path: Path) -> None:
    """Nothing says what the other one does."""
    calling = "  b:\n    uses: acme/workflows/.github/workflows/deploy.yml@v1\n"
    one = found(tmp_path, workflow(ON_TAGS, "run: twine upload dist/*") + calling)[0]
    assert not one.is_alone


def test_only_channels_that_are_on_conflict(tmp_path: Path) -> None:
    """A workflow may go on to publish an image that the release does not."""
    every = found(tmp_path, workflow(ON_TAGS, "run: docker push x", "run: twine upload dist/*"))
    kept = publishers.conflicts(every, {"pypi": True, "image": False})
    assert [one.channel for one in kept] == ["pypi"]
