"""
Compares the public API of two trees with griffe, in a process of its own. The trees are parsed; nothing is imported.

Griffe logs, warns and recurses as the code that it reads wants; here none of that reaches the release, and the process
can be ended. This file imports nothing of this package.

It reads a JSON object on standard input and prints one. It reads `old` and `new`, each a list of `[search path, module
name]` below the current folder, and `public`, patterns of module names. It prints `changes`, each with `size`, `what`,
`path`, `line` and `is_old`, and `problems`.

https://mkdocstrings.github.io/griffe/guide/users/checking/
"""

from __future__ import annotations

import ast
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import griffe
from griffe import BreakageKind

# A special name at the top of a module that users do not call, and what takes another value in every release.
_NO_API = frozenset({"__all__", "__slots__", "__path__", "__doc__", "__annotations__", "__match_args__", "__main__"})
_VALUES = {BreakageKind.PARAMETER_CHANGED_DEFAULT: "feature", BreakageKind.RETURN_CHANGED_TYPE: "fix"}
_WORDS = {
    BreakageKind.PARAMETER_MOVED: "moved its parameter {name}",
    BreakageKind.PARAMETER_REMOVED: "lost its parameter {name}",
    BreakageKind.PARAMETER_CHANGED_REQUIRED: "now needs its parameter {name}",
    BreakageKind.PARAMETER_ADDED_REQUIRED: "needs a new argument {name}",
    BreakageKind.PARAMETER_CHANGED_KIND: "takes {name} as {new}, before as {old}",
    BreakageKind.PARAMETER_CHANGED_DEFAULT: "has another default for {name}: {new}, before {old}",
    BreakageKind.RETURN_CHANGED_TYPE: "is annotated to return {new}, before {old}",
    BreakageKind.OBJECT_REMOVED: "is gone",
    BreakageKind.OBJECT_CHANGED_KIND: "is now a {new}, before a {old}",
    BreakageKind.CLASS_REMOVED_BASE: "lost a base class: now {new}, before {old}",
}
_LABELS = {
    "async": "is a coroutine function",
    "staticmethod": "is a static method",
    "classmethod": "is a class method",
    "writable": "can be set",
    "deletable": "can be deleted",
}
_FAILURES = (griffe.GriffeError, ImportError, SyntaxError, ValueError, KeyError, RecursionError)
Change = dict[str, object]


def main() -> int:
    """Compare the two trees that standard input names."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(5000)
    asked = json.load(sys.stdin)
    unread = _unread(asked["old"]) | _unread(asked["new"])
    old, new = (_loaded(asked[side], unread) for side in ("old", "new"))
    for module in (*old.values(), *new.values()):
        _publish(module)
        _keep(module, asked["public"])
    changes: list[Change] = []
    for name, module in old.items():
        if name in new:
            try:
                changes += _changes(module, new[name])
            except _FAILURES as error:
                unread.setdefault(name, f"{type(error).__name__}: {error}")
        else:
            changes.append(_change("breaking", f"{name} is gone", module, is_old=True))
    changes += [_change("feature", f"{name} is new", new[name]) for name in new if name not in old]
    known = [one for one in changes if not any(_is_of(str(one["what"]), name) for name in unread)]
    problems = [f"{name}: {why}" for name, why in unread.items()]
    sys.stdout.write(json.dumps({"changes": known, "problems": problems}) + "\n")
    return 0


def _unread(modules: list[list[str]]) -> dict[str, str]:
    """The modules of one tree that this Python cannot parse, by name; griffe would take them for removed."""
    found = {}
    for folder, name in modules:
        base = Path(folder).joinpath(*name.split("."))
        singles = [one for one in (base.with_suffix(".py"), base.with_suffix(".pyi")) if one.is_file()]
        for path in (*singles, *sorted(base.rglob("*.py*"))):
            parts = path.relative_to(folder).with_suffix("").parts
            try:
                ast.parse(path.read_bytes())
            except (SyntaxError, ValueError, RecursionError) as error:
                line = getattr(error, "lineno", 0) or 0
                found[".".join(parts).removesuffix(".__init__")] = f"{type(error).__name__} in line {line}"
    return found


def _is_of(what: str, name: str) -> bool:
    """Whether a change is in this module or below it."""
    subject = what.partition(" ")[0]
    return subject == name or subject.startswith(f"{name}.")


def _loaded(modules: list[list[str]], unread: dict[str, str]) -> dict[str, Any]:
    """The modules of one tree by name, parsed and with the imports within the tree followed."""
    folders = dict.fromkeys(Path(folder).absolute() for folder, _ in modules)
    loader = griffe.GriffeLoader(search_paths=list(folders), allow_inspection=False)
    found = {}
    for _, name in modules:
        try:
            loader.load(name, try_relative_path=False)
            found[name] = loader.modules_collection[name]
        except _FAILURES as error:
            unread.setdefault(name, f"{type(error).__name__}: {error}")
    # Imports from other distributions stay unresolved: they are not part of this one's API.
    with suppress(*_FAILURES):
        loader.resolve_aliases(implicit=False, external=False)
    return found


def _publish(module: Any) -> None:
    """Mark as public what an `__init__` without `__all__` imports from a private module of its own package."""
    for member in list(module.members.values()):
        if member.is_alias:
            target = member.target_path.split(".")
            is_ours = target[0] == module.path.partition(".")[0]
            is_private = any(part.startswith("_") and not part.startswith("__") for part in target[:-1])
            is_shown = module.is_init_module and not module.exports and not member.name.startswith("_")
            member.public = True if is_ours and is_private and is_shown else None
        elif member.is_module:
            _publish(member)


def _keep(module: Any, public: list[str]) -> bool:
    """Mark the names of a module that matches no pattern as private; whether it or a module below it matches."""
    is_named = any(fnmatchcase(module.path, pattern) for pattern in public)
    is_any = is_named
    for member in module.members.values():
        if not member.is_alias and member.is_module:
            is_below = _keep(member, public)
            member.public = member.is_public if is_below else False
            is_any = is_any or is_below
        elif not is_named:
            member.public = False
    return is_any


def _changes(old: Any, new: Any) -> Iterator[Change]:
    """The differences, each once: several paths may lead to one name."""
    seen: set[tuple[str, str]] = set()
    for one in (*_broken(old, new), *_overloads(old, new), *_more(old, new, set())):
        key = (str(one["what"]), f"{one['path']}:{one['line']}")
        if key not in seen:
            seen.add(key)
            yield one


def _broken(old: Any, new: Any) -> Iterator[Change]:
    for breakage in griffe.find_breaking_changes(old, new):
        kind, thing = breakage.kind, breakage.obj
        if kind not in _WORDS or thing.name in _NO_API:
            continue
        before, after = breakage.old_value, breakage.new_value
        parameter = getattr(before, "name", "") or getattr(after, "name", "")
        words = _WORDS[kind].format(name=parameter, old=_said(kind, before), new=_said(kind, after))
        is_gone = kind is BreakageKind.OBJECT_REMOVED
        was = " (it was deprecated)" if is_gone and _is_deprecated(thing) else ""
        yield _change(_VALUES.get(kind, "breaking"), f"{thing.path} {words}{was}", thing, is_old=is_gone)


def _said(kind: BreakageKind, value: Any) -> str:
    if kind is BreakageKind.OBJECT_REMOVED:
        return ""
    if kind is BreakageKind.PARAMETER_CHANGED_KIND:
        return str(value.kind.value)
    if kind is BreakageKind.PARAMETER_CHANGED_DEFAULT:
        return str(value.default)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return str(getattr(value, "value", value))


def _more(old: Any, new: Any, seen: set[str]) -> Iterator[Change]:
    """New names, and the changes that griffe does not compare."""
    before = old.all_members
    for name, member in new.members.items():
        was = before.get(name)
        if name in _NO_API or (not member.is_alias and member.is_module and name == "__main__"):
            continue
        if was is not None and was.is_public and not member.is_public:
            is_dropped = bool(new.exports and old.exports) if new.is_module else True
            yield _change("breaking" if is_dropped else "fix", f"{member.path} is no longer public", member)
        if not member.is_public:
            continue
        if was is None or not was.is_public:
            yield from _new(old, member)
            continue
        yield from _pair(was, member, seen)


def _new(old: Any, member: Any) -> Iterator[Change]:
    """A public name that was not there."""
    if member.name == "__init__" and old.is_class:
        needed = [one.name for one in list(member.parameters)[1:] if one.required] if member.is_function else []
        words = f"{old.path} needs new arguments: {', '.join(needed)}" if needed else f"{old.path} takes arguments"
        yield _change("breaking" if needed else "feature", words, member)
    elif old.is_class and not member.is_alias and "abstractmethod" in " ".join(_decorators(member)):
        yield _change("breaking", f"{member.path} is a new method that every subclass must have", member)
    else:
        yield _change("feature", f"{member.path} is new", member)


def _pair(was: Any, member: Any, seen: set[str]) -> Iterator[Change]:
    """One public name that was there before."""
    try:
        was, member = was.final_target if was.is_alias else was, member.final_target if member.is_alias else member
    except griffe.GriffeError:
        return
    if member.path in seen or was.kind is not member.kind:
        return
    seen.add(member.path)
    if member.is_module or member.is_class:
        yield from _overloads(was, member)
        yield from _more(was, member, seen)
    elif member.is_function:
        known = {one.name for one in was.parameters}
        for one in member.parameters:
            if one.name not in known and not one.required:
                yield _change("feature", f"{member.path} takes a new argument {one.name}", member)
    for label, words in _LABELS.items():
        if (label in was.labels) is not (label in member.labels):
            is_more = label in member.labels and label in ("writable", "deletable")
            size, no = ("feature" if is_more else "breaking"), "" if label in member.labels else "no longer "
            yield _change(size, f"{member.path} {no}{words}", member)


def _overloads(was: Any, member: Any) -> Iterator[Change]:
    """Overloads by their parameters, whatever the annotations are."""
    for name, there in member.members.items():
        if there.is_alias or not there.is_public or not there.is_function or name not in was.members:
            continue
        before, after = _overloads_of(was.members[name]), _overloads_of(there)
        lost = [one for one in before if not any(_takes(other, one) for other in after)]
        if lost or len(after) < len(before):
            yield _change("breaking" if after else "fix", f"{there.path} lost an overload", there)
        elif before and any(not any(_takes(other, one) for other in before) for one in after):
            yield _change("feature", f"{there.path} has a new overload", there)


def _overloads_of(function: Any) -> list[dict[str, Any]]:
    """The parameters of each overload, by name."""
    if function.is_alias or not function.is_function:
        return []
    return [{one.name: one for one in each.parameters} for each in function.overloads or ()]


def _takes(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """Whether an overload takes every call that another takes."""
    is_kept = all(
        name in new and new[name].kind is one.kind and (one.required or not new[name].required)
        for name, one in old.items()
    )
    return is_kept and not any(one.required for name, one in new.items() if name not in old)


def _decorators(member: Any) -> list[str]:
    return [str(one.value) for one in getattr(member, "decorators", ())] + sorted(member.labels)


def _is_deprecated(thing: Any) -> bool:
    """Whether the source of a removed name says that it is deprecated."""
    return not thing.is_alias and not thing.is_module and "deprecat" in thing.source.lower()


def _change(size: str, what: str, thing: Any, *, is_old: bool = False) -> Change:
    """A change, and the line of the file that it is seen in."""
    place = thing.parent if thing.is_alias else thing
    line = (thing.alias_lineno if thing.is_alias else thing.lineno) or 1
    path = place.filepath
    shown = str((path[0] if isinstance(path, list) else path).relative_to(Path.cwd()))
    return {"size": size, "what": what, "path": shown, "line": line, "is_old": is_old}


if __name__ == "__main__":
    sys.exit(main())
