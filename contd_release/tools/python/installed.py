"""
What an environment has of a package: a program of its own, run by the interpreter of that environment, which may be an
older Python and has nothing but its standard library.

    python -I installed.py contd            the version of contd, and the file of each of its top-level modules
    python -I installed.py contd contd.cli  the same with these modules
    python installed.py --here contd        the same with the working directory first on the path, as `python -m` has it
    python installed.py --source contd      the version, where it is, and the folder that it was installed from
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import sys
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import urlparse
from urllib.request import url2pathname

# Some wheels bring these along by mistake; they are not what the package is imported for.
_NOT_THE_PACKAGE = ("tests", "test", "docs", "doc", "examples", "benchmarks")
_COMPILED = (".so", ".pyd")


def lines(answer: str) -> list[str]:
    """The lines of the answer; a module may have printed something while it was imported."""
    return answer.rpartition(f"{_MARK}\n")[2].splitlines()


class Installed(NamedTuple):
    """What this program says of a package."""

    version: str
    modules: dict[str, str]


def read(answer: str) -> Installed:
    """What it said of a package and its modules."""
    version, *modules = lines(answer) or [""]
    return Installed(version, {name: where for name, _, where in (line.partition("\t") for line in modules)})


def main(words: list[str]) -> None:
    """Print the version on the first line, and on each following line a module and its file, divided by a tab."""
    if words[0] == "--source":
        _print(source(words[1]))
        return
    if words[0] == "--here":
        words = words[1:]
        sys.path.insert(0, os.getcwd())  # noqa: PTH109
    name, modules = words[0], words[1:]
    found = importlib.metadata.distribution(name)
    files = [str(path) for path in found.files or ()]
    if not found.requires and all(".dist-info/" in path for path in files):
        sys.exit("the package is empty: no module, no other file, no requirement")
    answer = [found.version]
    for module in modules or top_level(files):
        imported = importlib.import_module(module)
        where = getattr(imported, "__file__", None) or next(iter(getattr(imported, "__path__", ())), "")
        answer.append(f"{module}\t{where}")
    _print(answer)


def source(name: str) -> list[str]:
    """
    The version, where it is installed, and the folder that it was installed from, which is empty for an archive.

    https://packaging.python.org/en/latest/specifications/direct-url/
    """
    found = importlib.metadata.distribution(name)
    url = json.loads(found.read_text("direct_url.json") or "{}")
    folder = url2pathname(urlparse(url["url"]).path) if "dir_info" in url else ""
    return [found.version, str(found.locate_file("")), folder]


def _print(answer: list[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in ["", _MARK, *answer]))


def top_level(paths: list[str]) -> list[str]:
    """The modules and packages that no other package of these files contains: `contd`, `_contd`, `space.contd`."""
    packages, modules = set(), set()
    for path in map(PurePosixPath, paths):
        stem, is_module = path.name.partition(".")[0], path.suffix in (".py", *_COMPILED)
        parents = path.parts[:-1]
        if not is_module or not all(part.isidentifier() for part in (*parents, stem)):
            continue
        if stem == "__init__":
            packages.add(parents)
        elif not parents and not stem.startswith("__"):
            modules.add((stem,))
    outermost = {one for one in packages if not any(one[:size] in packages for size in range(1, len(one)))}
    kept = sorted(one for one in outermost | modules if one[0] not in _NOT_THE_PACKAGE)
    return [".".join(one) for one in kept]


# Modules may print while they are imported; what follows this line is ours.
_MARK = "-- installed --"

if __name__ == "__main__":
    main(sys.argv[1:])
