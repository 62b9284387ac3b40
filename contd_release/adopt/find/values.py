"""What the values of the chart say of our image: its name, and the line of its tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from contd_release.adopt.find.chart import Chart, bare
from contd_release.adopt.place import Place, on_line
from contd_release.adopt.tree import Tree

if TYPE_CHECKING:
    import yaml

_TAG: Final = re.compile(r"v?(\d+\.\d+[0-9A-Za-z.+-]*)")


@dataclass(frozen=True)
class Values:
    """
    The image that the chart starts.

    Args:
        name: registry and repository, as far as the values say them.
        line: the line of the repository, counted from 1.
        tag: what the tag says; empty if it says none, and the chart uses its appVersion.
        tag_line: the line of the tag; 0 if there is none.
    """

    path: str
    name: str
    line: int
    tag: str = ""
    tag_line: int = 0

    def places(self, tree: Tree, *, has_image: bool) -> Iterator[Place]:
        """
        The line of the tag, where that names a version.

        Args:
            has_image: whether the release publishes the image.
        """
        match = _TAG.fullmatch(self.tag)
        place = on_line(tree, self.path, self.tag_line, match[1], "the image's tag in the chart") if match else None
        if place is None:
            return
        place = place.as_tag() if has_image else place
        lines = (tree.text(self.path) or "").splitlines()
        is_once = sum(line == lines[self.tag_line - 1] for line in lines) == 1
        if is_once:
            yield place
        elif 0 < self.line < self.tag_line:
            above = (re.escape(line) + r"\n" for line in lines[self.line - 1 : self.tag_line - 1])
            yield replace(place, context=f"^{''.join(above)}")


def find(tree: Tree, chart: Chart | None, name: str) -> Values | None:
    """The image of the project's name in the chart's values, or the only one that they name."""
    if chart is None:
        return None
    path = chart.file("values.yaml")
    found = list(_images(path, tree.text(path) or ""))
    wanted = {bare(name), bare(chart.name)}
    ours = [one for one in found if bare(PurePosixPath(one.name).name) in wanted]
    return ours[0] if ours else found[0] if len(found) == 1 else None


def _images(path: str, text: str) -> Iterator[Values]:
    """Every mapping with a `repository`, as charts have them by custom."""
    import yaml

    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError):
        return
    waiting = [root] if root else []
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node, yaml.MappingNode):
            continue
        values = _scalars(node)
        if "repository" in values and values["repository"][0]:
            repository, line = values["repository"]
            registry, tag = values.get("registry", ("", 0))[0], values.get("tag", ("", 0))
            yield Values(path, f"{registry}/{repository}" if registry else repository, line, *tag)
        waiting += [value for _, value in node.value]


def _scalars(node: yaml.MappingNode) -> dict[str, tuple[str, int]]:
    """The plain values of a mapping, each with its line, counted from 1."""
    import yaml

    return {
        str(key.value): (str(value.value), value.start_mark.line + 1)
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode)
    }
