"""The modules of a distribution, wherever its build tool names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.project import project
from contd_release.project.package.modules import Module, modules

HEAD = "[build-system]\nrequires = []\n[project]\nname = 'contd-tool'\nversion = '1.0.0'\n"
SETUP_CFG = "[options]\npackages = find:\n"


def found(paths: str, **files: str) -> list[tuple[str, str]]:
    """The modules of a repository with these paths, each with the folder that its import begins in."""
    texts = {"pyproject.toml": HEAD} | {name.replace("_", "."): text for name, text in files.items()}
    if "more" in files:
        texts["pyproject.toml"] = HEAD + files["more"]
    here = project.read(Path("/nowhere"), Path("/nowhere"), texts.get)
    return [(one.root, one.name) for one in modules(here, paths.split(), texts.get)]


@pytest.mark.parametrize(
    ("paths", "more", "modules"),
    [
        ("contd_tool/__init__.py tests/__init__.py", "", [("", "contd_tool")]),
        ("src/contd_tool/__init__.py src/contd_tool/sub/__init__.py", "", [("src", "contd_tool")]),
        ("src/other/__init__.py docs/conf.py", "", [("src", "other")]),
        ("src/a/__init__.py src/b/__init__.py", "", [("src", "a"), ("src", "b")]),
        ("other/__init__.py examples/__init__.py", "", [("", "other")]),
        ("contd_tool/__init__.py helpers/__init__.py", "", [("", "contd_tool")]),
        ("src/contd/tool/__init__.py", "", [("src", "contd.tool")]),
        ("contd_tool.py setup.py", "", [("", "contd_tool")]),
        ("src/contd_tool.py", "", [("src", "contd_tool")]),
        ("README.md", "", []),
        ("a/x/__init__.py b/__init__.py", "[tool.hatch.build.targets.wheel]\npackages = ['a/x']\n", [("", "a.x")]),
        ("src/x/__init__.py y/__init__.py", "[tool.hatch.build.targets.wheel]\npackages = ['src/x']\n", [("src", "x")]),
        ("x/__init__.py y/__init__.py", "[tool.setuptools]\npackages = ['x', 'x.sub']\n", [("", "x")]),
        ("lib/x/__init__.py", "[tool.setuptools]\npackages = ['x']\npackage-dir = {'' = 'lib'}\n", [("lib", "x")]),
        ("one.py two.py", "[tool.setuptools]\npy-modules = ['one', 'two']\n", [("", "one"), ("", "two")]),
        ("python/x/a.py y.py", "[tool.maturin]\nmodule-name = 'x'\npython-source = 'python'\n", [("python", "x")]),
        ("python/x/__init__.py python/x/_x.pyi", "[tool.maturin]\nmodule-name = 'x._x'\npython-source = 'python'\n",
         [("python", "x")]),
        ("x/y/a.py z/__init__.py", "[tool.setuptools]\npackages = ['x.y']\n", [("", "x")]),
        ("x.py y.py", "[tool.flit.metadata]\nmodule = 'x'\n", [("", "x")]),
        ("src/y.py src/x/__init__.py", "[tool.poetry]\npackages = [{include = 'x', from = 'src'}]\n", [("src", "x")]),
        ("x.py y.py", "[tool.flit.module]\nname = 'x'\n", [("", "x")]),
        ("src/x/__init__.py src/y/__init__.py", "[tool.uv.build-backend]\nmodule-name = 'x'\n", [("src", "x")]),
        ("x/__init__.py y/__init__.py", "[tool.uv.build-backend]\nmodule-name = 'x'\nmodule-root = ''\n", [("", "x")]),
        ("src/x/y/__init__.py", "[tool.contd-release.pypi]\nimports = ['x.y']\n", [("src", "x")]),
        ("sdk/src/x/__init__.py y/__init__.py", "[tool.contd-release]\npackage = 'sdk'\n", [("sdk/src", "x")]),
    ],
)  # fmt: skip
def test_where_the_modules_are(paths: str, more: str, modules: list[tuple[str, str]]) -> None:
    """The build tool's own configuration first, then `src`, then what is called like the project."""
    assert found(paths, more=more) == modules


def test_setup_cfg() -> None:
    """Lists count; `find:` is found out from the files."""
    listed = "[options]\npackages =\n  x\n  x.sub\npackage_dir =\n  = src\n"
    assert found("src/x/__init__.py src/y/__init__.py", setup_cfg=listed) == [("src", "x")]
    assert found("x/__init__.py", setup_cfg=SETUP_CFG) == [("", "x")]


@pytest.mark.parametrize(
    ("path", "is_there"),
    [
        ("src/contd/core.py", True),
        ("src/contd/tools/__init__.py", True),
        ("src/contd/core.pyi", True),
        ("src/contd/tests/test_core.py", False),
        ("src/contd/__main__.py", False),
        ("src/contd/data.json", False),
        ("src/contd2/core.py", False),
        ("src/contd.py", True),
    ],
)
def test_the_files_of_a_module(path: str, *, is_there: bool) -> None:
    """Its Python files, without tests and programs."""
    assert Module("src", "contd").has(path) is is_there
