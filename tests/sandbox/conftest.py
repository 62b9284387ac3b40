"""A world, and files to publish in it."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import requests

from contd_release.sandbox.accounts import Account
from contd_release.sandbox.world import World


def wheel_in(
    folder: Path, version: str, name: str = "contd_demo", *, says: str = "", requires: str = "", info: str = ""
) -> Path:
    """A wheel of one module that pip installs; `says` makes its bytes different, `info` is another project's name."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    tag = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    names = [f"{name}.py", *(f"{name}-{version}.dist-info/{one}" for one in ("METADATA", "WHEEL", "RECORD"))]
    record = "".join(f"{one},,\n" for one in names)
    texts = (f"VERSION = {version!r}\n# {says}\n", _metadata(info or name, version, requires), tag, record)
    with zipfile.ZipFile(path, "w") as wheel:
        for one, text in zip(names, texts, strict=True):
            wheel.writestr(zipfile.ZipInfo(one), text)
    return path


def sdist_in(folder: Path, version: str, name: str = "contd_demo", *, says: str = "", suffix: str = "tar.gz") -> Path:
    """An sdist as far as an index looks into it."""
    path = folder / f"{name}-{version}.{suffix}"
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
def make_wheel(tmp_path: Path) -> Callable[..., Path]:
    """`wheel_in` a folder of this test."""
    return partial(wheel_in, tmp_path)


@pytest.fixture
def make_sdist(tmp_path: Path) -> Callable[..., Path]:
    """`sdist_in` a folder of this test."""
    return partial(sdist_in, tmp_path)


def send(
    world: World, file: Path, account: Account | None = None, *, timeout: float = 20, **fields: str
) -> requests.Response:
    """Upload a file as twine does; `fields` replace what twine would say, an empty one leaves it out."""
    name, version = file.name.removesuffix(".tar.gz").split("-")[:2]
    is_wheel = file.name.endswith(".whl")
    form = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "name": name.replace("_", "-"),
        "version": version,
        "filetype": "bdist_wheel" if is_wheel else "sdist",
        "pyversion": "py3" if is_wheel else "source",
        "sha256_digest": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    who = account or world.accounts.publisher
    return requests.post(
        world.upload_url,
        data={field: value for field, value in (form | fields).items() if value},
        files={"content": (fields.get("filename", file.name), file.read_bytes())},
        auth=(who.user, who.password.reveal()),
        timeout=timeout,
    )


@pytest.fixture
def upload(world: World) -> Callable[..., requests.Response]:
    """`send` to this world."""
    return partial(send, world)
