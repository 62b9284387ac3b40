"""
The jobs of a workflow that upload to PyPI, and whether what they upload is signed.

https://github.com/pypa/gh-action-pypi-publish#generating-and-uploading-attestations
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

ACTION: Final = "pypa/gh-action-pypi-publish"


def unsigned(text: str, environment: str) -> str:
    """
    Why the files that a workflow uploads get no signature of the configured workflow; empty if they do.

    Args:
        environment: the environment in which the job has to run; empty for none.
    """
    import yaml

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return "it is no YAML"
    jobs = list(_jobs(_table(found)))
    if not jobs:
        return f"no job of it uses {ACTION}, and no other upload signs"
    return next((why for name, job, step in jobs if (why := _why(_table(found), name, job, step, environment))), "")


def _jobs(workflow: dict[Any, Any]) -> Iterator[tuple[str, dict[Any, Any], dict[Any, Any]]]:
    for name, job in _table(workflow.get("jobs")).items():
        steps = _table(job).get("steps")
        for step in steps if isinstance(steps, list) else ():
            if str(_table(step).get("uses", "")).partition("@")[0].lower() == ACTION:
                yield str(name), _table(job), _table(step)


def _why(workflow: dict[Any, Any], name: str, job: dict[Any, Any], step: dict[Any, Any], environment: str) -> str:
    permissions = job.get("permissions", workflow.get("permissions"))
    if permissions != "write-all" and _table(permissions).get("id-token") != "write":
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
