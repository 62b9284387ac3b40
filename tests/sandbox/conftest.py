"""
A world, and files to publish in it.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contd_release.sandbox.world import World


@dataclass(frozen=True)
class Files:
    """
    Makes wheels and sdists of one pure module, in milliseconds.
    """

    folder: Path

    def wheel(self, version: str, name: str = "contd_demo", *, says: str = "", requires: str = "") -> Path:
        """
        A wheel that pip installs; `says` makes its bytes different.
        """
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        tag = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        names = (f"{name}.py", f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD")
        texts = (f"VERSION = {version!r}\n# {says}\n", _metadata(name, version, requires), tag, "")
        record = "".join(f"{one},,\n" for one in names)
        with zipfile.ZipFile(path, "w") as wheel:
            for one, text in zip(names, (*texts[:-1], record), strict=True):
                wheel.writestr(zipfile.ZipInfo(one), text)
        return path

    def sdist(self, version: str, name: str = "contd_demo", *, says: str = "") -> Path:
        """
        An sdist as far as an index looks into it.
        """
        path = self.folder / f"{name}-{version}.tar.gz"
        with tarfile.open(path, "w:gz") as sdist:
            for one, text in (("PKG-INFO", _metadata(name, version, "")), ("says.txt", says)):
                member = tarfile.TarInfo(f"{name}-{version}/{one}")
                member.size = len(text.encode())
                sdist.addfile(member, io.BytesIO(text.encode()))
        return path


def _metadata(name: str, version: str, requires: str) -> str:
    python = f"Requires-Python: {requires}\n" if requires else ""
    return f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\nSummary: a demo\n{python}"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """
    A world that runs.
    """
    with World(tmp_path / "world") as world:
        yield world


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """
    Wheels and sdists.
    """
    folder = tmp_path / "files"
    folder.mkdir()
    return Files(folder)
