"""What the workflows of GitHub and GitLab do today, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contd_release.adopt.tree import Tree

FOLDER: Final = ".github/workflows/"
_FIELD: Final = re.compile(r"\$\{\{\s*([^}]+?)\s*\}\}")


@dataclass(frozen=True)
class Step:
    """
    One step of a job, with its expressions filled in as far as files say their value.

    Args:
        uses: the action, or the workflow that the job calls, without its version.
        inputs: what it is given; every value as text.
        on_tags: whether a tag starts the workflow.
    """

    path: str
    job: str
    uses: str
    run: str
    inputs: Mapping[str, str]
    on_tags: bool


def steps(tree: Tree, repository: str) -> tuple[Step, ...]:
    """
    Every step of every workflow.

    Args:
        repository: `OWNER/NAME` on GitHub; empty if it is not known.
    """
    paths = [path for path in tree.files if path.startswith(FOLDER) and path.endswith((".yml", ".yaml"))]
    return tuple(step for path in paths for step in _steps(tree, path, repository))


def triggers(tree: Tree, path: str) -> frozenset[str]:
    """What starts a workflow: the events by their names, but `tags` and `branches` for a push of these."""
    _, on = _loaded(tree, path)
    events = _mapping(on) or {str(one): None for one in (on if isinstance(on, list) else [on])}
    push = _mapping(events.pop("push", None)) if "push" in events else None
    pushed = {"tags"} if push and set(push) <= {"tags", "tags-ignore"} else {"branches", "tags"} & {*(push or ())}
    return frozenset(events) | (pushed or {"branches"} if push is not None else frozenset())


def _loaded(tree: Tree, path: str) -> tuple[dict[str, object], object]:
    """A workflow, and what starts it."""
    import yaml

    try:
        found = yaml.load(tree.text(path) or "", Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}, None
    # "on" is true in YAML 1.1.
    return _mapping(found), found.get("on", found.get(True)) if isinstance(found, dict) else None


def _steps(tree: Tree, path: str, repository: str) -> Iterator[Step]:
    workflow, on = _loaded(tree, path)
    on_tags = _is_on_tags(on)
    owner, _, name = repository.partition("/")
    known = {"github.repository": repository, "github.repository_owner": owner, "github.event.repository.name": name}
    for job, body in _mapping(workflow.get("jobs")).items():
        environment = _texts(workflow.get("env")) | _texts(_mapping(body).get("env"))
        if called := _mapping(body).get("uses"):
            yield Step(path, job, str(called).partition("@")[0], "", {}, on_tags)
        listed = _mapping(body).get("steps")
        for step in listed if isinstance(listed, list) else ():
            one = _mapping(step)
            values = known | {f"env.{key}": value for key, value in (environment | _texts(one.get("env"))).items()}
            inputs = {key: _filled(value, values) for key, value in _texts(one.get("with")).items()}
            uses = str(one.get("uses", "")).partition("@")[0]
            yield Step(path, job, uses, _filled(str(one.get("run", "")), values), inputs, on_tags)


def _is_on_tags(triggers: object) -> bool:
    on = _mapping(triggers)
    push = _mapping(on.get("push"))
    return (
        "tags" in push
        or "release" in on
        or triggers == "release"
        or (isinstance(triggers, list) and "release" in triggers)
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known in place of its expressions, twice, because variables hold expressions."""
    for _ in range(2):
        text = _FIELD.sub(lambda match: values.get(match[1]) or match[0], text)
    return text


def _mapping(value: object) -> dict[str, object]:
    return {str(key): one for key, one in value.items()} if isinstance(value, dict) else {}


def _texts(value: object) -> dict[str, str]:
    return {key: str(one) for key, one in _mapping(value).items() if isinstance(one, str | int | float | bool)}
