"""The places that state the version: those that follow the release, and those that only look like it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from contd_release.adopt import adoption, tree
from contd_release.adopt.questions import Answers
from tests.adopt.find.test_package import repository
from tests.conftest import git

_SYSTEM: Final = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
PACKAGE: Final = {
    "pyproject.toml": '[project]\nname = "kelp-bed"\nversion = "1.4.1"\n' + _SYSTEM,
    "kelp_bed/__init__.py": "",
}
_CHART: Final = {"chart/Chart.yaml": 'apiVersion: v2\nname: kelp-bed\nversion: 1.4.1\nappVersion: "1.4.1"\n'}


def followed(root: Path, files: Mapping[str, str]) -> set[str]:
    """The places that are followed in a repository with these files, besides the package's own line."""
    found = adoption.look(repository(root, PACKAGE | dict(files)), Answers())
    return {one.where for one in found.places.followed} - {"pyproject.toml:3"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"kelp_bed/__init__.py": '__version__ = "1.4.1"\n'}, {"kelp_bed/__init__.py:1"}),
        ({"kelp_bed/__init__.py": '__version__: str = "1.4.0"  # late\n'}, {"kelp_bed/__init__.py:1"}),
        ({"kelp_bed/__init__.py": 'VERSION = (1, 4, 1, "final", 0)\n'}, {"kelp_bed/__init__.py:1"}),
        ({"kelp_bed/__init__.py": "version_info = (1, 4, 1, 0)\n"}, {"kelp_bed/__init__.py:1"}),
        ({"kelp_bed/__init__.py": "version_info = (1, 4, 1, -100)\n"}, set()),
        ({"kelp_bed/__init__.py": 'VERSION = (1, 4, 1, "dev", 0)\nOTHER = (1, 4, 1)\n'}, set()),
        ({"kelp_bed/core/version.py": 'VERSION = "1.4.1"\n'}, {"kelp_bed/core/version.py:1"}),
        ({"kelp_bed/api/__init__.py": '__version__ = "2"\n'}, set()),
        ({"kelp_bed/__init__.py": 'API_VERSION = "1.4.1"\nneeds = "1.4.1"\n'}, set()),
        ({"setup.cfg": "[metadata]\nname = kelp-bed\nversion = 1.4.1\n"}, {"setup.cfg:3"}),
        ({"pyproject.toml": PACKAGE["pyproject.toml"] + '[tool.poetry]\nversion = "1.4.1"\n'}, {"pyproject.toml:8"}),
        ({"pyproject.toml": PACKAGE["pyproject.toml"] + '[tool.other]\nversion = "1.4.1"\n'}, set()),
        ({"kelp_bed/const.py": '__version__ = "1.4.1"\nAPI = "1.4.1"\n'}, {"kelp_bed/const.py:1"}),
        (
            {"kelp_bed/const.py": 'MAJOR_VERSION: Final = 1\nMINOR_VERSION: Final = 4\nPATCH_VERSION: Final = "1"\n'},
            {"kelp_bed/const.py:1", "kelp_bed/const.py:2", "kelp_bed/const.py:3"},
        ),
        ({"kelp_bed/const.py": "MAJOR = 1\nMINOR = 4\nMICRO = 0\n"}, set()),
        ({"kelp_bed/const.py": "MAJOR = 1\nMINOR = 4\n\n\n\n\nPATCH = 1\n"}, set()),
        ({"docs/conf.py": 'release = "v1.4.1"\nversion = "1.4"\n'}, {"docs/conf.py:1", "docs/conf.py:2"}),
        ({"docs/conf.py": 'version = "1.3"\n'}, set()),
        ({"CITATION.cff": "cff-version: 1.2.0\nversion: v1.4.0\n"}, {"CITATION.cff:2"}),
        ({"VERSION": "1.4.1\n"}, {"VERSION:1"}),
        ({"package.json": '{\n  "version": "1.4.1",\n  "engines": "1.4.1"\n}\n'}, {"package.json:2"}),
        ({"package.json": '{\n  "version": "0.0.1"\n}\n'}, set()),
        ({"web/package.json": '{\n  "version": "1.4.1"\n}\n'}, {"web/package.json:2"}),
        ({"examples/web/package.json": '{\n  "version": "1.4.1"\n}\n'}, set()),
        ({"Dockerfile": 'FROM scratch\nLABEL version="1.4.1"\n'}, {"Dockerfile:2"}),
        ({"Dockerfile": "FROM scratch\nARG KELP_BED_VERSION=1.4.1\n"}, {"Dockerfile:2"}),
        ({"Dockerfile": "FROM python:1.4.1\nENV PIP_VERSION=1.4.1\n"}, set()),
        ({"compose.yml": "services:\n  a:\n    image: quay.io/acme/kelp-bed:v1.4.1\n"}, {"compose.yml:3"}),
        ({"docker-compose.prod.yaml": 'services:\n  a:\n    image: "acme/other:1.4.1"\n'}, set()),
        ({"uv.lock": '[[package]]\nname = "kelp-bed"\nversion = "1.4.1"\n'}, {"uv.lock:3"}),
        ({"uv.lock": '[[package]]\nname = "other"\nversion = "1.4.1"\n'}, set()),
        ({"poetry.lock": '[[package]]\nname = "other"\nversion = "1.4.1"\n'}, set()),
        (_CHART, {"chart/Chart.yaml:3", "chart/Chart.yaml:4"}),
        (
            _CHART | {"chart/values.yaml": 'image:\n  repository: acme/kelp-bed\n  tag: "v1.4.1"\n'},
            {"chart/Chart.yaml:3", "chart/Chart.yaml:4", "chart/values.yaml:3"},
        ),
        (
            _CHART | {"chart/values.yaml": "image:\n  repository: acme/other\n  tag: 1.4.0\n"},
            {"chart/Chart.yaml:3", "chart/Chart.yaml:4"},
        ),
    ],
)
def test_what_follows(tmp_path: Path, files: dict[str, str], expected: set[str]) -> None:
    """What is about the project, wherever it is; never a dependency, another package or an example."""
    assert followed(tmp_path, files) == expected


def test_what_the_last_release_changed(tmp_path: Path) -> None:
    """A line that no custom names is known because it moved from one tag to the next; a line that told of it is not."""
    page, news = tmp_path / "site/get.html", tmp_path / "NEWS.txt"
    old = PACKAGE["pyproject.toml"].replace("1.4.1", "1.4.0")
    release = tmp_path / "site/release.yaml"
    files = {"pyproject.toml": old, "site/get.html": "<b>kelp 1.4.0</b>\n", "NEWS.txt": "1.4.0 is out\n"}
    files["site/release.yaml"] = 'version: "1.4.0"\n'
    root = repository(tmp_path, PACKAGE | files).root
    git(root, "tag", "v1.4.0")
    (root / "pyproject.toml").write_text(PACKAGE["pyproject.toml"], encoding="utf-8")
    page.write_text("<b>kelp 1.4.1</b>\n<i>since 1.4.1</i>\n", encoding="utf-8")
    news.write_text("1.4.1 is out\n1.4.0 is out\n", encoding="utf-8")
    release.write_text('version: "1.4.1"\n', encoding="utf-8")
    git(root, "commit", "--quiet", "--all", "-m", "Release")
    git(root, "tag", "v1.4.1")
    found = adoption.look(tree.of(root), Answers())
    where = [one.where for one in found.places.followed]
    assert where == ["pyproject.toml:3", "site/get.html:1", "site/release.yaml:1"]


def test_look_alikes_are_listed(tmp_path: Path) -> None:
    """With their lines, so that a person can see what is left."""
    files = {"README.md": "# Kelp\n\npip install kelp-bed==1.4.1\n", "requirements.txt": "left==1.4.1\n"}
    found = adoption.look(repository(tmp_path, PACKAGE | files), Answers())
    assert [(one.what, one.where) for one in found.places.mentions] == [
        ("also says 1.4.1, not followed", "README.md:3"),
        ("also says 1.4.1, not followed", "requirements.txt:1"),
    ]


def test_a_number_with_a_suffix_is_listed(tmp_path: Path) -> None:
    """Three constants that say a version between releases cannot follow, and a person reads where they are."""
    between = PACKAGE["pyproject.toml"].replace("1.4.1", "1.5.0.dev0")
    constants = 'MAJOR_VERSION = 1\nMINOR_VERSION = 5\nPATCH_VERSION = "0.dev0"\n'
    found = adoption.look(
        repository(tmp_path, PACKAGE | {"pyproject.toml": between, "kelp_bed/const.py": constants}), Answers()
    )
    assert [one.where for one in found.places.followed] == ["pyproject.toml:3"]
    assert [(one.what, one.where) for one in found.places.mentions] == [
        ("also says 1.5.0.dev0, not followed", "kelp_bed/const.py:3")
    ]
