"""Tables of TOML and JSON objects as frozen dataclasses, read with one strict converter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from math import isfinite
from typing import Any, Literal, TypeVar, get_args, get_origin

from contd_release.errors import Usage

T = TypeVar("T")

# Between two sentences about one table; no TOML or JSON text has it.
_NEXT = "\0"
_WORDS = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}


def structured(table: object, kind: type[T], where: str) -> T:
    """
    The dataclass `kind` that the table spells; `release-branch` in TOML is `release_branch` here.

    Raises:
        Usage: one line for each key that is unknown, missing or of the wrong type: key, value, what was expected.
    """
    from cattrs import transform_error
    from cattrs.errors import BaseValidationError

    if not isinstance(table, dict):
        raise Usage(f"[{where}] is {table!r}", expected="a table", type_next="$EDITOR pyproject.toml")
    try:
        found: T = _converter(is_toml=True).structure(table, kind)
    except RecursionError as error:
        raise Usage(
            f"[{where}] is nested too deeply", expected="tables of a few levels", type_next="$EDITOR pyproject.toml"
        ) from error
    except BaseValidationError as error:
        lines = transform_error(error, path="", format_exception=_sentence)
        places = (line.rpartition(" @ ") for line in lines)
        raise Usage(
            "\n".join(f"[{where}] {_key(place)}{one}" for what, _, place in places for one in what.split(_NEXT)),
            expected="the keys that the documentation's configuration page lists",
            type_next="$EDITOR pyproject.toml",
        ) from error
    return found


def record(found: object, kind: type[T], *, allows_unknown: bool = True) -> T:
    """
    The dataclass `kind` that a JSON object spells; types are checked as strictly as in the configuration.

    Args:
        allows_unknown: whether keys that `kind` does not have are left out: a newer version may have written them.

    Raises:
        ValueError: a key is missing or unknown, or a value has the wrong type.
    """
    from cattrs import transform_error
    from cattrs.errors import BaseValidationError

    try:
        value: T = _converter(is_toml=False, allows_unknown=allows_unknown).structure(found, kind)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except BaseValidationError as error:
        lines = transform_error(error, path="", format_exception=_sentence)
        places = (line.rpartition(" @ ") for line in lines)
        raise ValueError(
            "; ".join(f"{place.strip('$.') or 'it'} {one}" for what, _, place in places for one in what.split(_NEXT))
        ) from error
    except _Wrong as error:
        raise ValueError(f"it {error}") from error
    return value


@lru_cache
def _converter(*, is_toml: bool, allows_unknown: bool = False) -> Any:
    from cattrs import Converter

    def _dataclass(kind: Any) -> Any:
        from cattrs.gen import make_dict_structure_fn, override

        names: dict[str, Any] = {
            one.name: override(
                rename=one.name.replace("_", "-") if is_toml else one.name,
                struct_hook=_ruled(converter, one.metadata.get("rule")),
            )
            for one in fields(kind)
        }
        structure = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=not allows_unknown, **names)
        return lambda value, kind: structure(_a_table(value), kind)

    converter = Converter(forbid_extra_keys=not allows_unknown)
    for plain in _WORDS:
        converter.register_structure_hook(plain, _strict)
    for origin, hook in ((Literal, _one_of), (tuple, _list(converter)), (Mapping, _table())):
        converter.register_structure_hook_func(_spelled_with(origin), hook)
    converter.register_structure_hook_factory(is_dataclass, _dataclass)
    return converter


def _spelled_with(origin: Any) -> Callable[[Any], bool]:
    return lambda kind: get_origin(kind) in (origin, getattr(origin, "__origin__", origin))


class _Wrong(Exception):
    """A value of the wrong type."""


def _strict(value: object, kind: type) -> object:
    if isinstance(value, float) and not isfinite(value):
        raise _Wrong(f"is {value!r}; expected {_WORDS[kind]}")
    if type(value) is kind or (kind is float and type(value) is int):
        return value
    raise _Wrong(f"is {value!r}; expected {_WORDS[kind]}")


def _ruled(converter: Any, rule: Any) -> Any:
    """A hook that holds a string, each of a list, or each value of a table against the rule of its field."""

    def structure(value: object, kind: Any) -> object:
        found = converter.structure(value, kind)
        for one in found.values() if isinstance(found, dict) else found if isinstance(found, tuple) else (found,):
            if not rule.holds(one):
                raise _Wrong(f"is {rule.shown(one)}; expected {rule.expected}")
        return found

    return structure if rule else None


def _one_of(value: object, kind: Any) -> object:
    if value in get_args(kind):
        return value
    raise _Wrong(f"is {value!r}; expected one of {', '.join(map(str, get_args(kind)))}")


def _a_table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong(f"is {value!r}; expected a table")
    return dict(value)


def _table() -> Any:
    def structure(value: object, kind: Any) -> dict[str, Any]:
        content = get_args(kind)[1]
        if content is Any:
            return _a_table(value)
        for name, one in _a_table(value).items():
            if type(one) is not content:
                raise _Wrong(f"has {name} = {one!r}; expected {_WORDS[content]}")
        return _a_table(value)

    return structure


def _list(converter: Any) -> Any:
    def structure(value: object, kind: Any) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise _Wrong(f"is {value!r}; expected a list")
        return tuple(converter.structure(one, get_args(kind)[0]) for one in value)

    return structure


def _sentence(error: BaseException, kind: Any) -> str:
    from cattrs.errors import ForbiddenExtraKeysError

    if isinstance(error, ForbiddenExtraKeysError):
        known = ", ".join(sorted(_spelled(one.name) for one in fields(error.cl)))
        return _NEXT.join(f"has the unknown key {key}; known are {known}" for key in sorted(error.extra_fields))
    if isinstance(error, KeyError):
        return f"is missing; expected {_WORDS.get(kind, 'a value')}"
    return str(error)


def _key(place: str) -> str:
    key = _spelled(place.strip("$."))
    return f"{key} " if key else ""


def _spelled(name: str) -> str:
    return name.replace("_", "-")
