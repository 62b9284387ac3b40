"""Groups of processes: started apart from ours, asked to end, and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

if sys.platform == "win32":
    # What a program of Windows cannot start without, or looks for.
    NEEDED: Final = frozenset(
        "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT TEMP TMP USERPROFILE USERNAME HOMEDRIVE HOMEPATH APPDATA "
        "LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) PROCESSOR_ARCHITECTURE NUMBER_OF_PROCESSORS".split()
    )
    # `creationflags` of a process with a group of its own; elsewhere `start_new_session` makes the group.
    NEW_GROUP: Final = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    NEEDED: Final = frozenset[str]()
    NEW_GROUP: Final = 0


def ask_to_end(process: subprocess.Popen[bytes]) -> None:
    """
    Ask a group that we started to end: SIGTERM, and Ctrl-Break on Windows.

    Raises:
        ProcessLookupError: it has ended.
    """
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        os.killpg(process.pid, signal.SIGTERM)


def kill_group(leader: int) -> None:
    """
    Kill a group that we started; Windows finds the rest of it only while its leader lives.

    Raises:
        ProcessLookupError: nothing of it is left.
        PermissionError: the same, on macOS, where the leader is dead and not yet waited for.
    """
    if sys.platform == "win32":
        program = str(Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "taskkill.exe"))
        subprocess.run((program, "/F", "/T", "/PID", str(leader)), capture_output=True, check=False)
    else:
        os.killpg(leader, signal.SIGKILL)


def kill(process: int) -> None:
    """
    Kill one process.

    Raises:
        ProcessLookupError: it has ended.
    """
    if sys.platform == "win32":
        # There it ends a process at once.
        os.kill(process, signal.SIGTERM)
    else:
        os.kill(process, signal.SIGKILL)


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """Pass Ctrl-C on to a process that shares our console; Windows sends it to every one of them."""
    if sys.platform != "win32":
        process.send_signal(signal.SIGINT)


def is_alive(process: int) -> bool:
    """
    Whether a process runs; a zombie does not.

    Windows releases the lock of a process that ends: one that is asked about because it holds a lock is alive.
    """
    if sys.platform == "win32":
        return True
    if Path("/proc/self/stat").exists():
        try:
            status = Path("/proc", str(process), "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        return status.rpartition(")")[2].split()[0] not in "ZX"
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
