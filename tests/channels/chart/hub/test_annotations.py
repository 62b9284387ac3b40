"""The annotations that Artifact Hub reads, written into a Chart.yaml."""

from __future__ import annotations

import pytest
import yaml

from contd_release.channels.chart.hub import annotations as hub
from contd_release.errors import Usage

HEAD = "apiVersion: v2 # kept\nname: demo\nversion: 1.2.0\n"
OURS = hub.wanted((("feature", "Retries: three\n  times."), ("misc", "CI"), ("changed", "a # b")), is_prerelease=False)
WRITTEN = """  artifacthub.io/changes: |
    - kind: added
      description: 'Retries: three times.'
    - kind: changed
      description: 'a # b'
  artifacthub.io/prerelease: "false"
"""


@pytest.mark.parametrize(
    ("fragment_type", "kind"),
    [
        ("breaking", "changed"), ("security", "security"), ("feature", "added"), ("bugfix", "fixed"),
        ("fixed", "fixed"), ("deprecation", "deprecated"), ("removal", "removed"), ("doc", "changed"),
        ("performance", "changed"), ("misc", ""), ("chore", ""),
    ],
)  # fmt: skip
def test_each_type_of_fragment_has_a_kind(fragment_type: str, kind: str) -> None:
    """A type of another project is a change, and what is internal is not listed."""
    assert hub.kind(fragment_type) == kind


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, f"{HEAD}annotations:\n{WRITTEN}"),
        (HEAD.rstrip(), f"{HEAD}annotations:\n{WRITTEN}"),
        (f"{HEAD}annotations: # here\n  a/b: c\nhome: x\n", f"{HEAD}annotations: # here\n  a/b: c\n{WRITTEN}home: x\n"),
        (
            f"annotations:\n  artifacthub.io/changes: |\n    - old\n\n    - older\n  a/b: c\n{HEAD}",
            f"annotations:\n  a/b: c\n{WRITTEN}{HEAD}",
        ),
        (f"{HEAD}annotations:\n{WRITTEN}", f"{HEAD}annotations:\n{WRITTEN}"),
    ],
)
def test_everything_else_in_chart_yaml_stays(before: str, after: str) -> None:
    """The annotations of an earlier version are replaced; comments, order and other annotations stay."""
    assert hub.annotated(before, "Chart.yaml", OURS) == after
    assert yaml.safe_load(yaml.safe_load(after)["annotations"][hub.CHANGES])[0] == {
        "kind": "added",
        "description": "Retries: three times.",
    }


@pytest.mark.parametrize("line", ["annotations: {a/b: c}\n", "annotations: &a\n  a/b: c\n", "- a list\n"])
def test_annotations_on_one_line_are_refused(line: str) -> None:
    """What cannot be edited line by line is named, and nothing is lost."""
    with pytest.raises(Usage) as error:
        hub.annotated(HEAD + line, "helm/demo/Chart.yaml", OURS)
    assert "the annotations in helm/demo/Chart.yaml cannot be written line by line" in str(error.value)
