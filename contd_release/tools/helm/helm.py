"""
helm: the command line where the user has it, the Helm SDK otherwise; both behind the same words.

https://helm.sh/docs/helm/helm/
"""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.process.action import Running
from contd_release.process.command import Answer, Command
from contd_release.tools.helm import sdk

# https://helm.sh/docs/chart_best_practices/conventions/#chart-names
_NAME: Final = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_PROBLEM: Final = re.compile(r"\[(WARNING|ERROR)\]")
_SDK_MISSING: Final = 127


@dataclass(frozen=True)
class Metadata:
    """What a chart says about itself in its Chart.yaml."""

    name: str
    version: str
    app_version: str


def here() -> str:
    """
    What packs charts on this machine, and its version.

    Raises:
        NotReady: neither helm nor the SDK is here.
        Unanswered: it is here and does not run.
    """
    if not (shutil.which("helm") or find_spec("helm_python")):
        raise NotReady(
            "neither helm nor the Helm SDK is here",
            expected="the helm command line on PATH, or the extra `helm`",
            type_next="pip install 'contd-release[helm]'",
        )
    answer = _asked("version", "--short")
    if answer.code:
        raise Unanswered(f"helm does not run: {said(answer)}", expected="its version")
    return answer.out.strip()


def program() -> tuple[str, ...]:
    """
    The beginning of every argv: `helm` from PATH, else the SDK, always in a process of its own.

    `-P` keeps the folder of the script, whose modules are named after tools, out of the import path.
    """
    return (sys.executable, "-P", str(sdk.__file__)) if is_sdk() else ("helm",)


def is_sdk() -> bool:
    """Whether the SDK runs, since there is no helm on PATH."""
    return not shutil.which("helm") and find_spec("helm_python") is not None


def checked_name(name: str) -> str:
    """
    The chart name, if it is one.

    Raises:
        Usage: it is not, and would not stay in its place in a file name or a registry.
    """
    if not _NAME.fullmatch(name):
        raise Usage(
            f"{name!r} is not a chart name",
            expected="small letters, digits, single dashes and dots",
            type_next="$EDITOR Chart.yaml",
        )
    return name


def problems(chart: Path) -> tuple[str, ...]:
    """What the strict lint says against a chart: its warnings and errors."""
    answer = _asked("lint", "--strict", "--", str(chart))
    found = tuple(line.strip() for line in answer.out.splitlines() if _PROBLEM.match(line.strip()))
    return found or ((said(answer),) if answer.code else ())


def metadata(chart: Path) -> Metadata:
    """
    What the chart in this folder or archive says about itself.

    Raises:
        Usage: there is no chart.
    """
    answer = _asked("show", "chart", "--", str(chart))
    if answer.code:
        raise Usage(
            f"{chart.name} is not a chart: {said(answer)}",
            expected="a folder with a Chart.yaml",
            type_next=f"ls {chart}",
        )
    found = _documents(answer.out)
    table = found[0] if found and isinstance(found[0], dict) else {}
    return Metadata(*(str(table.get(key, "")) for key in ("name", "version", "appVersion")))


def missing(chart: Path) -> tuple[str, ...]:
    """The dependencies that Chart.yaml names and `charts/` does not have as it should."""
    answer = _asked("dependency", "list", "--", str(chart))
    if answer.code:
        raise Unanswered(f"the dependencies of {chart.name}: {said(answer)}", expected="a list")
    rows = [[cell.strip() for cell in line.split("\t")] for line in answer.out.splitlines()]
    listed = [row for row in rows[1:] if len(row) >= 4 and row[0]]
    return tuple(f"{row[0]} {row[1]} ({row[3]})" for row in listed if row[3] not in ("ok", "unpacked"))


def rendered(chart: Path, values: Path | None = None) -> str:
    """
    The objects that the chart renders to, as a stream of YAML documents.

    Raises:
        Usage: it does not render.
    """
    options = ("--values", str(values)) if values else ()
    answer = _asked("template", *options, "--", "release", str(chart))
    if answer.code:
        raise Usage(
            f"{chart.name} does not render: {said(answer)}",
            expected="objects for its default values",
            type_next=f"helm template {chart}",
        )
    return answer.out


def images(chart: Path) -> tuple[str, ...]:
    """Every image that the rendered objects name, each once."""
    return tuple(sorted({name for one in _documents(rendered(chart)) for name in _images(one, set())}))


def package(chart: Path, version: str, app_version: str, destination: Path) -> Command:
    """Pack a chart as `NAME-VERSION.tgz`, with these versions (SemVer) for itself and for the app."""
    options = ("--version", version, "--app-version", app_version, "--destination", str(destination))
    return Command((*program(), "package", *options, "--", str(chart)))


@dataclass(frozen=True)
class Fetched:
    """The action that fills `charts/` with what Chart.lock names, where the folder lacks any of it."""

    chart: Path

    def __str__(self) -> str:
        return f"{self.command}   (only where charts/ lacks a dependency)"

    @property
    def command(self) -> Command:
        """The helm command."""
        return Command((*program(), "dependency", "build", "--", str(self.chart)))

    def run(self, running: Running) -> None:
        """Fetch, unless all is there."""
        if missing(self.chart):
            self.command.run(running)


def _asked(*words: str) -> Answer:
    answer = Command((*program(), *words), timeout=60).ask()
    if answer.code == _SDK_MISSING:
        raise Unanswered(said(answer), expected="a Helm SDK that loads", type_next="pip install 'contd-release[helm]'")
    return answer


def said(answer: Answer) -> str:
    """The last line that helm printed, which has the cause."""
    lines = (answer.err.strip() or answer.out.strip()).splitlines()
    return lines[-1].removeprefix("Error: ") if lines else f"helm ended with {answer.code} and said nothing"


def _documents(text: str) -> list[Any]:
    import yaml

    try:
        return list(yaml.safe_load_all(text))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Usage(f"helm printed something that is not YAML: {error}", expected="YAML") from error


def _images(node: object, seen: set[int]) -> set[str]:
    """The values under the key `image`. A node that YAML's aliases repeat is looked into once."""
    if id(node) in seen or not isinstance(node, (dict, list)):
        return set()
    seen.add(id(node))
    if isinstance(node, list):
        return {name for one in node for name in _images(one, seen)}
    here = {value for key, value in node.items() if key == "image" and isinstance(value, str)}
    return here | {name for value in node.values() for name in _images(value, seen)}
