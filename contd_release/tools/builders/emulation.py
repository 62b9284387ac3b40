"""
Whether this machine runs programs of another platform, as a RUN line for it needs.

Linux hands a program of another machine to the emulator that is registered for it, and refuses it if there is none.
https://docs.kernel.org/admin-guide/binfmt-misc.html
"""

from __future__ import annotations

import errno
import platform
import struct
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from contd_release.errors import Unanswered


class _Machine(NamedTuple):
    """How a program for a machine begins: its number, 64 bits or 32, big or little end first."""

    number: int
    bits: int = 64
    order: str = "<"


# https://www.sco.com/developers/gabi/latest/ch4.eheader.html
_MACHINES: Final = {
    "386": _Machine(3, 32),
    "amd64": _Machine(62),
    "arm": _Machine(40, 32),
    "arm64": _Machine(183),
    "loong64": _Machine(258),
    "ppc64le": _Machine(21),
    "riscv64": _Machine(243),
    "s390x": _Machine(22, 64, ">"),
}
_NAMES: Final = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}
# Most processors run the programs of their 32-bit ancestors.
_ALSO: Final = {"amd64": ("386",), "arm64": ("arm",)}


def here() -> str:
    """The architecture of this machine, as images name it."""
    machine = platform.machine()
    return _NAMES.get(machine, machine)


def runs(wanted: str) -> bool:
    """
    Whether a program of this platform runs here, by itself or emulated.

    Args:
        wanted: such as `linux/arm64`.

    Raises:
        Unanswered: nothing may be run where temporary files are, so it cannot be tried.
    """
    architecture = wanted.split("/")[1]
    if architecture == here() or architecture in _ALSO.get(here(), ()) or architecture not in _MACHINES:
        return True
    return _is_emulated(architecture)


@cache
def _is_emulated(architecture: str) -> bool:
    """Start a program that has nothing but its header: an emulator takes it and fails, and the kernel alone refuses."""
    with TemporaryDirectory(prefix="contd-release-") as room:
        program = Path(room) / architecture
        program.write_bytes(_header(_MACHINES[architecture]))
        program.chmod(0o700)
        try:
            subprocess.run((str(program),), capture_output=True, timeout=30, check=False)
        except OSError as error:
            if error.errno == errno.ENOEXEC:
                return False
            raise Unanswered(
                f"a program cannot be started in {room}: {error.strerror}",
                expected="a temporary folder from which programs run",
                type_next="export TMPDIR=…",
            ) from error
        except subprocess.TimeoutExpired:
            return True
    return True


def _header(machine: _Machine) -> bytes:
    order = 1 if machine.order == "<" else 2
    identity = b"\x7fELF" + bytes((machine.bits // 32, order, 1)) + bytes(9)
    size = 64 if machine.bits == 64 else 52
    fields = struct.pack(f"{machine.order}HHI", 2, machine.number, 1)
    return (identity + fields).ljust(size, b"\0")
