"""A package that is built is tried before anything is public, and tried again as the package index serves it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import needed
import pytest

from contd_release.channels.pypi import access as pypi_access
from contd_release.channels.pypi.trial import Look
from contd_release.engine.step import State
from contd_release.errors import FailedCommand, NotReady
from contd_release.process.action import Running
from contd_release.process.system import venv
from contd_release.sandbox.world import World
from contd_release.tools import pip
from contd_release.tools.python import interpreters
from contd_release.tools.twine import upload_url

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place

# What the proof runs in has what the extra requires, with the Python that the project requires.
EXTRA = '[project.optional-dependencies]\nproof = []\n[tool.contd-release]\nproof-extras = ["proof"]\n'
MINOR = ("release", "--part", "minor", "--yes")


def test_a_wheel_that_cannot_be_imported(release: Place, world: World) -> None:
    """The build and `twine check` pass; the import says that a module is missing, and nothing is public."""
    release.replace("contd/__init__.py", '__version__ = "0.1.5"', 'import contd.nowhere\n\n__version__ = "0.1.5"')
    release.publish()
    said = release.say(*MINOR)
    assert said.code == 6
    assert "contd 0.2.0 is installed and cannot be imported:" in said.err
    assert "No module named 'contd.nowhere'" in said.err
    assert "`imports` in [tool.contd-release.pypi] to name those that are" in said.err
    assert "public already: nothing" in said.out
    assert dict(world.ledger.effects()) == {}


def test_modules_that_need_an_extra(beginning: Beginning, tmp_path: Path) -> None:
    """The setting is named with those that can be imported, to be copied."""
    environment = tmp_path / "environment"
    pip.environment(environment).run(Running(tmp_path / "log"))
    packages = venv.packages(environment)
    files = {"contd.py": "", "contd_server.py": "import no_such_module\n", "contd_tools.py": ""}
    record = "".join(f"{path},,\n" for path in files)
    files |= {"contd-0.2.0.dist-info/METADATA": "Name: contd\nVersion: 0.2.0\n", "contd-0.2.0.dist-info/RECORD": record}
    for path, text in files.items():
        (packages / path).parent.mkdir(exist_ok=True)
        (packages / path).write_text(text, encoding="utf-8")
    with pytest.raises(FailedCommand) as raised:
        Look(beginning(), environment, "").run(Running(tmp_path / "log"))
    assert "No module named 'no_such_module'" in raised.value.what_is
    assert '`imports = ["contd", "contd_tools"]` in [tool.contd-release.pypi]' in raised.value.expected


@pytest.mark.slow
def test_what_the_package_needs_is_installed_with_it(release: Place, tmp_path: Path, world: World) -> None:
    """
    A requirement comes from where pip looks on this machine, both times; the package itself from the release alone.
    """
    needed.wheel(tmp_path)
    release.replace("contd/__init__.py", '__version__ = "0.1.5"', 'import needed\n\n__version__ = "0.1.5"')
    release.replace("pyproject.toml", "[project]\n", '[project]\ndependencies = ["needed"]\n')
    release.replace("pyproject.toml", "[tool.contd-release]\n", EXTRA)
    release.publish()
    release.env.update({"UV_OFFLINE": "1", "UV_FIND_LINKS": str(tmp_path)})
    release.env.update({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"})
    said = release.say(*MINOR)
    assert said.code == 0, said.text
    assert "installed by pip, and imported" in said.out


def test_a_python_that_is_not_here(here: Place, beginning: Beginning) -> None:
    """A package that no Python of this machine can install is refused before anything is changed."""
    here.replace("pyproject.toml", 'requires-python = ">=3.11"', 'requires-python = ">=9"')
    here.publish()
    found = pypi_access.installable_here(beginning()).observe()
    assert State.ABSENT is found.state
    assert "no Python on this machine fits requires-python '>=9'" in found.detail


@pytest.mark.parametrize(
    ("repository", "wheel", "expected"),
    [
        ("pypi", "contd-1.2.0-cp311-cp311-linux_x86_64.whl", "linux_x86_64"),
        ("testpypi", "contd-1.2.0-py3-none-linux_aarch64.whl", "linux_aarch64"),
        ("pypi", "contd-1.2.0-cp311-cp311-manylinux_2_28_x86_64.whl", ""),
        ("pypi", "contd-1.2.0-py3-none-any.whl", ""),
        (upload_url("pypi"), "contd-1.2.0-cp311-cp311-linux_x86_64.whl", "linux_x86_64"),
        (f"https://index.example.com/?of={upload_url('pypi')}", "contd-1.2.0-cp311-cp311-linux_x86_64.whl", ""),
        ("https://index.example.com/", "contd-1.2.0-cp311-cp311-linux_x86_64.whl", ""),
    ],
)
def test_a_wheel_for_one_machine(repository: str, wheel: str, expected: str) -> None:
    """PyPI would refuse it after the tag is public; an index of one's own takes it."""
    assert pypi_access.platform_of_one_machine(repository, (wheel,)) == expected


@pytest.mark.slow
def test_another_python_of_this_machine(release: Place, world: World) -> None:
    """A package for a newer Python than the one that releases it is installed and imported with that one."""
    try:
        newer = interpreters.fitting(f">{interpreters.this().version}").version
    except NotReady:
        pytest.skip("there is no newer Python on this machine")
    release.env["PYENV_ROOT"] = os.environ.get("PYENV_ROOT") or str(Path.home() / ".pyenv")
    release.replace("pyproject.toml", 'requires-python = ">=3.11"', f'requires-python = ">={newer}"')
    release.replace("pyproject.toml", "[tool.contd-release]\n", EXTRA)
    release.publish()
    said = release.say(*MINOR)
    assert said.code == 0, said.text
    assert f"a Python here can install the package: Python {newer} fits" in said.out


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('readme = "README.md"\n', "", "pyproject.toml names no readme, and README.md is there"),
        ('readme = "README.md"', 'readme = "ABOUT.md"', "the readme ABOUT.md, which is not there or empty"),
        (
            'readme = "README.md"',
            'readme = { file = "A.md", content-type = "text/markdown" }',
            "the readme A.md, which",
        ),
    ],
)
def test_a_package_without_a_readme(here: Place, beginning: Beginning, old: str, new: str, expected: str) -> None:
    """It is said before the build, and what to type."""
    here.replace("pyproject.toml", old, new)
    here.publish()
    found = pypi_access.described(beginning()).observe()
    assert State.ABSENT is found.state
    assert expected in found.detail


@pytest.mark.parametrize("new", ['dynamic = ["readme"]', 'readme = { text = "A text", content-type = "text/plain" }'])
def test_a_readme_that_is_no_file(here: Place, beginning: Beginning, new: str) -> None:
    """The build backend makes it, or pyproject.toml has it."""
    here.replace("pyproject.toml", 'readme = "README.md"', new)
    here.publish()
    assert State.DONE is pypi_access.described(beginning()).observe().state
