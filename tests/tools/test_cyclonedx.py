"""A bill of materials inside a wheel: listed with its hash, and nothing else changes."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

from contd_release.errors import Conflict
from contd_release.tools import cyclonedx

INFO = "demo-1.0.dist-info/"
RECORD = f'demo.py,sha256=x,3\n"odd, name.py",sha256=y,1\n{INFO}METADATA,sha256=z,1\n{INFO}RECORD,,\n'
EPOCH = 1_790_000_000


def wheel(path: Path, **more: bytes) -> Path:
    """A wheel as a build backend leaves it, with a program that can be run."""
    files = {"demo.py": b"a=1", "odd, name.py": b"b", f"{INFO}METADATA": b"m", **more}
    with zipfile.ZipFile(path, "w") as out:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o100755 << 16
            out.writestr(info, content)
        out.writestr(zipfile.ZipInfo(f"{INFO}RECORD"), RECORD)
    return path


def described(folder: Path) -> Path:
    """A wheel with a document inside."""
    folder.mkdir()
    document = folder / "demo-1.0.cdx.json"
    document.write_bytes(b'{"bomFormat": "CycloneDX"}')
    made = wheel(folder / "demo-1.0-py3-none-any.whl")
    cyclonedx.put_inside(made, document, EPOCH)
    return made


def test_the_document_is_listed(tmp_path: Path) -> None:
    """RECORD has it before its own line, as the specification of wheels says; all other files are as they were."""
    made = described(tmp_path / "a")
    content = b'{"bomFormat": "CycloneDX"}'
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    inside = f"{INFO}sboms/demo-1.0.cdx.json"
    with zipfile.ZipFile(made) as found, zipfile.ZipFile(wheel(tmp_path / "old.whl")) as old:
        assert found.namelist() == [*old.namelist()[:-1], inside, f"{INFO}RECORD"]
        assert found.read(inside) == content
        *others, own, empty = RECORD.split("\n")
        listed = [*others, f"{inside},sha256={digest},{len(content)}", own, empty]
        assert found.read(f"{INFO}RECORD").decode().split("\n") == listed
        for one in old.infolist()[:-1]:
            ours = found.getinfo(one.filename)
            assert (found.read(ours), ours.date_time, ours.external_attr) == (
                old.read(one),
                one.date_time,
                one.external_attr,
            )


def test_equal_wheels_give_equal_bytes(tmp_path: Path) -> None:
    """Whenever and wherever it is put in."""
    assert described(tmp_path / "a").read_bytes() == described(tmp_path / "b").read_bytes()


def test_another_document_is_not_replaced(tmp_path: Path) -> None:
    """A build that puts one of this name in already has said its own."""
    made = described(tmp_path / "a")
    before = made.read_bytes()
    with pytest.raises(Conflict, match=r"has demo-1\.0\.dist-info/sboms/demo-1\.0\.cdx\.json"):
        cyclonedx.put_inside(made, tmp_path / "a" / "demo-1.0.cdx.json", EPOCH)
    assert made.read_bytes() == before
