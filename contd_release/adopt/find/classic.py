"""The classic repository that the chart is in today: a branch with an index.yaml; and the file of its owners."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from contd_release.adopt.find.workflows import Step
from contd_release.adopt.finding import Finding
from contd_release.adopt.tree import Tree
from contd_release.errors import Conflict
from contd_release.project.rules import PATH, REF, URL
from contd_release.tools.helm.classic import index

_ACTION: Final = "helm/chart-releaser-action"
_CONFIGURED: Final = ("cr.yaml", ".cr.yaml")
_OWNERS: Final = ("artifacthub-repo.yml", "artifacthub-repo.yaml")
_BRANCH: Final = "gh-pages"


@dataclass(frozen=True)
class Classic:
    """
    The classic repository.

    Args:
        branch: its branch; empty if there is none.
        folder: the folder of its index.yaml.
        url: where users find it, if a file says that.
        owners: the file for Artifact Hub that is in the tree; empty if there is none.
    """

    branch: str = ""
    folder: str = "."
    url: str = ""
    owners: str = ""
    findings: tuple[Finding, ...] = ()


def find(tree: Tree, name: str, steps: Sequence[Step]) -> Classic:
    """What is there for a chart of this name."""
    owners = next((one for one in tree.named(*_OWNERS) if not tree.is_apart(one) and PATH.holds(one)), "")
    of_owners = [Finding(f"{owners} tells Artifact Hub who owns the chart", owners)] if owners else []
    action = next((one for one in steps if one.uses == _ACTION), None)
    config = next((one for one in (_given(action), *_CONFIGURED) if one and tree.text(one) is not None), "")
    branch = _value(tree, config, "pages-branch") or (action.inputs.get("pages_branch", "") if action else "")
    branch = branch if REF.holds(branch) else _BRANCH
    url = _value(tree, config, "charts-repo-url").rstrip("/")
    url = url if URL.holds(url) else ""
    listed = next(_indexes(tree, branch, name), None)
    if listed is None and action is None and not config:
        return Classic(owners=owners, findings=tuple(of_owners))
    path = listed or f"{branch}:{_value(tree, config, 'pages-index-path') or index.FILE}"
    folder = str(PurePosixPath(path.partition(":")[2].removeprefix("./")).parent)
    reason = "its index.yaml lists the chart" if listed else "chart-releaser publishes to it"
    where = path if listed else config or (action.path if action else "")
    finding = Finding(f"{name} is in a classic repository, the branch {branch}", where, reason)
    return Classic(branch, folder if PATH.holds(folder) else ".", url, owners, (finding, *of_owners))


def _given(action: Step | None) -> str:
    """The configuration that a workflow gives to chart-releaser."""
    return action.inputs.get("config", "").removeprefix("./") if action else ""


def _indexes(tree: Tree, branch: str, name: str) -> Iterator[str]:
    """`REF:PATH` of each index.yaml of the branch that lists the chart, as this clone knows it."""
    known = tree.git("for-each-ref", "--format=%(refname)", f"refs/remotes/*/{branch}", f"refs/heads/{branch}").split()
    for ref in sorted(known, key=lambda one: one.startswith("refs/heads/")):
        paths = tree.git("ls-tree", "-r", "--name-only", ref).splitlines()
        for path in sorted(paths, key=lambda one: (one.count("/"), one)):
            if PurePosixPath(path).name != index.FILE:
                continue
            try:
                if index.lists(tree.git("show", f"{ref}:{path}"), name):
                    yield f"{ref.removeprefix('refs/').partition('/')[2]}:{path}"
            except Conflict:
                continue


def _value(tree: Tree, path: str, key: str) -> str:
    text = (tree.text(path) or "") if path else ""
    match = re.search(rf"^{key}:[ \t]+[\"']?([^\s\"'#]+)", text, re.MULTILINE)
    return match[1] if match else ""
