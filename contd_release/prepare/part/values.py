"""
The chart's values, compared with those of the last release: the keys of values.yaml, and what its schema demands.

https://helm.sh/docs/topics/charts/#schema-files
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from contd_release.prepare.part.change import Change, Since
from contd_release.project.project import Project
from contd_release.tools import git

_MOST: Final = 5000
_LIMITS: Final = ("pattern", "maximum", "minimum", "maxLength", "minLength", "maxItems", "minItems")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Keys = dict[str, "Value"]


@dataclass(frozen=True)
class Value:
    """One key of values.yaml: its line, what kind of node it has, and its text where that is a scalar."""

    line: int
    kind: str
    text: str


def compared(project: Project, base: str, since: Since) -> Iterator[Change | str]:
    """What users of the chart set, and would set in vain after this release; and what is new."""
    chart = project.settings.chart
    if chart is None:
        return
    for name, compare in (("values.yaml", _values), ("values.schema.json", _schemas)):
        path = f"{chart.path.rstrip('/')}/{name}".removeprefix("./")
        old, new = (git.text(project.root, commit, path) for commit in (since.commit, base))
        if old is None and new is None:
            continue
        try:
            yield from compare(path, since, old or "", new or "")
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            yield f"{path} was not compared with {since.tag}: {str(error).splitlines()[0]}"


def _values(path: str, since: Since, old_text: str, new_text: str) -> Iterator[Change]:
    old, new = keys(old_text), keys(new_text)
    kinds = [key for key in old if key in new and "" not in (old[key].kind, new[key].kind)]
    changed = [key for key in kinds if old[key].kind != new[key].kind]
    gone = [key for key in old if key not in new and not key.startswith(tuple(f"{one}." for one in changed))]
    added = [key for key in new if key not in old]
    for key in _outermost(gone):
        was = old[key]
        other = next((one for one in added if _is_renamed(key, was, one, new[one])), None)
        what = f"the value {key} is named {other} now" if other else f"the value {key} is gone"
        yield Change("breaking", f"{since.tag}:{path}:{was.line}", what)
    for key in _outermost(added):
        yield Change("feature", f"{path}:{new[key].line}", f"the value {key} is new")
    for key in changed:
        what = f"the value {key} is a {new[key].kind} now, before a {old[key].kind}"
        yield Change("breaking", f"{path}:{new[key].line}", what)


def keys(text: str) -> Keys:
    """
    Every key of a YAML text by its dotted path.

    Raises:
        yaml.YAMLError: it is not YAML.
        ValueError: it has more keys than a person would write.
    """
    found: Keys = {}
    root = yaml.compose(text, Loader=_LOADER)
    if isinstance(root, yaml.MappingNode):
        _collect(root, "", found)
    return found


def _collect(node: yaml.MappingNode, prefix: str, found: Keys) -> None:
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        name = f"{prefix}{key.value}"
        kind = {"mapping": "map", "sequence": "list"}.get(value.id, "scalar")
        is_open = (kind == "map" or kind == "list") and not value.value
        is_null = kind == "scalar" and value.tag.endswith(":null")
        found[name] = Value(key.start_mark.line + 1, "" if is_null else kind, value.value if kind == "scalar" else "")
        if len(found) > _MOST:
            raise ValueError(f"more than {_MOST} keys")
        if isinstance(value, yaml.MappingNode) and not is_open:
            _collect(value, f"{name}.", found)


def _outermost(names: list[str]) -> list[str]:
    """The keys whose parent is not among them."""
    known = set(names)
    return [one for one in names if not any(f"{one[:at]}" in known for at, letter in enumerate(one) if letter == ".")]


def _is_renamed(key: str, was: Value, other: str, now: Value) -> bool:
    """Whether a new key has the place, the kind and the value of one that is gone, or its name at another place."""
    is_beside = key.rpartition(".")[0] == other.rpartition(".")[0]
    is_same_name = key.rpartition(".")[2] == other.rpartition(".")[2]
    return (was.kind, was.text) == (now.kind, now.text) and (is_same_name or (is_beside and was.text != ""))


def _schemas(path: str, since: Since, old_text: str, new_text: str) -> Iterator[Change]:
    if not new_text:
        return
    old, new = (json.loads(text) if text else {} for text in (old_text, new_text))
    if isinstance(old, dict) and isinstance(new, dict):
        for where, what in _narrowed(old, new, ""):
            line = _line(new_text, where.rpartition(".")[2])
            yield Change("breaking", f"{path}:{line}", what)


def _narrowed(old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    """What the new schema refuses and the old one took: the key, and the reason."""
    yield from _refused(old, new, where)
    inner, outer = _table(new, "properties"), _table(old, "properties")
    is_closed = new.get("additionalProperties") is False
    for key in sorted(_strings(new.get("required")) - _strings(old.get("required"))):
        yield _below(where, key), f"the schema demands {_below(where, key)}"
    for key, was in outer.items():
        if isinstance(was, dict) and isinstance(inner.get(key), dict):
            yield from _narrowed(was, inner[key], _below(where, key))
        elif key not in inner and is_closed:
            yield _below(where, key), f"the schema refuses {_below(where, key)}, which it took"


def _refused(old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    """What one level of the new schema refuses."""
    name = where or "the values"
    if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
        yield where, f"the schema refuses unknown keys in {name}"
    types, before = _strings(new.get("type")), _strings(old.get("type"))
    if types and (not before or before - types - ({"integer"} if "number" in types else set())):
        yield where, f"the schema takes only {', '.join(sorted(types))} for {name}"
    taken, took = new.get("enum"), old.get("enum")
    if isinstance(taken, list) and (not isinstance(took, list) or any(one not in taken for one in took)):
        yield where, f"the schema takes fewer values for {name}"
    for key in _LIMITS:
        if key in new and _is_narrower(key, old.get(key), new[key]):
            yield where, f"the schema has another {key} for {name}: {new[key]}"


def _is_narrower(key: str, old: object, new: object) -> bool:
    if old is None or key == "pattern" or not isinstance(old, int | float) or not isinstance(new, int | float):
        return old != new
    return new < old if key.startswith("max") else new > old


def _below(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _table(schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = schema.get(key)
    return found if isinstance(found, dict) else {}


def _strings(value: object) -> set[str]:
    return {value} if isinstance(value, str) else {str(one) for one in value} if isinstance(value, list) else set()


def _line(text: str, key: str) -> int:
    at = text.find(f'"{key}"') if key else 0
    return text.count("\n", 0, max(at, 0)) + 1
