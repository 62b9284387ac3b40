"""Whether the workflow that uploads to PyPI signs what it uploads."""

from __future__ import annotations

from pathlib import Path

import pytest

import contd_release
from contd_release.adopt.templates import template
from contd_release.tools.github import uploads

TEMPLATE = Path(contd_release.__file__).parent / "adopt" / "templates" / "release.yml"
JOB = """
jobs:
  pypi:
    environment: {environment}
    permissions: {permissions}
    steps:
      - uses: actions/checkout@v4
      - uses: pypa/gh-action-pypi-publish@release/v1
        with: {inputs}
"""


def job(environment: str = "pypi", permissions: str = "{id-token: write}", inputs: str = "{}") -> str:
    """A workflow with one job that uploads."""
    return JOB.format(environment=environment, permissions=permissions, inputs=inputs)


def test_ours() -> None:
    """The workflow that adoption writes signs, from its environment."""
    text = TEMPLATE.read_text(encoding="utf-8")
    assert uploads.unsigned(text, "pypi") == ""
    lacking = text.replace("      id-token: write # trusted publishing", "      contents: read # trusted publishing")
    assert uploads.unsigned(lacking, "pypi").startswith("its job pypi has no permission `id-token: write`")


@pytest.mark.parametrize(
    ("text", "environment", "why"),
    [
        (job(), "pypi", ""),
        (job("{name: pypi}", "write-all"), "pypi", ""),
        (job('""'), "", ""),
        (job(permissions="{}"), "pypi", "its job pypi has no permission `id-token: write`"),
        (job(permissions="read-all"), "pypi", "its job pypi has no permission `id-token: write`"),
        (
            "permissions: {id-token: write}" + job(permissions="{contents: read}"),
            "pypi",
            "its job pypi has no permission",
        ),
        (job(inputs="{attestations: false}"), "pypi", "its job pypi turns attestations off"),
        (job(inputs="{password: x}"), "pypi", "its job pypi uploads with a password"),
        (job("other"), "pypi", "its job pypi runs in the environment other, and the environment pypi is configured"),
        (job(), "", "its job pypi runs in the environment pypi, and no environment is configured"),
        ("jobs: {a: {steps: [{run: twine upload}, 3]}, b: 3}", "pypi", "no job of it uses pypa/gh-action-pypi-publish"),
        ("3", "pypi", "no job of it uses"),
        ("a: [", "pypi", "it is no YAML"),
    ],
)
def test_each_reason(text: str, environment: str, why: str) -> None:
    """Each way in which the files would go out unsigned is named."""
    found = uploads.unsigned(text, environment)
    assert found.startswith(why)
    assert bool(found) == bool(why)


PUBLISHING = """
jobs:
  verify:
    steps:
      - run: invoke verify --only image
  registry:
    permissions: {%s}
    steps:
      - run: |
          pip install contd-release
          invoke publish %s
"""


@pytest.mark.parametrize(
    ("permissions", "words", "why"),
    [
        ("id-token: write", "--only image,chart --artifacts dist", ""),
        ("id-token: write", "", ""),
        ("packages: write", "--only image,chart", "its job registry has no permission `id-token: write`"),
        ("id-token: write", "--only pypi", "no job of it runs `invoke publish` for the chart"),
    ],
)
def test_who_publishes_can_sign(permissions: str, words: str, why: str) -> None:
    """The job that publishes a channel needs an identity; another job's does not help."""
    assert uploads.without_identity(PUBLISHING % (permissions, words), "chart").partition(", so")[0] == why


def test_a_workflow_that_publishes_nothing_signs_nothing() -> None:
    """A workflow without jobs, and a file that is no YAML."""
    said = [uploads.without_identity(text, "image") for text in ("", "jobs: []", "a: [", "jobs: {a: {steps: 3}}")]
    nothing = "no job of it runs `invoke publish` for the image"
    assert said == [nothing, nothing, "it is no YAML", nothing]


def test_the_template_can_sign() -> None:
    """The workflow that `contd-release adopt` writes signs the image and the chart."""
    text = template("release.yml")
    assert [uploads.without_identity(text, one) for one in ("image", "chart")] == ["", ""]
