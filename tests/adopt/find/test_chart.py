"""The chart of a repository: which of those that are there is the project's, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from packaging.version import Version

from contd_release.adopt.find import chart
from contd_release.adopt.questions import Answers
from tests.adopt.find.test_package import repository

_CHART: Final = "apiVersion: v2\nname: {0}\nversion: 1.2.0\nappVersion: 1.2.0\n"


def named(name: str, more: str = "") -> str:
    """A Chart.yaml."""
    return _CHART.format(name) + more


def found(root: Path, files: Mapping[str, str], answers: Answers | None = None) -> chart.Chart | None:
    """The chart that is found in a repository with these files, of the project `low-tide`."""
    tree = repository(root, {"README.md": "", **files})
    return chart.find(tree, "low-tide", Version("1.2.0"), (), True, answers or Answers())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"charts/lowtide/Chart.yaml": named("lowtide")}, "charts/lowtide"),
        ({"charts/Chart.yaml": named("low-tide")}, "charts"),
        ({"Chart.yaml": named("low-tide")}, "."),
        ({"deploy/kubernetes/chart/Chart.yaml": named("low-tide")}, "deploy/kubernetes/chart"),
        ({"helm/chart/Chart.yaml": named("low-tide"), "helm/other/Chart.yaml": named("other")}, "helm/chart"),
        ({"helm/a/Chart.yaml": named("a"), "helm/b/Chart.yaml": named("b").replace("1.2.0", "0.1.0")}, "helm/a"),
        ({"helm/x/Chart.yaml": named("x"), "tests/chart/Chart.yaml": named("low-tide")}, "helm/x"),
        ({"helm/x/Chart.yaml": named("x"), "pkg/testdata/c/Chart.yaml": named("low-tide")}, "helm/x"),
        ({"helm/x/Chart.yaml": named("x"), "helm/x/charts/low-tide/Chart.yaml": named("low-tide")}, "helm/x"),
        ({"helm/x/Chart.yaml": named("x"), "helm/low-tide/Chart.yaml": named("low-tide", "type: library\n")}, "helm/x"),
        (
            {
                "helm/x/Chart.yaml": named("x", "dependencies:\n  - name: low-tide\n    repository: file://../low-tide\n"),
                "helm/low-tide/Chart.yaml": named("low-tide"),
            },
            "helm/x",
        ),
        (
            {
                "helm/x/Chart.yaml": named("x").replace("v2", "v1"),
                "helm/x/requirements.yaml": 'dependencies:\n- name: db\n  repository: "file://../../db"\n',
                "db/Chart.yaml": named("db"),
            },
            "helm/x",
        ),
    ],
)  # fmt: skip
def test_the_projects_chart_is_found(tmp_path: Path, files: Mapping[str, str], expected: str) -> None:
    """Wherever it is, whatever its folder is called; no fixture, no library, no dependency of another one."""
    there = found(tmp_path, files)

    assert there is not None
    assert there.folder == expected


def test_of_several_a_person_chooses(tmp_path: Path) -> None:
    """Where neither a name nor a version says which one is the project's, none is published by itself."""
    files = {f"helm/{name}/Chart.yaml": named(name) for name in ("a", "b")}

    assert found(tmp_path / "none", files) is None
    there = found(tmp_path / "b", files, Answers({"chart": "helm/b"}))
    assert there is not None
    assert there.name == "b"


@pytest.mark.parametrize(
    ("files", "lacks"),
    [
        ({"helm/x/Chart.yaml": named("x", "dependencies:\n- name: db\n")}, True),
        ({"helm/x/Chart.yaml": named("x", "dependencies: # ours\n- name: db\n"), "helm/x/Chart.lock": ""}, False),
        ({"helm/x/Chart.yaml": named("x", "dependencies:\n- name: db\n"), "helm/x/charts/db.tgz": ""}, False),
        ({"helm/x/Chart.yaml": named("x"), "helm/x/requirements.yaml": "dependencies:\n- name: db\n"}, True),
        (
            {
                "helm/x/Chart.yaml": named("x"),
                "helm/x/requirements.yaml": "dependencies:\n- name: db\n",
                "helm/x/requirements.lock": "",
            },
            False,
        ),
        ({"helm/x/Chart.yaml": named("x")}, False),
        ({"helm/x/Chart.yaml": named("x", "dependencies: []\n")}, False),
    ],
)
def test_dependencies_without_a_lock_are_said(tmp_path: Path, files: Mapping[str, str], *, lacks: bool) -> None:
    """With the command that writes it: a release fetches what the lock names, and nothing else."""
    there = found(tmp_path, files)

    assert there is not None
    said = [one.reason for one in there.findings if one.what == "the chart has dependencies and no Chart.lock"]
    assert said == (["type: helm dependency update helm/x"] if lacks else [])
