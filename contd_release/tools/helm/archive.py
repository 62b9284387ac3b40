"""The files of a packed chart, from the bytes of its `.tgz`."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterator
from typing import Final

from contd_release.errors import Conflict

# Helm itself unpacks no chart that is larger.
_LARGEST: Final = 100 << 20
# A chart that cannot be read can only be left out of what a rollback does.
INSTEAD: Final = "invoke rollback --delete-chart   (or leave the chart as it is)"


def chart_yaml(archive: bytes) -> bytes:
    """
    The chart's own Chart.yaml.

    Raises:
        Conflict: the bytes are no packed chart.
    """
    for member, content in members(archive):
        if is_chart_yaml(member):
            return content
    raise Conflict("the archive has no Chart.yaml", expected="a packed chart", type_next=INSTEAD)


def members(archive: bytes) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    """
    Each file with its bytes.

    Raises:
        Conflict: the bytes are no packed chart, or unpack to more than 100 MB.
    """
    left = _LARGEST
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as source:
            for member in source:
                if (left := left - member.size) < 0:
                    raise Conflict(
                        f"the chart unpacks to more than {_LARGEST >> 20} MB", expected="a chart", type_next=INSTEAD
                    )
                if member.isfile() and (stream := source.extractfile(member)):
                    yield member, stream.read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise Conflict(f"the archive is not one: {error}", expected="a packed chart", type_next=INSTEAD) from error


def is_chart_yaml(member: tarfile.TarInfo) -> bool:
    """Whether a file is the chart's own Chart.yaml."""
    # Those of the charts that it depends on lie deeper.
    folder, _, rest = member.name.removeprefix("./").partition("/")
    return bool(folder) and rest == "Chart.yaml"
