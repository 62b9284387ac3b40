"""twine: one file a command, with our time limit and our patience. Every failure of it is exit code 1."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from contd_release.errors import FailedCommand, ReleaseError
from contd_release.process.command import Command, python_module
from contd_release.process.redaction import Secret

_HOPELESS = re.compile(r"\b(400|401|403|404|409|413)\b")


def check(files: Sequence[Path]) -> Command:
    """Check the metadata as an index will read it; a warning fails."""
    return _twine("check", "--strict", "--", *map(str, files))


def upload(file: Path, repository: str) -> Command:
    """
    Upload one file to a URL, or to a section of ~/.pypirc; twine logs in from its variables, that file or the keyring.
    """
    where = ("--repository-url" if "://" in repository else "--repository", repository)
    words = ("upload", "--non-interactive", "--disable-progress-bar", *where, "--", str(file))
    given = {name: os.environ[name] for name in ("TWINE_USERNAME", "TWINE_PASSWORD") if name in os.environ}
    return _twine(*words, env={name: Secret(value) for name, value in given.items()}, timeout=300)


def is_worth_another_try(failure: ReleaseError) -> bool:
    """Whether an upload may work the next time: overload, a lost connection, a stalled server; not a refusal."""
    return isinstance(failure, FailedCommand) and not _HOPELESS.search(failure.what_is)


def _twine(*words: str, env: Mapping[str, Secret] | None = None, timeout: float = 120) -> Command:
    return Command(python_module("twine", "--no-color", *words), env=env or {}, timeout=timeout)
