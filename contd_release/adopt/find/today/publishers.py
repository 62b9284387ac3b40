"""Workflows that publish a release today: two publishers of one tag would publish everything twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from contd_release.adopt.find.workflows import Step, steps, triggers
from contd_release.adopt.tree import Tree

_MATURIN: Final = "pyo3/maturin-action"
_ACTIONS: Final = {
    "pypa/gh-action-pypi-publish": "pypi",
    _MATURIN: "pypi",
    "redhat-actions/push-to-registry": "image",
    "helm/chart-releaser-action": "chart",
    "softprops/action-gh-release": "github",
    "ncipollo/release-action": "github",
    "actions/create-release": "github",
    "marvinpinto/action-automatic-releases": "github",
    "googleapis/release-please-action": "tag",
    "google-github-actions/release-please-action": "tag",
    "python-semantic-release/python-semantic-release": "tag",
    "python-semantic-release/publish-action": "tag",
    "relekang/python-semantic-release": "tag",
    "commitizen-tools/commitizen-action": "tag",
    "mathieudutour/github-tag-action": "tag",
    "anothrnick/github-tag-action": "tag",
}
_COMMANDS: Final = {
    "pypi": r"\b(twine|maturin) upload\b|\b(poetry|flit|hatch|uv|pdm|rye|maturin)\b[^\n|&]* publish\b"
    r"|setup\.py[^\n]* upload\b",
    "image": r"\b(docker|podman|buildah) push\b|\bdocker buildx build\b[^|&]*--push",
    "chart": r"\bhelm push\b|\bcr upload\b|\bchartpress\b[^\n]*--publish",
    "github": r"\bgh release create\b",
    "tag": r"\bcz bump\b|\bsemantic-release\b[^\n]* (version|publish)\b"
    r"|\b(bumpversion|bump2version|bump-my-version|tbump)\b",
}
_TESTS: Final = r"\b(pytest|tox|nox|unittest|ruff|mypy|flake8|pre-commit)\b"
# Actions that prepare or build a release; a workflow with any other one may do what the release does not.
_BUILDING: Final = re.compile(
    r"actions/(checkout|setup-[\w-]+|cache(/\w+)?|(up|down)load-artifact|attest[\w-]*)|docker/[\w-]+|pypa/[\w-]+"
    r"|astral-sh/[\w-]+|azure/setup-helm|sigstore/[\w.-]+|anchore/sbom-action|step-security/harden-runner"
    r"|hynek/build-and-inspect-python-package|snok/install-poetry|abatilo/actions-poetry|pdm-project/setup-pdm"
    r"|redhat-actions/[\w-]+|dtolnay/rust-toolchain|slsa-framework/[\w./-]+"
)
# Commands that publish what the release does not, or change another machine.
_ELSEWHERE: Final = (
    r"\b(npm|pnpm|yarn|cargo|gem|mvn|gradlew?|dotnet|nuget)\b[^\n|&;]* (publish|push|deploy)\b"
    r"|\b(gh-deploy|ghp-import|mike deploy|helm upgrade|helm install|ssh|scp|rsync)\b"
    r"|\b(aws|gcloud|gsutil|az|kubectl|terraform|ansible-playbook|flyctl|heroku|netlify|vercel) "
    r"|\bcurl\b[^\n|]* (-X|--request|-d|--data|-F|--form|-T|--upload-file)\b"
    r"|\bgit push\b[^\n]*(pages|https?:|git@)"
)


@dataclass(frozen=True)
class Publisher:
    """
    One step that publishes.

    Args:
        channel: what it publishes: `pypi`, `image`, `chart`, `github`, or `tag` where it tags.
        what: the action or the command.
        is_alone: whether the release does everything that the workflow does, so that the file can be removed.
    """

    channel: str
    path: str
    line: int
    what: str
    is_alone: bool

    @property
    def where(self) -> str:
        """`.github/workflows/publish.yml:12`"""
        return f"{self.path}:{self.line}"


def find(tree: Tree, ours: str = "") -> tuple[Publisher, ...]:
    """
    Every step of a workflow that publishes what is tagged, or tags.

    Args:
        ours: the path of the workflow that releases with us.
    """
    every = [step for step in steps(tree, "") if step.path != ours and not _is_ours(tree, step.path)]
    found = [one for step in every for one in _of(tree, step, every)]
    return tuple(dict.fromkeys(found))


def conflicts(found: Sequence[Publisher], channels: Mapping[str, bool]) -> tuple[Publisher, ...]:
    """Those that would publish what the release publishes too, the first one of each workflow and channel."""
    both = [one for one in found if one.channel == "tag" or channels.get(one.channel, False)]
    kept = {(one.path, one.channel): one for one in reversed(both)}
    # A workflow that also publishes to a channel that is off is still needed.
    needed = {one.path for one in found if one not in both}
    return tuple(replace(one, is_alone=one.is_alone and one.path not in needed) for one in reversed(kept.values()))


def _is_ours(tree: Tree, path: str) -> bool:
    return re.search(r"\bcontd[-_]release\b|\binvoke publish\b", tree.text(path) or "") is not None


def _of(tree: Tree, step: Step, every: Sequence[Step]) -> Iterator[Publisher]:
    for channel, what in _published(step):
        if (
            channel != "tag"
            and not step.on_tags
            and not any(_makes_tags(one) for one in every if one.path == step.path)
        ):
            continue
        line = tree.line_of(step.path, re.escape(what.split("\n", 1)[0].strip()))
        yield Publisher(channel, step.path, line or 1, what.strip(), _is_alone(tree, step.path, every))


def _makes_tags(step: Step) -> bool:
    return any(channel == "tag" for channel, _ in _published(step))


def _published(step: Step) -> Iterator[tuple[str, str]]:
    """What a step publishes, and the words that say so."""
    action = step.uses.lower()
    is_pushed = action == "docker/build-push-action" and (
        step.inputs.get("push", "false").lower() != "false" or "push=true" in step.inputs.get("outputs", "")
    )
    if is_pushed:
        yield "image", step.uses
    elif action in _ACTIONS and (action != _MATURIN or step.inputs.get("command") in ("upload", "publish")):
        yield _ACTIONS[action], step.uses
    for channel, pattern in _COMMANDS.items():
        if match := re.search(pattern, step.run):
            yield channel, match[0]


def _is_alone(tree: Tree, path: str, every: Sequence[Step]) -> bool:
    """Whether a workflow only releases: nothing but a release or a person starts it, and no step does more."""
    steps_of = [step for step in every if step.path == path]
    makes_tags = any(_makes_tags(step) for step in steps_of)
    allowed = {"tags", "release", "workflow_dispatch", *(("branches",) if makes_tags else ())}
    return triggers(tree, path) <= allowed and not any(_does_more(step) for step in steps_of)


def _does_more(step: Step) -> bool:
    """Whether a step tests, or does what no release does."""
    action = step.uses.lower()
    is_known = not action or action in _ACTIONS or _BUILDING.fullmatch(action) is not None
    return not is_known or re.search(f"{_TESTS}|{_ELSEWHERE}", step.run) is not None
