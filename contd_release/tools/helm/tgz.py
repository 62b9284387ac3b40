"""
Packed charts, made over so that equal content gives equal bytes: order, times, owners and modes are ours.

Helm dates the entries by the clock or by the files, and packs the charts below `charts/` in no fixed order.
"""

from __future__ import annotations

import gzip
import os
import tarfile
from pathlib import Path
from typing import Final

from contd_release.process.files import whole

_MODE: Final = 0o644


def dated(archive: Path, to: Path, epoch: int) -> None:
    """
    Write the archive's files, dated by `epoch`, to another path: whole or not at all.

    The file's own time is set as well: helm writes it into the manifest when it pushes, and so into the digest.
    """
    with tarfile.open(archive, "r:gz") as source, whole(to, is_durable=True, has_one_writer=True) as out:
        with (
            gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=epoch) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as target,
        ):
            for member in sorted((one for one in source if one.isfile()), key=_place):
                plain = tarfile.TarInfo(member.name)
                plain.size, plain.mtime, plain.mode = member.size, epoch, _MODE
                target.addfile(plain, source.extractfile(member))
        out.flush()
        os.utime(out.fileno(), (epoch, epoch))


def epoch_of(archive: Path) -> int:
    """
    The second (since 1970) that a gzip file says it was made; 0 if it says none.

    https://www.rfc-editor.org/rfc/rfc1952#page-5
    """
    with open(archive, "rb") as stream:
        return int.from_bytes(stream.read(8)[4:8], "little")


def _place(member: tarfile.TarInfo) -> tuple[bool, str]:
    """The chart's own Chart.yaml comes first, so that a reader of the stream knows the chart at once."""
    folder, _, rest = member.name.partition("/")
    return rest != "Chart.yaml", f"{folder}/{rest}"
