"""The Helm chart that is published: its folder, its name, whose version it has, and where it goes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from packaging.version import Version

from contd_release.adopt.find import classic, versions
from contd_release.adopt.find.classic import Classic
from contd_release.adopt.find.workflows import Step
from contd_release.adopt.finding import Finding
from contd_release.adopt.place import ANY, Place, matching
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.tree import APART, Tree

# A chart of the documentation is the project's; the name of this folder alone says nothing else.
_APART: Final = APART - {"docs", "doc", "templates", "template"} | {"testdata", "e2e"}
_DEPENDENCIES: Final = ("Chart.yaml", "requirements.yaml")
_LOCKS: Final = ("Chart.lock", "requirements.lock")
_NO_CLASSIC: Final = Classic()
_KEY: Final = r"^{key}:[ \t]+[\"']?v?(?P<version>{any})"


@dataclass(frozen=True)
class Chart:
    """
    The chart.

    Args:
        folder: the folder of its Chart.yaml.
        is_own: whether it counts its own version, and only appVersion follows the release.
        registry: where workflows push it to today; empty if none does.
        is_published: whether something says where it goes.
        classic: the classic repository that it is in as well.
    """

    folder: str
    name: str
    version: str
    is_own: bool
    registry: str
    is_published: bool
    findings: tuple[Finding, ...]
    classic: Classic = _NO_CLASSIC

    @property
    def path(self) -> str:
        """Its Chart.yaml."""
        return self.file("Chart.yaml")

    def file(self, name: str) -> str:
        """The path of a file in its folder."""
        return _in(self.folder, name)

    def places(self, tree: Tree, *, has_image: bool) -> Iterator[Place]:
        """
        The lines of it that follow the release.

        Args:
            has_image: whether the release publishes the image that it starts.
        """
        keys = ("appVersion",) if self.is_own else ("version", "appVersion")
        for key in keys:
            for place in matching(tree, self.path, _KEY.format(key=key, any=ANY), "the chart's")[:1]:
                of_ours = place.as_tag() if has_image or key == "version" else place
                yield replace(of_ours, spelling="semver")


def find(
    tree: Tree, name: str, version: Version, steps: Sequence[Step], has_github: bool, answers: Answers
) -> Chart | None:
    """The chart of this tree; None if there is none, or none that is plainly the project's."""
    folders = [str(PurePosixPath(path).parent) for path in tree.named("Chart.yaml") if is_own_chart(tree, path)]
    needed = {one for folder in folders for one in _needed(tree, folder)}
    folders = [folder for folder in folders if folder not in needed]
    if not folders:
        return None
    folder = _chosen(tree, folders, _Wanted(name, version), answers)
    if folder == "none":
        return None
    path = _in(folder, "Chart.yaml")
    called = _value(tree, path, "name") or PurePosixPath(folder).name
    stated = _value(tree, path, "version")
    is_own = _counts_itself(tree, path, stated, version, answers)
    registry = _registry(steps, answers)
    whose = "counts its own version" if is_own else "has the release's version"
    findings = [
        Finding(f"the chart is {called}, and {whose}", f"{path}:{tree.line_of(path, '^version:')}", f"it says {stated}")
    ]
    if _lacks_lock(tree, folder):
        command = f"helm dependency update {folder}"
        findings.append(Finding("the chart has dependencies and no Chart.lock", path, f"type: {command}"))
    also = classic.find(tree, called, steps)
    findings += also.findings
    is_published = bool(registry or has_github)
    if not is_published:
        why = "no workflow and no GitHub remote says where it goes: --answer chart.registry=oci://HOST/NAME"
        findings.append(Finding("the chart is not published", path, why))
    return Chart(folder, called, stated, is_own, registry, is_published, tuple(findings), also)


def is_own_chart(tree: Tree, path: str) -> bool:
    """Whether this is the project's chart: no fixture, and no dependency in the `charts` folder of another one."""
    parts = PurePosixPath(path).parts[:-1]
    if not _APART.isdisjoint(parts) or re.search(r"^type:[ \t]*[\"']?library", tree.text(path) or "", re.MULTILINE):
        return False
    above = ("/".join(parts[:index]) for index, part in enumerate(parts) if part == "charts")
    return not any((f"{folder}/Chart.yaml" if folder else "Chart.yaml") in tree.known for folder in above)


def _needed(tree: Tree, folder: str) -> set[str]:
    """The folders of the charts of this repository that a chart depends on."""
    text = "\n".join(tree.text(_in(folder, name)) or "" for name in _DEPENDENCIES)
    paths = re.findall(r"""repository:[ \t]*["']?file://([^\s"'#]+)""", text)
    return {posixpath.normpath(posixpath.join(folder, path)) for path in paths}


@dataclass(frozen=True)
class _Wanted:
    """What the project's chart says, where it says what the project does."""

    name: str
    version: Version

    def is_named(self, tree: Tree, folder: str) -> bool:
        """Whether the chart, or its folder, has the project's name."""
        called = (PurePosixPath(folder).name, _value(tree, _in(folder, "Chart.yaml"), "name"))
        return bare(self.name) in map(bare, called)

    def is_of_version(self, tree: Tree, folder: str) -> bool:
        """Whether its appVersion is the project's version."""
        return versions.read(_value(tree, _in(folder, "Chart.yaml"), "appVersion")) == self.version


def _chosen(tree: Tree, folders: list[str], wanted: _Wanted, answers: Answers) -> str:
    """The chart of several that has the project's name, or its version; a person says which, where that is not one."""
    if len(folders) == 1 and "chart" not in answers.given:
        return folders[0]
    default, why = "none", "none of them has the project's name or version"
    for is_ours, what in ((wanted.is_named, "name"), (wanted.is_of_version, "version")):
        of_ours = [one for one in folders if is_ours(tree, one)]
        if len(of_ours) == 1:
            default, why = of_ours[0], f"{of_ours[0]} has the project's {what}"
            break
    question = f"which of {len(folders)} charts is published"
    return answers.of(Question("chart", question, default, why, ("none", *folders)))


def _counts_itself(tree: Tree, path: str, stated: str, version: Version, answers: Answers) -> bool:
    found = versions.read(stated)
    if found is None or found.base_version == version.base_version:
        return False
    moved = tree.git("log", "--format=%h", "-n", "2", "-G", r"^version:[[:space:]]", "--", path).split()
    is_own = found > version or len(moved) > 1
    why = "it is higher" if found > version else "it was raised before" if is_own else "it was never raised"
    question = Question(
        "chart.version",
        f"{path} says {stated}, the release is at {version}: whose version does the chart have",
        "own" if is_own else "release",
        why,
        ("own", "release"),
    )
    return answers.of(question) == "own"


def _lacks_lock(tree: Tree, folder: str) -> bool:
    texts = (tree.text(_in(folder, name)) or "" for name in _DEPENDENCIES)
    has_some = any(re.search(r"^dependencies:[ \t]*(#.*)?$", text, re.MULTILINE) for text in texts)
    packed = any(one.startswith(_in(folder, "charts/")) for one in tree.files)
    return has_some and not packed and not any(_in(folder, name) in tree.known for name in _LOCKS)


def _in(folder: str, name: str) -> str:
    """The path of a file in the folder of a chart."""
    return name if folder == "." else f"{folder}/{name}"


def bare(name: str) -> str:
    """A name without what different tools write between its words."""
    return re.sub(r"[-_.]+", "", name).lower()


def _pushed_to(step: Step) -> str:
    """`oci://HOST/PATH` of `helm push`, where a workflow names it."""
    match = re.search(r"helm push\s+.*?(oci://[a-zA-Z0-9.:/_-]+)", step.run, re.DOTALL)
    return match[1].rstrip("/").lower() if match else ""


def _registry(steps: Sequence[Step], answers: Answers) -> str:
    """Where the chart goes: as a person says, else as a workflow does; empty if none says."""
    if "chart.registry" in answers.given:
        return answers.of(Question("chart.registry", "the registry and the folder of the chart, oci://HOST/NAME", ""))
    return next((one for step in steps if (one := _pushed_to(step))), "")


def _value(tree: Tree, path: str, key: str) -> str:
    match = re.search(rf"^{key}:[ \t]+[\"']?([^\s\"'#]+)", tree.text(path) or "", re.MULTILINE)
    return match[1] if match else ""
