"""The release workflow: what each of its jobs may do, and what it runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from contd_release import __version__
from contd_release.adopt.templates import release_workflow
from contd_release.project.tag_format import TagFormat
from contd_release.tools import prometheus

ROOT = Path(__file__).parents[1]
OURS = ROOT / ".github" / "workflows" / "release.yml"
TEMPLATE = ROOT / "contd_release" / "adopt" / "templates" / "release.yml"


@pytest.fixture
def workflow() -> dict[str, Any]:
    """The workflow as YAML."""
    found = yaml.safe_load(OURS.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_ours_is_the_template() -> None:
    """What others are given is what releases this project, but for where the program comes from."""
    template = TEMPLATE.read_text(encoding="utf-8")
    assert template.count('CONTD_RELEASE: "contd-release[helm,sbom,sign]"') == 1
    expected = template.replace('CONTD_RELEASE: "contd-release[helm,sbom,sign]"', 'CONTD_RELEASE: ".[helm,sbom,sign]"')
    assert expected == OURS.read_text(encoding="utf-8")


def test_ours_for_pull_requests_is_the_template() -> None:
    """The same of the workflow that asks for a fragment."""
    template = (TEMPLATE.parent / "news.yml").read_text(encoding="utf-8")
    ours = (OURS.parent / "news.yml").read_text(encoding="utf-8")
    assert template.replace('CONTD_RELEASE: "contd-release"', 'CONTD_RELEASE: "."') == ours


def test_a_pull_request_of_a_fork_gets_no_secret() -> None:
    """Its workflow is started by `pull_request`, reads alone, names no secret, and runs no task of the fork."""
    text = (TEMPLATE.parent / "news.yml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)
    assert list(found[True]) == ["pull_request"]
    assert (found["permissions"], found["jobs"]["news"]["permissions"]) == ({}, {"contents": "read"})
    assert "secrets." not in text
    assert "github.token" not in text
    assert "invoke " not in text


def test_every_job_has_the_least_rights(workflow: dict[str, Any]) -> None:
    """
    Each right is where it is needed; what may publish to PyPI may do nothing else, and the build may do nothing at all.
    """
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == {
        "platform": {"contents": "read"},
        "build": {"contents": "read"},
        "attest": {"id-token": "write", "attestations": "write"},
        "pypi": {"id-token": "write"},
        "registry": {"contents": "read", "packages": "write", "id-token": "write"},
        "github": {"contents": "write", "attestations": "read"},
        "verify": {"contents": "read", "packages": "read"},
        "promote": {"contents": "write", "packages": "write", "attestations": "read"},
    }


@pytest.mark.parametrize("job", ["attest", "pypi"])
def test_who_signs_files_runs_none_of_our_code(workflow: dict[str, Any], job: str) -> None:
    """
    A job that attests files or uploads them has actions alone: no checkout, no command. Only the job that pushes the
    image and the chart runs our code with an identity, and its environment is not the one that PyPI trusts.
    """
    steps = workflow["jobs"][job]["steps"]
    assert [step["uses"].partition("@")[0] for step in steps][:-1] == ["actions/download-artifact"]
    assert not any("run" in step for step in steps)


def test_one_job_builds(workflow: dict[str, Any]) -> None:
    """What is published is what the one build sealed; it joins what a machine of each platform built."""
    commands = {
        name: [step["run"] for step in job["steps"] if "invoke" in step.get("run", "")]
        for name, job in workflow["jobs"].items()
    }
    building = {name: said for name, said in commands.items() if any("invoke build" in one for one in said)}
    assert building == {
        "platform": ['invoke build --only image --platform "$PLATFORM" --to parts'],
        "build": ["invoke build --join parts --to dist"],
    }
    for name in ("registry", "github", "promote"):
        assert "--artifacts dist" in commands[name][0]


def test_what_may_publish_waits_for_a_yes(workflow: dict[str, Any]) -> None:
    """Every job that writes somewhere has an environment, which may ask a person first."""
    found = {name: job.get("environment") for name, job in workflow["jobs"].items()}
    assert {name: environment for name, environment in found.items() if environment} == {
        "pypi": "pypi",
        "registry": "release",
        "github": "release",
        "promote": "release",
    }


def test_every_action_is_pinned() -> None:
    """
    An action is a commit, with its version beside it; no credential stays in a checkout, no cache is read, and no
    release is cancelled by another.
    """
    text = OURS.read_text(encoding="utf-8")
    uses = [line.strip().removeprefix("- ") for line in text.splitlines() if "uses:" in line]
    assert [one for one in uses if re.fullmatch(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == uses
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")
    assert "cancel-in-progress: false" in text
    assert not re.search(r"actions/cache|^ +cache:", text, re.MULTILINE)


def test_the_monitor_gets_what_it_logs_in_with() -> None:
    """GitHub's own token, and Prometheus's by reference to a secret, under the name that is looked for."""
    found = yaml.safe_load((ROOT / ".github" / "workflows" / "monitor.yml").read_text(encoding="utf-8"))
    (look,) = (step for step in found["jobs"]["look"]["steps"] if "invoke monitor" in step.get("run", ""))
    assert look["env"][prometheus.TOKEN] == "${{ secrets.%s }}" % prometheus.TOKEN  # noqa: UP031
    assert look["env"]["GITHUB_TOKEN"] == "${{ github.token }}"


@pytest.mark.parametrize(
    ("tag_format", "pattern", "start"),
    [("{version}", "[0-9]*", ""), ("contd/v{version}", "contd/v[0-9]*", "contd/v"), ("v{version}", "v*", "v")],
)
def test_the_template_starts_on_the_tags_of_the_repository(tag_format: str, pattern: str, start: str) -> None:
    """Whatever its releases are called; nothing else of the template changes."""
    text = release_workflow(TagFormat(tag_format))
    found = yaml.safe_load(text)

    assert found[True]["push"]["tags"] == [pattern]
    assert found["jobs"]["platform"]["if"] == f"${{{{ startsWith(github.ref, 'refs/tags/{start}') }}}}"
    template = TEMPLATE.read_text(encoding="utf-8").splitlines()
    assert sum(ours != theirs for ours, theirs in zip(text.splitlines(), template, strict=True)) in (1, 3)


def test_the_template_pins_the_version_that_wrote_it() -> None:
    """The workflow releases with the version that the repository was adopted with, until a person raises it."""
    found = yaml.safe_load(release_workflow(TagFormat("v{version}")))

    assert found["env"]["CONTD_RELEASE"] == f"contd-release[helm,sbom,sign]=={__version__}"
