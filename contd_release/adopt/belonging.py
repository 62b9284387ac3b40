"""Which files of a repository with several packages belong to which of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from contd_release.adopt.find import chart, image
from contd_release.adopt.tree import Tree


def files(tree: Tree, folder: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """
    The files of one package, as seen from its folder: those in it, and its Dockerfiles and charts elsewhere.

    Args:
        folder: that of the package, with a slash at its end.
        names: the names of all packages by their folders.
    """
    inside = [path.removeprefix(folder) for path in tree.files if path.startswith(folder)]
    outside = [path for path, owner in _outside(tree, names) if owner == folder]
    return (*inside, *(posixpath.relpath(path, folder) for path in outside))


def unclear(tree: Tree, names: Mapping[str, str]) -> tuple[str, ...]:
    """The Dockerfiles and Chart.yaml files outside of every package that belong to none of them plainly."""
    return tuple(
        path
        for path, owner in _outside(tree, names)
        if not owner and (image.is_dockerfile(tree, path) or path.endswith("Chart.yaml"))
    )


def _outside(tree: Tree, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each Dockerfile and each file of a chart outside of every package, with the folder of its package, or nothing."""
    paths = [path for path in tree.files if not path.startswith(tuple(names))]
    for path in paths:
        if image.is_dockerfile(tree, path):
            yield path, _of_name(path, names) or _of_copies(tree.text(path) or "", names)
        if PurePosixPath(path).name == "Chart.yaml" and chart.is_own_chart(tree, path):
            below = path.removesuffix("Chart.yaml")
            if not below:
                yield path, ""
                continue
            owner = _of_name(below, names) or _of_values(tree, below, names)
            yield from ((one, owner) for one in paths if one.startswith(below) and not image.is_dockerfile(tree, one))


def _of_name(path: str, names: Mapping[str, str]) -> str:
    """The one package whose name, or the name of whose folder, is a word of the path."""
    words = {chart.bare(word) for part in PurePosixPath(path).parts for word in (part, *part.split("."))}
    return _only([at for at, name in names.items() if {chart.bare(name), chart.bare(PurePosixPath(at).name)} & words])


def _of_copies(text: str, names: Mapping[str, str]) -> str:
    """The one package from whose folder a Dockerfile copies."""
    copied = [f"{one}/" for one in image.copied_paths(text)]
    return _only([at for at in names if any(one.startswith(at) for one in copied)])


def _of_values(tree: Tree, below: str, names: Mapping[str, str]) -> str:
    """The one package whose name an image in the values of a chart has."""
    text = tree.text(f"{below}values.yaml") or ""
    found = re.findall(r"""^\s*repository:[ \t]*["']?([^\s"'#]+)""", text, re.MULTILINE)
    return _only(
        [at for at, name in names.items() if chart.bare(name) in {chart.bare(one.rpartition("/")[2]) for one in found}]
    )


def _only(found: list[str]) -> str:
    return found[0] if len(found) == 1 else ""
