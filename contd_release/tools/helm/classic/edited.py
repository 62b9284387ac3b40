"""
The index.yaml of a classic chart repository, edited in its text: entries of other charts and versions stay as they are.

What is written is read again, and refused if it says anything else than it should.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contd_release.tools.helm import archive
from contd_release.tools.helm.classic import index

if TYPE_CHECKING:
    import yaml

_DATE: Final = "tag:yaml.org,2002:timestamp"
_WIDTH: Final = 1 << 20


def added(text: str | None, packed: Path, digest: str, epoch: int) -> str:
    """
    The index with the entry of a packed chart, first of its versions.

    Args:
        packed: the `.tgz`, which lies beside the index.
        digest: its sha256.
        epoch: seconds since 1970 that date the entry, so that equal inputs give equal bytes.
    """
    before = text if text and text.strip() else index.EMPTY
    before += "" if before.endswith("\n") else "\n"
    created = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    chart = _metadata(packed)
    name = str(chart.get("name"))
    chart |= {"created": created, "digest": digest, "urls": [packed.name]}
    wanted = [_plain(chart), *index.listed(before, name)]
    return _checked(_generated(_inserted(before, name, chart), created), name, wanted, before)


def removed(text: str, name: str, version: str) -> str:
    """The index without a version."""
    others = [one for one in index.listed(text, name) if one.get("version") != version]
    span = _key_span(text, name) if not others else _item_span(text, name, version)
    after = text[: span[0]] + text[span[1] :]
    if not others and not index.charts(after):
        after = text[: span[0]].rstrip().removesuffix("entries:") + "entries: {}\n" + text[span[1] :]
    return _checked(after, name, others, text)


def marked(text: str, name: str, version: str, *, is_deprecated: bool) -> str:
    """The index in which a version has `deprecated: true`, or has it no more."""
    item = _item(text, name, version)
    start, column = item.start_mark.index, item.start_mark.column
    found = next((pair for pair in item.value if pair[0].value == "deprecated"), None)
    if found:
        first, last = found[0].start_mark.index, found[1].end_mark.index
        replaced = "deprecated: true" if is_deprecated else "deprecated: false"
        after = text[:first] + replaced + text[last:]
    else:
        after = text[:start] + f"deprecated: true\n{' ' * column}" + text[start:] if is_deprecated else text
    wanted = [
        one | ({"deprecated": str(is_deprecated).lower()} if found or is_deprecated else {})
        if one.get("version") == version
        else one
        for one in index.listed(text, name)
    ]
    return _checked(after, name, wanted, text)


def _inserted(text: str, name: str, chart: dict[str, object]) -> str:
    """The text with one more entry: above the other versions of the chart, or the chart between the others by name."""
    entries = _value(_root(text), "entries")
    assert entries is not None
    pairs: dict[str, tuple[yaml.Node, Any]] = {key.value: (key, value) for key, value in _pairs(entries)}
    if name in pairs:
        key, listed = pairs[name]
        if listed.value and not listed.flow_style:
            column = listed.start_mark.column
            return _at(text, _line(text, listed.start_mark.index), _dumped([chart], column))
        return _instead(text, listed, _dumped([chart], key.start_mark.column))
    if pairs and not entries.flow_style:
        column = entries.start_mark.column
        after = next((key for other, (key, _) in pairs.items() if other > name), None)
        end = _line(text, after.start_mark.index if after else entries.end_mark.index)
        return _at(text, end, _dumped({name: [chart]}, column))
    return _instead(text, entries, _dumped({name: [chart]}, 2))


def _generated(text: str, created: str) -> str:
    found = _value(_root(text), "generated")
    if found is None:
        return text
    return f'{text[: found.start_mark.index]}"{created}"{text[found.end_mark.index :]}'


def _key_span(text: str, name: str) -> tuple[int, int]:
    entries = _value(_root(text), "entries")
    key, value = next(pair for pair in _pairs(entries) if pair[0].value == name)
    return _line(text, key.start_mark.index), _line(text, value.end_mark.index)


def _item_span(text: str, name: str, version: str) -> tuple[int, int]:
    item = _item(text, name, version)
    return _line(text, item.start_mark.index), _line(text, item.end_mark.index)


def _item(text: str, name: str, version: str) -> yaml.MappingNode:
    for item in _value(_value(_root(text), "entries"), name).value:
        if (found := _value(item, "version")) is not None and found.value == version:
            return item  # type: ignore[no-any-return]
    raise index.foreign(f"has no {name} {version}")


def _checked(after: str, name: str, wanted: list[dict[str, Any]], before: str) -> str:
    """
    The text, if it says of this chart what it should, and of all others what it said.

    Raises:
        Conflict: it is written in a way that cannot be edited in its text.
    """
    others = [{key: value for key, value in index.charts(one).items() if key != name} for one in (before, after)]
    if others[0] != others[1] or index.listed(after, name) != wanted:
        raise index.foreign("is not written as helm writes it")
    return after


def _root(text: str) -> yaml.Node:
    import yaml

    found = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    assert found is not None
    return found


def _pairs(node: Any) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    yield from (node.value if isinstance(node.value, list) else ())


def _value(node: Any, key: str) -> Any:
    return next((value for one, value in _pairs(node) if one.value == key), None)


def _line(text: str, index: int) -> int:
    """Where the line begins that holds this character."""
    return text.rfind("\n", 0, index) + 1 if index < len(text) or not text.endswith("\n") else index


def _at(text: str, index: int, inserted: str) -> str:
    return text[:index] + inserted + text[index:]


def _instead(text: str, node: yaml.Node, block: str) -> str:
    """The text with a block in place of an empty value."""
    rest = text[node.end_mark.index :].removeprefix("\n")
    return f"{text[: node.start_mark.index].rstrip(' ')}\n{block}{rest}"


def _dumped(found: object, column: int) -> str:
    import yaml

    text = yaml.safe_dump(found, allow_unicode=True, width=_WIDTH)
    return "".join(f"{' ' * column}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


def _plain(chart: dict[str, object]) -> dict[str, Any]:
    import yaml

    found = yaml.load(yaml.safe_dump(chart), Loader=yaml.BaseLoader)  # noqa: S506
    assert isinstance(found, dict)
    return found


def _metadata(packed: Path) -> dict[str, object]:
    """The Chart.yaml of a packed chart; what looks like a date stays a text, as helm reads it."""
    import yaml

    class Loader(yaml.SafeLoader):
        """A loader without dates."""

    rules = yaml.SafeLoader.yaml_implicit_resolvers.items()
    Loader.yaml_implicit_resolvers = {first: [one for one in found if one[0] != _DATE] for first, found in rules}
    found = yaml.load(archive.chart_yaml(packed.read_bytes()), Loader=Loader)  # noqa: S506
    assert isinstance(found, dict)
    return found
