"""
CycloneDX: what a released package brings with it, as a bill of materials.

https://cyclonedx.org/docs/1.6/json/ and, inside a wheel, https://peps.python.org/pep-0770/
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
import time
import zipfile
from base64 import urlsafe_b64encode
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from contd_release.errors import Conflict
from contd_release.process.command import Command
from contd_release.process.files import whole
from contd_release.process.system import venv

SPECIFICATION: Final = "1.6"


def is_here() -> bool:
    """Whether the extra `sbom` is installed."""
    return find_spec("cyclonedx_py") is not None


def describe(environment: Path, pyproject: Path, to: Path, epoch: int) -> Command:
    """
    Write down what an environment holds, under the project that it was made for; equal environments give equal bytes.

    Args:
        environment: a virtual environment with the project and what it needs, and nothing else.
        epoch: seconds since 1970 that date the document.
    """
    form = ("--output-reproducible", "--sv", SPECIFICATION, "--of", "JSON", "--mc-type", "application")
    files = ("--pyproject", str(pyproject), "--output-file", str(to), "--", str(venv.python(environment)))
    return Command(
        (sys.executable, "-P", "-m", "cyclonedx_py", "environment", *form, *files),
        env={"SOURCE_DATE_EPOCH": str(epoch)},
        timeout=300,
    )


def put_inside(wheel: Path, document: Path, epoch: int) -> None:
    """
    Write a wheel again with a bill of materials in its metadata, and all else as it is; equal input gives equal bytes.

    Args:
        epoch: seconds since 1970 that date the document in the archive.

    Raises:
        Conflict: the wheel has another document of this name, or no list of its files.
    """
    with zipfile.ZipFile(wheel) as old, whole(wheel, has_one_writer=True) as raw, zipfile.ZipFile(raw, "w") as new:
        record = next((one for one in old.infolist() if one.filename.endswith(".dist-info/RECORD")), None)
        path = f"{record.filename.removesuffix('RECORD')}sboms/{document.name}" if record else ""
        if record is None or path in old.namelist():
            raise Conflict(
                f"{wheel.name} has {path or 'no RECORD'}",
                expected="a wheel without a bill of materials of this name",
                type_next="$EDITOR pyproject.toml   (inside-wheel in [tool.contd-release.sbom])",
            )
        content = document.read_bytes()
        for one in old.infolist():
            if one is not record:
                new.writestr(one, old.read(one))
        inside = zipfile.ZipInfo(path, time.gmtime(epoch)[:6])
        inside.compress_type, inside.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
        new.writestr(inside, content)
        # The list of files comes last: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
        new.writestr(record, _listed(old.read(record).decode(), path, content))


def _listed(record: str, path: str, content: bytes) -> str:
    """The list of a wheel's files with another one; its own line is the last."""
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow((path, f"sha256={digest}", len(content)))
    lines = [one for one in record.splitlines() if one]
    own = [one for one in lines if one.partition(",")[0].endswith(".dist-info/RECORD")]
    return "\n".join((*(one for one in lines if one not in own), line.getvalue().strip(), *own)) + "\n"
