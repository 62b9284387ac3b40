"""The classic repository of a chart, on a branch of a real repository or as chart-releaser is configured."""

from __future__ import annotations

import subprocess
from pathlib import Path

from contd_release.adopt.find import classic
from contd_release.adopt.find.workflows import Step
from tests.adopt.find.test_package import repository

_INDEX = "apiVersion: v1\nentries:\n  demo:\n  - version: 1.0.0\n"
_ACTION = Step(
    ".github/workflows/chart.yml", "release", "helm/chart-releaser-action", "", {"config": "ci/cr.yaml"}, True
)


def test_a_branch_that_lists_the_chart(tmp_path: Path) -> None:
    """The index below a folder of gh-pages lists the chart; that of another chart is none of ours."""
    tree = repository(tmp_path, {"README.md": "", "charts/index.yaml": _INDEX, "artifacthub-repo.yml": "owners: []\n"})
    subprocess.run(("git", "branch", "gh-pages"), cwd=tree.root, check=True)

    found = classic.find(tree, "demo", ())
    assert (found.branch, found.folder, found.url, found.owners) == ("gh-pages", "charts", "", "artifacthub-repo.yml")
    assert [str(one) for one in found.findings] == [
        "demo is in a classic repository, the branch gh-pages   "
        "(gh-pages:charts/index.yaml — its index.yaml lists the chart)",
        "artifacthub-repo.yml tells Artifact Hub who owns the chart   (artifacthub-repo.yml)",
    ]
    assert classic.find(tree, "other", ()).branch == ""


def test_chart_releaser_names_the_branch(tmp_path: Path) -> None:
    """Its action and its configuration say the branch and the address, where the branch is not fetched."""
    text = "pages-branch: charts # here\ncharts-repo-url: https://charts.example.org/\n"
    tree = repository(tmp_path, {"README.md": "", "ci/cr.yaml": text})

    found = classic.find(tree, "demo", (_ACTION,))

    assert (found.branch, found.folder, found.url) == ("charts", ".", "https://charts.example.org")
    assert str(found.findings[0]).endswith("(ci/cr.yaml — chart-releaser publishes to it)")
    assert classic.find(tree, "demo", ()) == classic.Classic()
