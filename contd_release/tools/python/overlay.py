"""
An environment on top of the one that runs us: it sees the same packages, and a project of its own in front of them.

Tests need more than the project: pytest, its plug-ins, what the project requires. All of that is in the environment of
the person who releases. The project itself is there as well, mostly as an editable installation of a working tree, and
that must not be what is tested.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint, distributions
from pathlib import Path
from typing import Final

from contd_release.process.system import venv

_PTH: Final = "contd-release-overlay.pth"
# A path with spaces, or a long one, cannot stand after #!, so sh starts the Python of the environment.
# https://peps.python.org/pep-0394/ and the scripts that pip writes
_SCRIPT: Final = """\
#!/bin/sh
'''exec' '{python}' "$0" "$@"
' '''
import sys
from {module} import {attribute}

sys.exit({call}())
"""


def show_packages(environment: Path, without: Sequence[Path]) -> None:
    """
    Let a virtual environment import the packages of the one that runs us, behind its own.

    Args:
        environment: made by this Python.
        without: folders whose editable installations are left out.
    """
    folders = packages()
    site = venv.packages(environment)
    roots = tuple(dict.fromkeys(str(path) for one in without for path in (one, one.resolve())))
    lines = [line for folder in folders for line in (str(folder), *_path_lines(folder, roots))]
    (site / _PTH).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def show_programs(environment: Path) -> None:
    """Give a virtual environment the programs of these packages, run by its own Python, in addition to those it has."""
    for one in distributions(path=[str(folder) for folder in packages()]):
        for entry in one.entry_points.select(group="console_scripts"):
            _write(venv.programs(environment), entry)


def packages() -> tuple[Path, ...]:
    """The folders of installed packages that this Python imports from."""
    known = (Path(one) for one in sys.path)
    return tuple(dict.fromkeys(one for one in known if one.name in ("site-packages", "dist-packages")))


def _path_lines(folder: Path, roots: tuple[str, ...]) -> Iterator[str]:
    """
    What the `.pth` files of a folder do, without what leads into one of these roots.

    A whole file is handed to `site`: some of them look for the folder that they are in among its variables.
    https://docs.python.org/3/library/site.html
    """
    for file in sorted(folder.glob("*.pth")):
        text = file.read_text(encoding="utf-8", errors="replace")
        paths = [
            line for line in text.splitlines() if line.strip() and not line.startswith(("#", "import ", "import\t"))
        ]
        led = {line: str((folder / line).resolve()) for line in paths}
        if _leads_into("\n".join((text, *led.values(), *_imported(folder, text))), roots):
            yield from (path for line, path in led.items() if not _leads_into(f"{line}\n{path}", roots))
        else:
            yield f"import site; site.addpackage({str(folder)!r}, {file.name!r}, None)"


def _imported(folder: Path, text: str) -> Iterator[str]:
    """The text of the modules that these lines import: the finder of an editable installation names its folders."""
    for name in dict.fromkeys(re.findall(r"\b[A-Za-z_]\w*\b", text)):
        if (file := folder / f"{name}.py").is_file():
            yield file.read_text(encoding="utf-8", errors="replace")


def _leads_into(text: str, roots: tuple[str, ...]) -> bool:
    return any(re.search(rf"{re.escape(root)}(?![\w.-])", text) for root in roots)


def _write(programs: Path, entry: EntryPoint) -> None:
    program = programs / entry.name
    if "/" in entry.name or program.exists():
        return
    attribute = entry.attr.partition(".")[0]
    text = _SCRIPT.format(python=programs / "python", module=entry.module, attribute=attribute, call=entry.attr)
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
