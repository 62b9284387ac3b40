"""
Channels that installed packages bring: found by their entry point, checked by name, and made whole.

A plug-in has to have `is_on`. Of what else it leaves out, `publish` answers what it can: see `fallback`. The rest has
nothing to do. These names are refused when it is loaded, so that a misspelt `verfiy` never means "not verified":

- a function of the plug-in that takes a release, a project, a rollback or a sandbox alone, and has no hook's name;
- anything whose name is near a hook's, and none.

The name of a helper begins with an underscore, or the helper lives in another module of the package.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import lru_cache, partial
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from types import FunctionType, ModuleType
from typing import Final

from contd_release.channels import fallback
from contd_release.channels.base import LeftOut, Sandbox, nothing
from contd_release.channels.fallback import Part, Readings
from contd_release.channels.offer import Offer, containment
from contd_release.channels.read_back import Claim
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.items import Item
from contd_release.errors import NotReady, Usage
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release

GROUP: Final = "contd_release.channels"
_NEAR: Final = 0.8
_SUBJECTS: Final = frozenset({"release", "project", "rollback", "sandbox"})


@dataclass(frozen=True)
class Plugin:
    """
    A channel of another package, with every part of `Channel`.

    Args:
        name: the name of its entry point.
        package: the package to install, upgrade or remove.
    """

    name: str
    package: str
    is_on: Callable[[Project], bool]
    PLACE: str
    AFTER: str = ""
    WISHES: tuple[str, ...] = ()
    access: Part = nothing
    access_by_tag: Part = nothing
    build: Part = nothing
    built: Callable[[Release], Iterable[Artifact]] = nothing
    takes: Callable[[Artifact], bool] = lambda _: False
    stage: Part = nothing
    publish: Part = nothing
    verify: Part = nothing
    readings: Readings = nothing
    promote: Part = nothing
    withdraw: Callable[[Rollback], Iterable[Item]] = nothing
    remains: Callable[[Rollback], Iterable[Remaining]] = nothing
    is_public: Callable[[Release], bool] = lambda _: False
    offers: Callable[[Project], Iterable[Offer]] = nothing
    containment: Callable[[Offer], str] = containment
    rehearsed: Callable[[Sandbox], Mapping[str, object]] = lambda _: {}
    left_out: Callable[[Project], LeftOut | None] = lambda _: None


HOOKS: Final = tuple(one.name for one in fields(Plugin) if one.name not in ("name", "package"))
_CONSTANTS: Final = tuple(name for name in HOOKS if name.isupper())


def plugins(taken: tuple[str, ...]) -> dict[str, Plugin]:
    """
    The channels that installed packages bring, by name.

    Args:
        taken: the names of our own channels.

    Raises:
        Usage: two channels have one name.
        NotReady: a package cannot be imported, or what it brings is no channel.
    """
    known: dict[str, Plugin] = {}
    for entry in _installed(tuple(sys.path)):
        if entry.name in known or entry.name in taken:
            raise Usage(
                f"{_package(entry)} brings a channel {entry.name!r}, and there is one of that name",
                expected="a name of its own",
                type_next=f"python -m pip uninstall {_package(entry)}",
            )
        known[entry.name] = _loaded(entry)
    for one in known.values():
        if one.AFTER and one.AFTER not in (*taken, *known):
            raise NotReady(
                f"the channel {one.name} of {one.package} comes AFTER {one.AFTER!r}, and there is no such channel",
                expected=f"one of {', '.join((*taken, *known))}",
                type_next=_removal(one.package),
            )
    return known


@lru_cache(maxsize=1)
def _installed(_path: tuple[str, ...]) -> EntryPoints:
    """The entry points of the packages on this path, searched once: packages stay as they are while a task runs."""
    return entry_points(group=GROUP)


def _loaded(entry: EntryPoint) -> Plugin:
    module, package = _imported(entry), _package(entry)
    if problems := tuple(_problems(module)):
        raise NotReady(
            f"the channel {entry.name} of {package} {'; '.join(problems)}",
            expected=f"functions named {', '.join(HOOKS)}; a helper's name begins with an underscore",
            type_next=_removal(package),
        )
    given = {name: getattr(module, name) for name in HOOKS if hasattr(module, name)}
    whole = Plugin(**{"name": entry.name, "package": package, "PLACE": entry.name} | given)
    return _completed(whole, frozenset(given))


def _completed(one: Plugin, given: frozenset[str]) -> Plugin:
    """The plug-in with what `publish` answers in place of what it leaves out."""
    if not given & {"rehearsed", "left_out"}:
        why = f"{one.package} does not say how to point it at a sandbox"
        left = LeftOut(why, f"python -m pip install --upgrade {one.package}")
        one = replace(one, left_out=lambda _: left)
    if "access_by_tag" not in given:
        one = replace(one, access_by_tag=one.access)
    if "takes" not in given:
        one = replace(one, takes=partial(fallback.takes, one.name))
    publishes, claim = "publish" in given, Claim(one.name, f"{one.PLACE} has what was built", "compared")
    if publishes and "readings" not in given:
        one = replace(one, readings=partial(fallback.readings, one.publish))
    if "verify" in given:
        one = replace(one, verify=partial(fallback.verified, one.verify, claim))
    elif one.readings is not nothing:
        one = replace(one, verify=partial(fallback.compared, one.readings, claim))
    if publishes and "remains" not in given:
        one = replace(one, remains=partial(fallback.remains, one.publish, one.withdraw, one.PLACE))
    if publishes and "is_public" not in given:
        one = replace(one, is_public=partial(fallback.is_public, one.publish))
    return one


def _imported(entry: EntryPoint) -> ModuleType:
    remedy = _removal(_package(entry))
    try:
        module = entry.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise NotReady(
            f"the channel {entry.name} of {_package(entry)} cannot be imported: {error}",
            expected=f"the module {entry.value}",
            type_next=remedy,
        ) from error
    if not isinstance(module, ModuleType) or not callable(getattr(module, "is_on", None)):
        raise NotReady(
            f"the channel {entry.name} of {_package(entry)} has no is_on: {entry.value}",
            expected="a module with is_on(project) and functions that return steps",
            type_next=remedy,
        )
    return module


def _problems(module: ModuleType) -> Iterator[str]:
    """What is wrong with the names of a plug-in's module."""
    for name, value in vars(module).items():
        if name in _CONSTANTS:
            if not isinstance(value, tuple if name == "WISHES" else str):
                yield f"has {name} = {value!r}"
        elif name in HOOKS:
            if not _takes_one(value):
                yield f"has {name}, which is no function of one argument"
        elif not name.startswith("_") and not inspect.ismodule(value) and not inspect.isclass(value):
            yield from _unknown(module, name, value)


def _unknown(module: ModuleType, name: str, value: object) -> Iterator[str]:
    """A name that is no hook's, if it was meant to be one."""
    if isinstance(value, FunctionType) and value.__module__.partition(".")[0] != module.__name__.partition(".")[0]:
        return
    known = [hook for hook in HOOKS if (hook in _CONSTANTS) != callable(value)]
    near = get_close_matches(name.lower(), [hook.lower() for hook in known], 1, _NEAR)
    if near:
        meant = next(hook for hook in known if hook.lower() == near[0])
        yield f"has {name}, which is no hook: {meant} is"
    elif isinstance(value, FunctionType) and _subject(value):
        yield f"has {name}({_subject(value)}), which is no hook"


def _subject(function: FunctionType) -> str:
    """The release, project, rollback or sandbox that a function takes alone, by its name or its annotation."""
    taken = tuple(inspect.signature(function).parameters.values())
    if len(taken) != 1:
        return ""
    annotation = taken[0].annotation
    type_name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    names = {taken[0].name, type_name.rpartition(".")[2].lower()}
    return taken[0].name if names & _SUBJECTS else ""


def _takes_one(value: object) -> bool:
    if not callable(value):
        return False
    try:
        inspect.signature(value).bind(None)
    except (TypeError, ValueError):
        return False
    return True


def _removal(package: str) -> str:
    return f"python -m pip install --force-reinstall {package}   (or pip uninstall it)"


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an installed package"
