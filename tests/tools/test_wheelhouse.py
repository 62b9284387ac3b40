"""Wheels for another platform, in folders that an image copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.tools import wheelhouse

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "demo"
version = "1.0.0"
"""
BACKEND = """\
import zipfile
def build_wheel(folder, settings=None, metadata=None):
    name = "demo-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("demo.py", "SAYS = 'SAYING'")
        for library in ("libdemo.so", "libdemo.so.1", "libdemo.so.2"):
            wheel.writestr("lib/" + library, "one" if library != "libdemo.so.2" else "two")
        info = "demo-1.0.0.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[console_scripts]\\ndemo = demo:main\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is built without anything from an index."""
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "backend.py").write_text(BACKEND)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_each_platform_gets_a_folder_that_holds_nothing_of_this_machine(project: Path) -> None:
    """Scripts find the image's own Python, no path of this machine is left, and twice gives the same bytes."""
    assert wheelhouse.main([]) == 0
    there = content(project / "build/image")
    assert there["arm64/bin/demo"].splitlines()[0] == b"#!/usr/bin/env python3"
    assert {"amd64", "arm64", "wheels"} == {path.name for path in (project / "build/image").iterdir()}
    info = {name.rpartition("/")[2] for name in there if name.startswith("amd64/demo-1.0.0.dist-info/")}
    assert {"INSTALLER", "METADATA", "RECORD", "REQUESTED", "WHEEL", "entry_points.txt"} == info
    assert [name for name, text in there.items() if not name.endswith(".whl") and bytes(project) in text] == []
    assert b"bin/" not in there["amd64/demo-1.0.0.dist-info/RECORD"]
    assert wheelhouse.main([]) == 0
    again = content(project / "build/image")
    del there["wheels/demo-1.0.0-py3-none-any.whl"], again["wheels/demo-1.0.0-py3-none-any.whl"]
    assert there == again


def test_another_build_of_the_same_version_is_taken(project: Path) -> None:
    """The cache of uv knows a wheel by name and version; the image still gets what is in the tree now."""
    # Of unequal length: Python takes compiled code of the same second and size for that of another backend.
    for saying in ("one", "three"):
        (project / "backend.py").write_text(BACKEND.replace("SAYING", saying))
        assert wheelhouse.main(["--platform", "linux/amd64"]) == 0
        assert f"SAYS = '{saying}'" == (project / "build/image/amd64/demo.py").read_text()


def test_copies_of_a_library_become_links(project: Path) -> None:
    """A wheel has to hold a copy for each name of a library; the image does not."""
    assert wheelhouse.main(["--platform", "linux/amd64", "--to", "out"]) == 0
    lib = project / "out/amd64/lib"
    assert ((lib / "libdemo.so.1").is_symlink(), (lib / "libdemo.so.2").is_symlink()) == (True, False)
    assert (lib / "libdemo.so.1").read_text() == "one"


@pytest.mark.parametrize("platform", ["linux/s390x", "windows/amd64"])
def test_a_platform_without_wheels_is_refused(project: Path, capsys: pytest.CaptureFixture[str], platform: str) -> None:
    """What cannot be fetched is said before anything is."""
    assert wheelhouse.main(["--platform", platform]) == 2
    expected = (
        "one of linux/amd64, linux/arm64\n  type:     python -m contd_release.tools.wheelhouse --platform linux/amd64\n"
    )
    expected = f"no wheels are made for {platform!r}\n  expected: {expected}"
    assert expected == capsys.readouterr().err
    assert not (project / "build").exists()


def test_a_failing_build_says_why_and_leaves_what_was_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folders are replaced only by whole ones."""
    assert wheelhouse.main(["--platform", "linux/amd64"]) == 0
    (project / "backend.py").write_text("raise SystemExit('no backend today')")
    assert wheelhouse.main(["--platform", "linux/amd64"]) == 6
    assert "no backend today" in capsys.readouterr().err
    assert (project / "build/image/amd64/demo.py").is_file()


def test_the_image_finds_the_folder(project: Path) -> None:
    """`--at` writes the path file that the image's Python reads, for each platform."""
    assert wheelhouse.main(["--at", "/opt/demo"]) == 0
    paths = {path.parent.name: path.read_text() for path in (project / "build/image").glob("*/image.pth")}
    assert paths == {"amd64": "/opt/demo\n", "arm64": "/opt/demo\n"}
