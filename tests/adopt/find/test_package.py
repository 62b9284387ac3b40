"""The package of a repository, however it describes itself: its name, where its version is, and what is imported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from contd_release.adopt import adoption, settings, tree
from contd_release.adopt.find import package, tags, versions
from contd_release.adopt.questions import Answers
from contd_release.errors import NotReady
from contd_release.tools import bumpversion
from tests.conftest import git

_SYSTEM: Final = '[build-system]\nrequires = ["{0}"]\nbuild-backend = "{1}"\n'
_SETUPTOOLS: Final = _SYSTEM.format("setuptools", "setuptools.build_meta")
_HATCH: Final = _SYSTEM.format("hatchling", "hatchling.build")
_FLIT: Final = _SYSTEM.format("flit_core", "flit_core.buildapi")
_DYNAMIC: Final = '[project]\nname = "low-tide"\ndynamic = ["version"]\n'
_INIT: Final = '"""Tides."""\n\n__version__ = "1.2.3"\n'


@dataclass(frozen=True)
class Layout:
    """
    A repository, and what is to be found in it.

    Args:
        version: where its version is stated.
        modules: what is imported.
    """

    called: str
    files: Mapping[str, str]
    version: str
    modules: tuple[str, ...] = ("low_tide",)
    name: str = "low-tide"


LAYOUTS: Final = (
    Layout(
        "project",
        {
            "pyproject.toml": _SETUPTOOLS + '[project]\nname = "low-tide"\nversion = "1.2.3"\n',
            "low_tide/__init__.py": "",
            "tests/__init__.py": "",
        },
        "pyproject.toml:6",
    ),
    Layout(
        "project-above-build-system",
        {
            "pyproject.toml": '[project]\n"name" = "low-tide"\nversion="1.2.3"  # here\n' + _SETUPTOOLS,
            "src/low_tide/__init__.py": "",
        },
        "pyproject.toml:3",
        ("src/low_tide",),
    ),
    Layout(
        "poetry",
        {
            "pyproject.toml": '[tool.poetry]\nname = "low-tide"\nversion = "1.2.3"\n'
            + _SYSTEM.format("poetry-core", "poetry.core.masonry.api"),
            "src/low_tide/__init__.py": _INIT,
        },
        "pyproject.toml:3",
        ("src/low_tide",),
    ),
    Layout(
        "setup.cfg",
        {
            "setup.cfg": "[metadata]\nname = low-tide\nversion = 1.2.3\n[options]\npackages = find:\n",
            "setup.py": "from setuptools import setup\nsetup()\n",
            "low_tide/__init__.py": "",
        },
        "setup.cfg:3",
    ),
    Layout(
        "setup.cfg-attr",
        {
            "setup.cfg": "[metadata]\nname = low-tide\nversion = attr: low_tide.__version__\n",
            "setup.py": "from setuptools import setup\nsetup()\n",
            "low_tide/__init__.py": _INIT,
        },
        "low_tide/__init__.py:3",
    ),
    Layout(
        "setup.cfg-file",
        {
            "setup.cfg": "[metadata]\nname = low-tide\nversion = file: VERSION\n",
            "pyproject.toml": _SETUPTOOLS,
            "VERSION": "1.2.3\n",
            "low_tide/__init__.py": "",
        },
        "VERSION:1",
    ),
    Layout(
        "setup.py",
        {
            "setup.py": 'import setuptools\nV = "1.2.3"\nsetuptools.setup(\n    name="low-tide",\n    version=V,\n)\n',
            "low_tide/__init__.py": "",
        },
        "setup.py:2",
    ),
    Layout(
        "setup.py-that-reads-a-module",
        {
            "setup.py": "import re\nfrom setuptools import setup\n"
            'v = re.search(\'__version__ = "(.*)"\', open("low_tide/__init__.py").read()).group(1)\n'
            'setup(name="low-tide", version=v)\n',
            "low_tide/__init__.py": _INIT,
        },
        "low_tide/__init__.py:3",
    ),
    Layout(
        "setup.py-that-runs-a-module",
        {
            "setup.py": "from setuptools import setup\nabout = {}\n"
            'exec(open("low_tide/__version__.py").read(), about)\n'
            'setup(name=about["__title__"], version=about["__version__"])\n',
            "low_tide/__init__.py": "from low_tide.__version__ import __version__\n",
            "low_tide/__version__.py": '__title__ = "low-tide"\n__version__ = "1.2.3"\n',
        },
        "low_tide/__version__.py:2",
    ),
    Layout(
        "a-tuple",
        {
            "pyproject.toml": _SETUPTOOLS
            + _DYNAMIC
            + '[tool.setuptools.dynamic]\nversion = { attr = "low_tide.__version__" }\n',
            "low_tide/__init__.py": 'version_info = (1, 2, 3)\n__version__ = ".".join(map(str, version_info))\n',
        },
        "low_tide/__init__.py:1",
    ),
    Layout(
        "setuptools-attr",
        {
            "pyproject.toml": _SETUPTOOLS
            + _DYNAMIC
            + '[tool.setuptools.dynamic]\nversion = { attr = "low_tide.v.V" }\n',
            "src/low_tide/__init__.py": "",
            "src/low_tide/v.py": 'V = "1.2.3"\n',
        },
        "src/low_tide/v.py:1",
        ("src/low_tide",),
    ),
    Layout(
        "setuptools-file",
        {
            "pyproject.toml": _SETUPTOOLS + _DYNAMIC + '[tool.setuptools.dynamic]\nversion = { file = "low_tide/V" }\n',
            "low_tide/__init__.py": "",
            "low_tide/V": "1.2.3",
        },
        "low_tide/V:1",
    ),
    Layout(
        "hatch-path",
        {
            "pyproject.toml": _HATCH + _DYNAMIC + '[tool.hatch.version]\npath = "low_tide/__about__.py"\n',
            "low_tide/__init__.py": "",
            "low_tide/__about__.py": '__version__: str = "1.2.3"\n',
        },
        "low_tide/__about__.py:1",
    ),
    Layout(
        "hatch-pattern",
        {
            "pyproject.toml": _HATCH
            + _DYNAMIC
            + '[tool.hatch.version]\npath = "low_tide/info.txt"\npattern = "rel=(?P<version>[^;]+)"\n',
            "low_tide/__init__.py": "",
            "low_tide/info.txt": "kind=final\nrel=1.2.3;\n",
        },
        "low_tide/info.txt:2",
    ),
    Layout(
        "flit",
        {
            "pyproject.toml": _FLIT + '[project]\nname = "low-tide"\ndynamic = ["version", "description"]\n',
            "low_tide/__init__.py": _INIT,
        },
        "low_tide/__init__.py:3",
    ),
    Layout(
        "flit-module-by-another-name",
        {
            "pyproject.toml": _FLIT + _DYNAMIC + '[tool.flit.module]\nname = "tides"\n',
            "src/tides.py": _INIT,
        },
        "src/tides.py:3",
        ("src/tides.py",),
    ),
    Layout(
        "flit-metadata",
        {
            "pyproject.toml": _FLIT + '[tool.flit.metadata]\nmodule = "low_tide"\nauthor = "Ada"\n',
            "low_tide.py": _INIT,
        },
        "low_tide.py:3",
        ("low_tide.py",),
        name="low_tide",
    ),
    Layout(
        "pdm-file",
        {
            "pyproject.toml": _SYSTEM.format("pdm-backend", "pdm.backend")
            + _DYNAMIC
            + '[tool.pdm.version]\nsource = "file"\npath = "src/low_tide/__init__.py"\n',
            "src/low_tide/__init__.py": _INIT,
        },
        "src/low_tide/__init__.py:3",
        ("src/low_tide",),
    ),
    Layout(
        "a-package-by-another-name",
        {
            "pyproject.toml": _HATCH
            + '[project]\nname = "low-tide"\nversion = "1.2.3"\n'
            + '[tool.hatch.build.targets.wheel]\npackages = ["tides"]\n',
            "tides/__init__.py": "",
            "scripts/__init__.py": "",
        },
        "pyproject.toml:6",
        ("tides",),
    ),
    Layout(
        "a-namespace",
        {
            "pyproject.toml": _HATCH + '[project]\nname = "acme.tide"\nversion = "1.2.3"\n',
            "src/acme/tide/__init__.py": _INIT,
        },
        "pyproject.toml:6",
        ("src/acme/tide",),
        name="acme.tide",
    ),
    Layout(
        "in-a-folder",
        {
            "package.json": '{"version": "9.9.9"}',
            "python/pyproject.toml": _HATCH + '[project]\nname = "low-tide"\nversion = "1.2.3"\n',
            "python/src/low_tide/__init__.py": "",
        },
        "python/pyproject.toml:6",
        ("python/src/low_tide",),
    ),
    Layout(
        "in-a-folder-below-a-root-of-tools",
        {
            "pyproject.toml": "[tool.ruff]\nline-length = 100\n",
            "backend/setup.py": 'from setuptools import setup\nsetup(name="low-tide", version="1.2.3")\n',
            "backend/low_tide/__init__.py": "",
            "examples/x/setup.py": 'from setuptools import setup\nsetup(name="x", version="0.0.1")\n',
        },
        "backend/setup.py:2",
        ("backend/low_tide",),
    ),
    Layout(
        "imported-from-a-module-of-another-name",
        {
            "pyproject.toml": _FLIT + _DYNAMIC,
            "low_tide/__init__.py": "from .moon import __version__ as moon_version\n"
            "from .meta import (\n    AUTHOR,\n    __version__,\n)\n",
            "low_tide/moon.py": '__version__ = "9.0.0"\n',
            "low_tide/meta.py": 'AUTHOR = "Ada"\n__version__ = "1.2.3"\n',
        },
        "low_tide/meta.py:2",
    ),
    Layout(
        "django-tuple",
        {
            "setup.py": 'from low_tide import __version__\nsetup(name="low-tide", version=__version__)\n',
            "low_tide/__init__.py": 'VERSION = (1, 2, 3, "final", 1)\n__version__ = ".".join(map(str, VERSION[:3]))\n',
        },
        "low_tide/__init__.py:1",
    ),
    Layout(
        "several-import-packages",
        {
            "pyproject.toml": _HATCH
            + '[project]\nname = "low-tide"\nversion = "1.2.3"\n'
            + '[tool.hatch.build.targets.wheel]\npackages = ["src/low_tide", "src/_ebb"]\n',
            "src/_ebb/__init__.py": "",
            "src/low_tide/__init__.py": "",
        },
        "pyproject.toml:6",
        ("src/low_tide", "src/_ebb"),
    ),
)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.called)
def test_a_layout(tmp_path: Path, layout: Layout) -> None:
    """The name is never that of the folder."""
    here = repository(tmp_path, layout.files)
    found = package.find(here, Answers())
    assert found is not None
    current = versions.find(here, found, tags.find(here, found.name), Answers())
    assert (found.name, str(current.source), current.says) == (layout.name, layout.version, "1.2.3")
    assert found.modules == layout.modules


def repository(root: Path, files: Mapping[str, str]) -> tree.Tree:
    """A repository with these files in its one commit."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "Begin")
    return tree.of(root)


def test_no_package(tmp_path: Path) -> None:
    """An image and a chart alone are a project, too."""
    assert package.find(repository(tmp_path, {"Dockerfile": "FROM scratch\n"}), Answers()) is None


def test_several_packages(tmp_path: Path) -> None:
    """Which one is released is said in the call; none is released by accident."""
    files = {
        f"packages/{name}/pyproject.toml": _HATCH + f'[project]\nname = "{name}"\nversion = "1.0.0"\n'
        for name in ("ebb", "flow")
    }
    root = {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n'}
    here = repository(tmp_path, files | root)
    with pytest.raises(NotReady) as raised:
        package.find(here, Answers())
    assert raised.value.what_is == "2 folders have a package: packages/ebb, packages/flow"
    assert raised.value.type_next == "contd-release adopt --answer package=all   (or package=packages/ebb)"
    found = package.find(here, Answers({"package": "packages/flow"}))
    assert found is not None
    assert found.name == "flow"


@pytest.mark.parametrize(
    ("setup", "expected"),
    [
        ("setup(name=NAME)\n", "no file states the package's name as text: setup.py computes it"),
        ("\nprint 'setup'\n", "setup.py is not Python: line 2: Missing parentheses in call to 'print'"),
        ("def setup(:\n", "setup.py is not Python: line 1: invalid syntax"),
    ],
)
def test_a_setup_py_that_says_no_name(tmp_path: Path, setup: str, expected: str) -> None:
    """It is not run; a person says the name."""
    here = repository(tmp_path, {"setup.py": setup, "low_tide/__init__.py": _INIT})
    with pytest.raises(NotReady) as raised:
        package.find(here, Answers())
    assert raised.value.what_is.startswith(expected)
    assert "contd-release adopt --answer name=NAME" in raised.value.type_next
    found = package.find(here, Answers({"name": "low-tide"}))
    assert found is not None
    assert found.name == "low-tide"


_COMPUTED: Final = {
    "setup.py": 'setup(name="low-tide", version=json.load(open("web/package.json"))["version"])\n',
    "web/package.json": '{\n  "version": "1.2.3"\n}\n',
    "web/empty.json": "{}\n",
}


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("", "no file states the version of low-tide as text"),
        ('VERSION = (1, 3, 0, "alpha", 0)\n', 'low_tide/__init__.py:1 says VERSION = (1, 3, 0, "alpha", 0), which a'),
    ],
)
def test_a_version_that_setup_py_computes(tmp_path: Path, module: str, expected: str) -> None:
    """It is not run; a person names the file, and one that states no version is refused."""
    here = repository(tmp_path, _COMPUTED | {"low_tide/__init__.py": module})
    with pytest.raises(NotReady, match=re.escape(expected)):
        at_version(here)
    with pytest.raises(NotReady, match=re.escape("web/empty.json states no version that can be read")):
        at_version(here, "web/empty.json")
    assert str(at_version(here, "web/package.json").source) == "web/package.json:2"


def at_version(here: tree.Tree, path: str = "") -> versions.Current:
    """The version of a repository, in whose file a person says it is."""
    answers = Answers({"version": path} if path else {})
    found = package.find(here, answers)
    assert found is not None
    return versions.find(here, found, tags.find(here, found.name), answers)


def test_a_compiled_package(tmp_path: Path) -> None:
    """The tag of its wheel cannot be known from its files: it is asked, and that of this machine is the default."""
    setup = "setup(name='low-tide', version='1.2.3', ext_modules=[])\n"
    here = repository(tmp_path, {"setup.py": setup, "low_tide/__init__.py": ""})
    answers = Answers({"wheels": "cp311-cp311-manylinux_2_28_x86_64"})
    chosen = settings.of(adoption.look(here, answers), answers)
    assert chosen["pypi"] == {"wheels": ("cp311-cp311-manylinux_2_28_x86_64",)}
    answers = Answers()
    settings.of(adoption.look(here, answers), answers)
    assert answers.asked["wheels"][0].default.startswith("cp3")


@pytest.mark.parametrize(
    ("files", "given"),
    [
        ({"Dockerfile": "FROM scratch\n"}, {"image.name": "ghcr.io/acme/low-tide"}),
        ({"galaxy.yml": "name: low_tide\n"}, {"only-tags": "yes"}),
    ],
)
def test_where_nothing_states_the_version(tmp_path: Path, files: dict[str, str], given: dict[str, str]) -> None:
    """bump-my-version's own file does, so that a release can count on."""
    here, answers = repository(tmp_path, files), Answers(given)
    git(here.root, "tag", "v1.2.3")
    drafted = adoption.draft(here, adoption.look(here, answers), answers)
    configured = bumpversion.configuration(drafted.text)
    assert (str(configured.current), configured.files) == ("1.2.3", ())
