"""build: the wheel and the sdist, and what it takes to make the same bytes twice."""

from __future__ import annotations

import gzip
import shutil
import tarfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from contd_release.errors import Conflict
from contd_release.process.command import Command, python_module
from contd_release.process.files import whole


def build(source: Path, to: Path, env: Mapping[str, str], *, isolated: bool) -> Command:
    """
    Build the sdist, and the wheel from it.

    Args:
        env: the time that dates what is built, and the version where a tool computes it.
    """
    words = ["--outdir", str(to)]
    if not isolated:
        words.append("--no-isolation")
    elif find_spec("uv"):
        words += ["--installer", "uv"]
    # A backend that is imported from the source would leave compiled modules in the sdist.
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"}
    return Command(python_module("build", *words, "--", str(source)), env={**env, **quiet}, timeout=1800).reproducible()


def settle_times(sdist: Path, epoch: int) -> None:
    """
    Write an sdist again with sorted members and nothing of this machine in it: times, owners, modes.

    setuptools leaves all three in; other backends already write what this writes.
    https://reproducible-builds.org/docs/archives/
    """
    with (
        tarfile.open(sdist, "r:gz") as old,
        whole(sdist, has_one_writer=True) as raw,
        gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=epoch) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member in sorted(old.getmembers(), key=lambda one: one.name):
            member.mtime = epoch
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            new.addfile(member, old.extractfile(member) if member.isfile() else None)


def refuse_others(made: Path, wanted: tuple[str, ...]) -> None:
    """
    Refuse a build that is not exactly the files that were computed beforehand.

    Raises:
        Conflict: the build made other files.
    """
    found = sorted(path.name for path in made.iterdir() if not path.name.startswith("."))
    if found == sorted(wanted):
        return
    tags = ", ".join(f'"{name.removesuffix(".whl").split("-", 2)[-1]}"' for name in found if name.endswith(".whl"))
    hint = f"   ([tool.contd-release.pypi] wheels = [{tags}], or requires-python where that is missing)" if tags else ""
    raise Conflict(
        f"the build made {', '.join(found) or 'nothing'}",
        expected=", ".join(sorted(wanted)),
        type_next=_other_version(found, wanted) or f"$EDITOR pyproject.toml{hint}",
    )


def _other_version(found: Sequence[str], wanted: Sequence[str]) -> str:
    """What to type where the wheels have another version than the release; empty if they have the same."""
    made, planned = (
        {part for name in names if name.endswith(".whl") for part in name.split("-")[1:2]} for names in (found, wanted)
    )
    if not made or not planned or made == planned:
        return ""
    one, ours = min(made), min(planned)
    if f"{one}.0" == ours:
        return f"invoke abort   (the package shortens {ours} to {one}: have it state three numbers, and release again)"
    return f"$EDITOR .bumpversion.toml   (list the file from which the build reads {one}, too)"


def hand_over(made: Path, to: Path, wanted: tuple[str, ...]) -> None:
    """
    Move the files of a build to where they are sealed.

    Raises:
        Conflict: there are others among them.
    """
    refuse_others(made, wanted)
    to.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        (made / name).replace(to / name)
    shutil.rmtree(made)
