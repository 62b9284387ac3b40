"""The chart of a repository: which of those that are there is the project's, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from packaging.version import Version

from contd_release.adopt import adoption
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


def test_the_registry_is_as_a_person_says(tmp_path: Path) -> None:
    """The answer that a finding names is one that adoption takes."""
    answers = Answers({"chart.registry": "oci://registry.example.com/charts"})
    of_chart = found(tmp_path, {"chart/Chart.yaml": named("x")}, answers)
    assert of_chart is not None
    assert of_chart.registry == "oci://registry.example.com/charts"
    answers.refuse_unknown()


@pytest.mark.parametrize(
    ("dockerfile", "expected"), [({}, ["v1.3.0", "v1.3.0"]), ({"Dockerfile": "FROM scratch\n"}, ["1.3.0", "1.3.0"])]
)
def test_the_v_of_an_image_that_we_do_not_build_stays(
    tmp_path: Path, dockerfile: Mapping[str, str], expected: list[str]
) -> None:
    """An image that a release publishes has the version alone as its tag; any other one keeps the v that it has."""
    files = {
        "pyproject.toml": '[project]\nname = "low-tide"\nversion = "1.2.0"\n',
        "chart/Chart.yaml": 'apiVersion: v2\nname: low-tide\nversion: 1.2.0\nappVersion: "v1.2.0"\n',
        "chart/values.yaml": "image:\n  repository: quay.io/acme/low-tide\n  tag: v1.2.0\n",
    }
    places = adoption.look(repository(tmp_path, files | dict(dockerfile)), Answers()).places.followed
    of_image = [one for one in places if one.path.endswith(".yaml") and not one.before.startswith("version")]
    lines = [one.will_be(Version("1.3.0")).split()[-1].strip('"') for one in of_image]
    assert lines == expected
    assert ["v{new_version}" in one.entry() for one in of_image] == [one.startswith("v") for one in expected]
