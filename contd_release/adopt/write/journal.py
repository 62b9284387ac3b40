"""
All files or none: everything is first written outside the tree, then moved into place, and put back when interrupted.

A kill between two moves leaves a list of what was to be moved. A process of its own, which the kill of this one does
not reach, puts everything back at once; where that was killed as well, the next adoption does it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from contd_release.adopt.draft import Change, require_inside
from contd_release.errors import Conflict, Unwritable
from contd_release.process.files import whole
from contd_release.process.system.guard import guarded

_LIST: Final = "adoption.json"


def write(root: Path, room: Path, changes: Sequence[Change]) -> None:
    """
    Write every change, or none.

    Args:
        room: a folder that is not in the working tree, on the same disk where that is possible.

    Raises:
        Unwritable: there is no room for a file, or no right to write it; the tree is as it was.
        Conflict: a file has changed since it was read.
        NotReady: a file lies below a link that leads elsewhere.
    """
    for change in changes:
        _require_unchanged(root, change)
    try:
        _stage(root, room, changes)
        with guarded(partial(recovered, root, room)):
            for number, change in enumerate(changes):
                _move(root, room, number, change)
    except OSError as error:
        recovered(root, room)
        shutil.rmtree(room, ignore_errors=True)
        raise Unwritable(
            f"{error.filename or root} cannot be written: {error.strerror}; every file is as it was",
            expected="room for the files, and the right to write them",
            type_next="contd-release adopt",
        ) from error
    except BaseException:
        recovered(root, room)
        raise
    (room / _LIST).unlink()
    shutil.rmtree(room, ignore_errors=True)


def recovered(root: Path, room: Path) -> tuple[str, ...]:
    """
    Put back what an interrupted adoption has moved; the paths that were put back.

    A file that has changed since is left alone: it is someone's work.
    """
    if not (room / _LIST).exists():
        return ()
    put_back = []
    listed = json.loads((room / _LIST).read_text(encoding="utf-8"))
    for number, entry in reversed(list(enumerate(listed["files"]))):
        path, old = root / entry["path"], room / f"{number}.old"
        new = bytes.fromhex(entry["after"]) if entry["after"] is not None else None
        if _digest(path) != new or (old.exists() and _digest(old) == _digest(path)):
            continue
        if old.exists():
            _replace(old, path, keep=True)
        else:
            path.unlink(missing_ok=True)
        put_back.append(entry["path"])
    for folder in reversed(listed["folders"]):
        with suppress(OSError):
            (root / folder).rmdir()
    (room / _LIST).unlink()
    shutil.rmtree(room, ignore_errors=True)
    return tuple(reversed(put_back))


def _require_unchanged(root: Path, change: Change) -> None:
    path = root / change.path
    require_inside(root, change.path)
    now = path.read_bytes() if path.is_file() else None
    if now != change.before:
        raise Conflict(
            f"{change.path} has changed since it was read", expected="files that stay as they are meanwhile",
            type_next="contd-release adopt",
        )  # fmt: skip


def _stage(root: Path, room: Path, changes: Sequence[Change]) -> None:
    """Write the new files and a copy of the old ones into the room, and then the list of them."""
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True)
    for number, change in enumerate(changes):
        path = root / change.path
        if change.before is not None:
            shutil.copy2(path, room / f"{number}.old")
        if change.after is not None:
            (room / f"{number}.new").write_bytes(change.after)
            if change.before is not None:
                shutil.copymode(path, room / f"{number}.new")
    parents = {
        str(parent)
        for change in changes
        for parent in PurePosixPath(change.path).parents
        if str(parent) != "." and not (root / parent).is_dir()
    }
    files = [{"path": one.path, "after": _hex(one.after)} for one in changes]
    with whole(room / _LIST, is_durable=True) as out:
        out.write(json.dumps({"files": files, "folders": sorted(parents)}).encode())


def _move(root: Path, room: Path, number: int, change: Change) -> None:
    path = root / change.path
    if change.after is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(room / f"{number}.new", path)


def _replace(source: Path, target: Path, *, keep: bool = False) -> None:
    """Move a file into place in one step, also from another disk."""
    half = target.with_name(f".{target.name}.contd-release")
    if not keep:
        with suppress(OSError):
            source.replace(target)
            return
    shutil.copy2(source, half)
    half.replace(target)


def _hex(content: bytes | None) -> str | None:
    from hashlib import sha256

    return sha256(content).hexdigest() if content is not None else None


def _digest(path: Path) -> bytes | None:
    from hashlib import sha256

    return sha256(path.read_bytes()).digest() if path.is_file() else None
