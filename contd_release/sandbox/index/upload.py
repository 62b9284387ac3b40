"""
What an index demands of an upload before it takes it in.

It follows "Upload API" in the documentation of PyPI.
"""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final

from packaging.metadata import RawMetadata, parse_email
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from contd_release.sandbox.index.distributions import Digests, Distribution

_FIELDS: Final = {"sha256_digest": "sha256", "md5_digest": "md5", "blake2_256_digest": "blake2"}


class UploadRefusal(Exception):
    """The upload is refused: an HTTP status, and the reason."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True)
class Upload:
    """A file, and the form fields that came with it."""

    fields: Mapping[str, str]
    filename: str
    content: IO[bytes]

    @property
    def name(self) -> str:
        """The name of the project, as it was sent."""
        return self.fields.get("name", "").strip()

    def distribution(self) -> Distribution:
        """
        The record it would get, if everything about it fits together.

        Raises:
            UploadRefusal: it does not.
        """
        version = self._version()
        self._check_filename(version)
        digests = self._digests()
        core, raw = self._core_metadata()
        if canonicalize_name(core.get("name", "")) != canonicalize_name(self.name):
            raise UploadRefusal(f"The metadata in {self.filename} is of {core.get('name')!r}, not of {self.name!r}.")
        if core.get("version", "") != self.fields["version"].strip():
            raise UploadRefusal(f"The metadata in {self.filename} has version {core.get('version')!r}, not {version}.")
        return Distribution(
            filename=self.filename,
            name=self.name,
            version=str(version),
            filetype=self.fields["filetype"],
            python=self.fields.get("pyversion", ""),
            requires_python=self.fields.get("requires_python", "").strip(),
            summary=self.fields.get("summary", ""),
            digests=digests,
            metadata=raw if self.fields["filetype"] == "bdist_wheel" else "",
        )

    def _version(self) -> Version:
        given = self.fields.get("version", "").strip()
        try:
            version = Version(given)
        except InvalidVersion as error:
            raise UploadRefusal(f"{given!r} is an invalid value for Version.") from error
        if version.local:
            raise UploadRefusal(f"The use of local versions in {given!r} is not allowed.")
        return version

    def _check_filename(self, version: Version) -> None:
        if PurePosixPath(self.filename).name != self.filename or "\\" in self.filename or self.filename.startswith("."):
            raise UploadRefusal("Cannot upload a file with '/' or '\\' in its name.")
        try:
            if self.filename.endswith(".whl"):
                filetype, (name, theirs, *_) = "bdist_wheel", parse_wheel_filename(self.filename)
            else:
                filetype, (name, theirs) = "sdist", parse_sdist_filename(self.filename)
        except (InvalidWheelFilename, InvalidSdistFilename) as error:
            raise UploadRefusal(f"Invalid file name: {error}") from error
        if self.fields.get("filetype") != filetype:
            raise UploadRefusal(f"{self.filename!r} is no {self.fields.get('filetype')!r}.")
        if (name, theirs) != (canonicalize_name(self.name), version):
            raise UploadRefusal(f"File name {self.filename!r} does not fit {self.name!r} {version}.")

    def _digests(self) -> Digests:
        digests = digests_of(self.content)
        given = {ours: self.fields[field].lower() for field, ours in _FIELDS.items() if self.fields.get(field)}
        if not given:
            raise UploadRefusal("Include at least one message digest.")
        if any(getattr(digests, name) != value for name, value in given.items()):
            raise UploadRefusal("The digest supplied does not match a digest calculated from the uploaded file.")
        return digests

    def _core_metadata(self) -> tuple[RawMetadata, str]:
        """METADATA of a wheel, PKG-INFO of an sdist: parsed, and as it is."""
        self.content.seek(0)
        try:
            raw = _metadata_of_wheel(self.content) if self.filename.endswith(".whl") else _pkg_info(self.content)
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, KeyError, UnicodeDecodeError) as error:
            raise UploadRefusal(f"Invalid distribution file: {error}") from error
        return parse_email(raw)[0], raw


def digests_of(content: IO[bytes]) -> Digests:
    """The digests of what this stream holds from its beginning."""
    content.seek(0)
    sha256, blake2, md5 = hashlib.sha256(), hashlib.blake2b(digest_size=32), hashlib.md5(usedforsecurity=False)
    while chunk := content.read(1 << 20):
        for digest in (sha256, blake2, md5):
            digest.update(chunk)
    return Digests(sha256.hexdigest(), blake2.hexdigest(), md5.hexdigest(), content.tell())


def _metadata_of_wheel(content: IO[bytes]) -> str:
    with zipfile.ZipFile(content) as wheel:
        names = [name for name in wheel.namelist() if PurePosixPath(name).match("*.dist-info/METADATA")]
        if len(names) != 1:
            raise KeyError("no METADATA, or more than one")
        return wheel.read(names[0]).decode()


def _pkg_info(content: IO[bytes]) -> str:
    with tarfile.open(fileobj=content, mode="r:gz") as sdist:
        for member in sdist:
            if PurePosixPath(member.name).match("*/PKG-INFO") and member.name.count("/") == 1:
                stream = sdist.extractfile(member)
                return stream.read().decode() if stream else ""
    raise KeyError("no PKG-INFO")
