"""Whether this machine runs another platform's programs is tried, and not looked up."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.tools.builders import emulation

BINFMT = Path("/proc/sys/fs/binfmt_misc")


def test_this_machine_runs_its_own_programs() -> None:
    """With and without a variant, and the 32-bit programs of its family."""
    assert emulation.runs(f"linux/{emulation.here()}")
    assert emulation.runs(f"linux/{emulation.here()}/v8")


@pytest.mark.parametrize("architecture", ["arm64", "amd64", "s390x", "ppc64le", "riscv64"])
def test_an_emulator_or_none(architecture: str) -> None:
    """The kernel's own list of emulators says the same, where it can be read; where there is none, nothing runs."""
    if architecture == emulation.here():
        pytest.skip("that is this machine")
    names = {"arm64": "aarch64", "amd64": "x86_64"}
    entry = BINFMT / f"qemu-{names.get(architecture, architecture)}"
    is_there = entry.is_file() and entry.read_text(encoding="utf-8").startswith("enabled")
    if not is_there and not (BINFMT / "status").is_file() and emulation.runs(f"linux/{architecture}"):
        pytest.skip("there is an emulator, and the kernel's list of them is not mounted here")
    assert is_there is emulation.runs(f"linux/{architecture}")


def test_a_platform_that_is_not_known() -> None:
    """What cannot be tried is left to the build."""
    assert emulation.runs("linux/wasm")
