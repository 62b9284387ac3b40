"""
The whole checklist of `examples/contd`: version files, changelog, proof, build, and every channel of this machine.

Announcements, the website and the monitor are left out: there is no command to compare them with.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import subject
from benchmarks.four_channels import PUBLISH
from benchmarks.rehearsed import Rehearsed, rehearsed, without
from benchmarks.timing import Cost
from contd_release.channels.image.rehearsal import BASE

NAME: Final = "contd"
PREPARE: Final = Path(__file__).with_name("prepare.sh")
_ROOT: Final = Path(__file__).parents[1]
EXAMPLE: Final = _ROOT / "examples" / NAME
_MAKE_BASE: Final = _ROOT / "tests" / "support" / "base_image.py"
_NOT_COMPARED: Final = ("announce", "website", "monitor")


@dataclass(frozen=True)
class Machine:
    """
    The channels that this machine can publish to.

    Args:
        base: the base image, as buildah writes it; empty if this machine cannot build images.
        has_charts: whether this machine can pack and push charts.
        why_not: the channels that are left out, with the command that adds each.
    """

    base: str = ""
    has_charts: bool = True
    why_not: tuple[str, ...] = ()


def machine(folder: Path) -> Machine:
    """
    Find the channels of this machine, and make a base image if the environment names none.

    Args:
        folder: receives the base image.
    """
    why_not, base = [], os.environ.get(BASE, "")
    if missing := without("buildah", "skopeo"):
        why_not.append(f"the image; missing here: {', '.join(missing)}")
        base = ""
    elif not base and without("mmdebstrap"):
        why_not.append(f"the image; type: export {BASE}=…   (an image to start from)")
    elif not base:
        subprocess.run((sys.executable, str(_MAKE_BASE), str(folder / "base.tar")), check=True)
        # As a person exports it: the rehearsal of an image starts from what the environment names.
        base = os.environ[BASE] = f"oci-archive:{folder / 'base.tar'}"
    if has_no_helm := bool(without("helm")):
        why_not.append("the chart; type: pip install 'contd-release[helm]'")
    return Machine(base, not has_no_helm, tuple(why_not))


def released(project: Rehearsed) -> Cost:
    """Measure our release from the call to the end."""
    return project.ours("release", "--part", "minor", "--yes")


def released_by_hand(project: Rehearsed, machine: Machine) -> Cost:
    """Measure the same commands, typed one after another."""
    registry = project.world.registry
    script = "\n".join(path.read_text(encoding="utf-8") for path in (PREPARE, PUBLISH))
    words = {
        "NAME": NAME,
        "IMAGE": f"{registry}/contd/{NAME}" if machine.base else "",
        "CHARTS": f"oci://{registry}/contd/charts" if machine.has_charts else "",
    }
    return project.by_hand(script, words)


@contextmanager
def unreleased_in_a_world(directory: Path, machine: Machine) -> Iterator[Rehearsed]:
    """Clone the example into a sandbox of its own."""
    source = directory / NAME
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist"))
    (source / "pyproject.toml").write_text(settings(machine), encoding="utf-8")
    subject.git(source, "init", "--quiet", "--initial-branch=main")
    subject.git(source, "add", "--all")
    subject.git(source, "commit", "--quiet", "--message", "The example")
    with rehearsed(source, directory) as project:
        yield project


def settings(machine: Machine) -> str:
    """The example's `pyproject.toml` without the tables of channels that are not measured."""
    text = (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    off = [*_NOT_COMPARED, *([] if machine.base else ["image"]), *([] if machine.has_charts else ["chart"])]
    tables = "|".join(rf"tool\.contd-release\.{name}" for name in off)
    return re.sub(rf"^\[(?:{tables})\]\n(?:(?!\[).*\n)*", "", text, flags=re.MULTILINE)
