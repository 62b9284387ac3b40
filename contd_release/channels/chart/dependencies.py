"""
The charts that a chart depends on: fetched before anything is changed, and packed as they were fetched then.

They are kept in the cache, under what Chart.yaml and Chart.lock say of them.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Final

from contd_release.project.release import Release
from contd_release.tools.helm import helm

_LOCAL: Final = b"file://"


def fetched(release: Release, chart: Path) -> str:
    """
    Fill `charts/` of an exported chart; what helm said where that failed, empty where it did not.

    Args:
        chart: a folder of ours, with the chart as it is at the base of the release.
    """
    kept = _kept(release, chart)
    if not kept.is_dir():
        answer = helm.Fetched(chart).command.ask()
        if answer.code:
            return helm.said(answer)
        half = kept.with_name(f".{kept.name}.half")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(chart / "charts", half)
        half.replace(kept)
    taken(release, chart)
    return ""


def taken(release: Release, chart: Path) -> None:
    """Fill `charts/` of a checkout with what was fetched for it, as far as it was."""
    kept = _kept(release, chart)
    if kept.is_dir():
        shutil.copytree(kept, chart / "charts", dirs_exist_ok=True)


def _kept(release: Release, chart: Path) -> Path:
    """The folder of the fetched charts; one of this repository may change while neither file does."""
    words = [_text(chart / name) for name in ("Chart.yaml", "Chart.lock")]
    digest = hashlib.sha256(b"\0".join((*words, release.base.encode() if _LOCAL in words[0] else b""))).hexdigest()
    folder = release.project.cache / "charts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / digest[:16]


def _text(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""
