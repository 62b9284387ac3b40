"""Whether the workflow that uploads to PyPI signs what it uploads."""

from __future__ import annotations

from pathlib import Path

import pytest

import contd_release
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
