"""
The jobs of a workflow that publish, and whether what they publish is signed.

https://github.com/pypa/gh-action-pypi-publish#generating-and-uploading-attestations
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

ACTION: Final = "pypa/gh-action-pypi-publish"
_ATTEST: Final = ("actions/attest", "actions/attest-build-provenance")
_PUBLISH: Final = re.compile(r"\binvoke\b.*\bpublish\b(.*)")
_ONLY: Final = re.compile(r"--only[ =](\S+)")


def unsigned(text: str, environment: str) -> str:
    """
    Why the files that a workflow uploads get no signature of the configured workflow; empty if they do.

    Args:
        environment: the environment in which the job has to run; empty for none.
    """
    if (found := _read(text)) is None:
        return "it is no YAML"
    jobs = list(_jobs(_table(found)))
    if not jobs:
        return f"no job of it uses {ACTION}, and no other upload signs"
    return next((why for name, job, step in jobs if (why := _why(_table(found), name, job, step, environment))), "")


def without_identity(text: str, channel: str) -> str:
    """Why the job of a workflow that publishes a channel with `invoke publish` cannot sign; empty if it can."""
    if (found := _read(text)) is None:
        return "it is no YAML"
    workflow = _table(found)
    jobs = {str(name): job for name, job in _table(workflow.get("jobs")).items() if _publishes(_table(job), channel)}
    if not jobs:
        return f"no job of it runs `invoke publish` for the {channel}"
    bad = next((name for name, job in jobs.items() if not _may_write(workflow, _table(job), "id-token")), None)
    return f"its job {bad} has no permission `id-token: write`, so sigstore does not learn who signs" if bad else ""


def unattested(text: str) -> str:
    """Why a workflow attests nothing on GitHub; empty if it does."""
    if (found := _read(text)) is None:
        return "it is no YAML"
    workflow = _table(found)
    jobs = {str(name): _table(job) for name, job in _table(workflow.get("jobs")).items() if _uses(_table(job), _ATTEST)}
    if not jobs:
        return f"no job of it uses {_ATTEST[0]}"
    for name, job in jobs.items():
        for right in ("id-token", "attestations"):
            if not _may_write(workflow, job, right):
                return f"its job {name} has no permission `{right}: write`"
    return ""


def _read(text: str) -> object:
    import yaml

    try:
        found: object = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return found or {}


def _publishes(job: dict[Any, Any], channel: str) -> bool:
    steps = job.get("steps")
    texts = [str(_table(step).get("run", "")) for step in (steps if isinstance(steps, list) else ())]
    calls = [words for text in texts for words in _PUBLISH.findall(text)]
    return any(not (only := _ONLY.search(words)) or channel in only[1].split(",") for words in calls)


def _uses(job: dict[Any, Any], actions: tuple[str, ...]) -> bool:
    steps = job.get("steps")
    used = (str(_table(step).get("uses", "")).partition("@")[0] for step in (steps if isinstance(steps, list) else ()))
    return any(one.lower() in actions for one in used)


def _may_write(workflow: dict[Any, Any], job: dict[Any, Any], right: str) -> bool:
    permissions = job.get("permissions", workflow.get("permissions"))
    return permissions == "write-all" or _table(permissions).get(right) == "write"


def _jobs(workflow: dict[Any, Any]) -> Iterator[tuple[str, dict[Any, Any], dict[Any, Any]]]:
    for name, job in _table(workflow.get("jobs")).items():
        steps = _table(job).get("steps")
        for step in steps if isinstance(steps, list) else ():
            if str(_table(step).get("uses", "")).partition("@")[0].lower() == ACTION:
                yield str(name), _table(job), _table(step)


def _why(workflow: dict[Any, Any], name: str, job: dict[Any, Any], step: dict[Any, Any], environment: str) -> str:
    if not _may_write(workflow, job, "id-token"):
        return f"its job {name} has no permission `id-token: write`, so sigstore does not learn who signs"
    inputs = _table(step.get("with"))
    if str(inputs.get("attestations", "true")).lower() != "true":
        return f"its job {name} turns attestations off"
    if inputs.get("password"):
        return f"its job {name} uploads with a password; PyPI accepts attestations from trusted publishers only"
    stated = job.get("environment") or ""
    stated = str(_table(stated).get("name", "") if isinstance(stated, dict) else stated)
    if stated != environment:
        return f"its job {name} runs in {_named(stated)}, and {_named(environment)} is configured"
    return ""


def _named(environment: str) -> str:
    return f"the environment {environment}" if environment else "no environment"


def _table(found: object) -> dict[Any, Any]:
    return found if isinstance(found, dict) else {}
