"""
Fetch the charts that a chart depends on before anything is changed, and pack these same charts later.

The cache keeps them, under the content of Chart.yaml and Chart.lock.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import Final

from contd_release.process.files import whole_folder
from contd_release.project.release import Release
from contd_release.tools.helm import helm

# A chart of Helm 2 has its dependencies, and their lock, in files of their own.
LOCKS: Final = ("Chart.lock", "requirements.lock")
STATED: Final = ("Chart.yaml", "requirements.yaml")
_VERSIONS: Final = re.compile(rb"^(?:version|appVersion):[^\n]*\n?", re.MULTILINE)
_LOCAL: Final = b"file://"


def fetched(release: Release, chart: Path) -> str:
    """
    Fill `charts/` of an exported chart.

    Args:
        chart: a temporary folder with the chart as it is at the base of the release.

    Returns:
        Helm's error; empty if it succeeded.
    """
    kept = _kept(release, chart)
    if not kept.is_dir():
        answer = helm.Fetched(chart).command.ask()
        if answer.code:
            return helm.said(answer)
        with whole_folder(kept) as folder:
            shutil.copytree(chart / "charts", folder, dirs_exist_ok=True)
    taken(release, chart)
    return ""


def taken(release: Release, chart: Path) -> None:
    """Copy the fetched charts into `charts/` of a checkout, if there are any."""
    kept = _kept(release, chart)
    if kept.is_dir():
        shutil.copytree(kept, chart / "charts", dirs_exist_ok=True)


def _kept(release: Release, chart: Path) -> Path:
    """
    The folder of the fetched charts; with a `file://` dependency it is another one for each commit.

    The versions of the chart itself do not count: the release has changed them when the chart is packed.
    """
    words = [_VERSIONS.sub(b"", _text(chart / name)) for name in (*STATED, *LOCKS)]
    base = release.base.encode() if any(_LOCAL in one for one in words) else b""
    digest = hashlib.sha256(b"\0".join((*words, base))).hexdigest()
    return release.project.cache / "charts" / digest[:16]


def _text(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""
