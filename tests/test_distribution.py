"""What users get: the licence in the wheel and in the sdist, and the icon that the chart names."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LICENCE = "MIT License\n\nCopyright (c) "


@pytest.fixture(scope="module", params=[ROOT, ROOT / "examples" / "contd"], ids=["contd-release", "contd"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheel and the sdist of a project."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert uv
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run((uv, "build", "--quiet", "--out-dir", str(folder), str(request.param)), check=True)
    return folder


def test_the_wheel_carries_the_licence(built: Path) -> None:
    """Its text, and not only its name."""
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/licenses/LICENSE"))
        assert archive.read(name).decode().startswith(LICENCE)


def test_the_sdist_carries_the_licence(built: Path) -> None:
    """At its top, where people look."""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        (member,) = (one for one in archive.getmembers() if re.fullmatch(r"[^/]+/LICENSE", one.name))
        file = archive.extractfile(member)
        assert file and file.read().decode().startswith(LICENCE)


def test_the_icon_of_the_chart_is_there() -> None:
    """The address in Chart.yaml names a file of this repository."""
    chart = (ROOT / "helm" / "contd-release" / "Chart.yaml").read_text(encoding="utf-8")
    (path,) = re.findall(r"^icon: https://raw\.githubusercontent\.com/[^/]+/[^/]+/main/(\S+)$", chart, re.MULTILINE)
    assert (ROOT / path).is_file()
