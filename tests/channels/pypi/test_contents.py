"""A wheel or an sdist with a file that git does not have is refused before the line, and the file is named."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.tools.distribution import Files, patterns

if TYPE_CHECKING:
    from tests.conftest import Place

COMMITTED: dict[str, str | bytes] = {
    "src/contd/__init__.py": "__version__ = '1.0'\n",
    "src/contd/py.typed": "",
    "src/contd/data/table.csv": "a,b\n",
    "src/contd/dos.txt": b"one\r\ntwo\r\n",
    "scripts/contd-go": "#!/usr/bin/env python\nprint(1)\n",
    "pyproject.toml": "[project]\nname = 'contd'\n",
    "README.md": "# Contd\n",
    ".gitattributes": "*.txt text eol=crlf\n",
}
SDIST = {f"contd-1.0/{path}": content for path, content in COMMITTED.items()} | {
    "contd-1.0/PKG-INFO": "Name: contd\n",
    "contd-1.0/setup.cfg": "[egg_info]\n",
    "contd-1.0/src/contd.egg-info/SOURCES.txt": "x\n",
    "contd-1.0/pyproject.toml": "[project]\nname = 'contd'\nversion = '1.0'\n",
}
WHEEL: dict[str, str | bytes] = {
    path.removeprefix("src/"): content for path, content in COMMITTED.items() if path.startswith("src/")
} | {
    "contd-1.0.dist-info/METADATA": "Name: contd\n",
    "contd-1.0.dist-info/licenses/LICENSE": "x\n",
    "contd-1.0.data/scripts/contd-go": "#!python\nprint(1)\n",
    "contd-1.0.data/data/share/doc/README.md": "# Contd\n",
}
EXTRA: dict[str, str | bytes] = {"contd/extra.py": "import os\n"}


@pytest.fixture(name="files")
def _files(place: Place) -> Files:
    for path, content in COMMITTED.items():
        target = place.clone / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    place.git("rm", "-rq", "--cached", ".")
    place.git("add", *COMMITTED)
    place.git("commit", "-qm", "Files")
    place.git("clean", "-qfdx")
    return Files(place.clone, place.git("rev-parse", "HEAD"), place.clone)


def wheel(folder: Path, contents: Mapping[str, str | bytes], tags: str = "py3-none-any") -> Path:
    """A wheel of these files."""
    with zipfile.ZipFile(folder / f"contd-1.0-{tags}.whl", "w") as archive:
        for path, content in contents.items():
            archive.writestr(path, content)
    return folder / f"contd-1.0-{tags}.whl"


def sdist(folder: Path, contents: Mapping[str, str | bytes]) -> Path:
    """An sdist of these files."""
    with tarfile.open(folder / "contd-1.0.tar.gz", "w:gz") as archive:
        for path, content in contents.items():
            whole = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(path)
            member.size = len(whole)
            archive.addfile(member, io.BytesIO(whole))
    return folder / "contd-1.0.tar.gz"


def named(files: Files, archive: Path, *generated: str) -> list[str]:
    """The files that are refused."""
    return [one.path for one in files.strangers(archive, generated)]


def test_an_ordinary_build_is_fine(files: Files, tmp_path: Path) -> None:
    """A src layout, package data, line ends, scripts, data files, and what backends write."""
    assert named(files, wheel(tmp_path, WHEEL)) == []
    assert named(files, sdist(tmp_path, SDIST)) == []


@pytest.mark.parametrize(
    "path",
    [
        "contd/extra.py",
        "extra.pth",
        "contd/__init__.pyi",
        "other/__init__.py",
        "contd/x.so",
        "contd-1.0.data/data/etc/x",
        "contd-1.0.dist-info/extra.py",
        "contd/x.egg-info/extra.py",
    ],
)
def test_a_file_that_git_lacks_is_named(files: Files, tmp_path: Path, path: str) -> None:
    """In a wheel and in an sdist; also one that is imported at every start of Python, and a program in a pure wheel."""
    assert named(files, wheel(tmp_path, WHEEL | {path: "import os\n"})) == [path]
    assert named(files, sdist(tmp_path, SDIST | {f"contd-1.0/{path}": "import os\n"})) == [path]


def test_a_changed_file_is_named(files: Files, tmp_path: Path) -> None:
    """A build that adds a line to a module."""
    changed = WHEEL | {"contd/__init__.py": "__version__ = '1.0'\nimport os\n"}
    found = files.strangers(wheel(tmp_path, changed), ())
    assert [str(one) for one in found] == [
        "contd-1.0-py3-none-any.whl holds contd/__init__.py, with other bytes than git has"
    ]
    (files.checkout / "src/contd/__init__.py").write_text("__version__ = '1.0'\nimport os\n")
    again = Files(files.root, files.commit, files.checkout)
    assert named(again, wheel(tmp_path, changed)) == ["contd/__init__.py"]


def test_an_empty_module_is_named(files: Files, tmp_path: Path) -> None:
    """Git has empty files, and none of this name."""
    assert named(files, wheel(tmp_path, WHEEL | {"contd/extra.py": ""})) == ["contd/extra.py"]


@pytest.mark.parametrize(
    "pattern", ["src/contd/extra.py", "contd/extra.py", "*/extra.py", "contd/*", "src/contd/*.py", "*.py"]
)
def test_a_generated_file_that_is_named_is_fine(files: Files, tmp_path: Path, pattern: str) -> None:
    """As it is in the tree, or as it is in the wheel; with a pattern."""
    assert named(files, wheel(tmp_path, WHEEL | EXTRA), pattern) == []


@pytest.mark.parametrize("pattern", ["src/contd/other.py", "extra.py", "xcontd/extra.py", "contd/extra"])
def test_another_name_is_another_file(files: Files, tmp_path: Path, pattern: str) -> None:
    """A pattern names whole paths."""
    assert named(files, wheel(tmp_path, WHEEL | EXTRA), pattern) == ["contd/extra.py"]


def test_what_to_name_as_generated_is_whole(files: Files, tmp_path: Path) -> None:
    """Many files of a kind are one pattern that names each of them; a module is never named by a pattern."""
    texts = {f"contd/locale/{n}/LC_MESSAGES/contd.mo": f"{n}" for n in "abcdef"}
    modules = [f"contd/made/{n}.py" for n in "abcdef"]
    found = list(patterns([*texts, *modules, "contd/one.txt"], 5))
    assert found == ["contd/locale/*.mo", *modules, "contd/one.txt"]
    assert named(files, wheel(tmp_path, WHEEL | texts), *found) == []


@pytest.mark.parametrize(
    "name", ["contd/_go.cpython-311-x86_64-linux-gnu.so", "contd.libs/libz.so.1.2.3", "contd/x.pyd"]
)
def test_a_compiled_extension_is_fine(files: Files, tmp_path: Path, name: str) -> None:
    """In a wheel for a platform; its sources are compared in the sdist."""
    assert named(files, wheel(tmp_path, WHEEL | {name: b"\x7fELF"}, "cp311-cp311-manylinux_2_17_x86_64")) == []


def test_a_build_with_setuptools_is_fine(files: Files, tmp_path: Path) -> None:
    """The backend that most projects have, with the files that it writes."""
    build = '[build-system]\nrequires = []\nbuild-backend = "setuptools.build_meta"\n'
    more = 'version = "1.0"\nreadme = "README.md"\n[tool.setuptools]\nscript-files = ["scripts/contd-go"]\n'
    more += '[tool.setuptools.package-data]\ncontd = ["py.typed", "data/*", "*.txt"]\n'
    (files.checkout / "pyproject.toml").write_text(f'{build}[project]\nname = "contd"\n{more}')
    git = ("git", "-C", str(files.checkout), "-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run((*git, "commit", "-qam", "Build with setuptools"), check=True)
    commit = subprocess.check_output((*git, "rev-parse", "HEAD"), text=True).strip()
    argv = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path / "made"), str(files.checkout))
    subprocess.run(argv, check=True, capture_output=True)
    found = Files(files.root, commit, files.checkout)
    for one in (tmp_path / "made").iterdir():
        assert named(found, one) == []


ADDING = """
    texts["contd/extra.py"] = "import os\\n"
    texts[f"{name}.dist-info/RECORD"] ="""


@pytest.mark.slow
def test_a_release_with_a_module_that_git_lacks_stops_before_the_line(release: Place) -> None:
    """The module and what to type are named; once the project names it as generated, it is released."""
    release.replace("backend/small_backend.py", '\n    texts[f"{name}.dist-info/RECORD"] =', ADDING)
    release.publish("Add a module in the build")
    said = release.say("release", "--part", "minor", "--yes")
    assert said.code == 2, said.text
    assert "py3-none-any.whl holds contd/extra.py, which git does not have" in said.err
    assert "public already: nothing" in said.text
    assert 'generated = ["contd/extra.py"]' in said.err
    assert release.say("abort").code == 0
    release.replace("pyproject.toml", "isolated = false\n", 'isolated = false\ngenerated = ["contd/extra.py"]\n')
    release.publish("Name it")
    said = release.say("release", "--part", "minor", "--yes")
    assert said.code == 0, said.text


@pytest.mark.parametrize(
    "table",
    [
        '[tool.setuptools_scm]\nversion_file = "src/contd/extra.py"\n',
        '[tool.hatch.build.hooks.vcs]\nversion-file = "contd/extra.py"\n',
        '[tool.versioneer]\nversionfile_source = "src/contd/extra.py"\n',
    ],
)
def test_a_version_file_that_the_backend_names_is_fine(release: Place, table: str) -> None:
    """Projects whose version file is written by their build need no setting."""
    release.replace("backend/small_backend.py", '\n    texts[f"{name}.dist-info/RECORD"] =', ADDING)
    release.replace("pyproject.toml", "[tool.contd-release]\n", f"{table}[tool.contd-release]\n")
    release.publish("Write the version in the build")
    said = release.say("build", "--part", "minor")
    assert said.code == 0, said.text
