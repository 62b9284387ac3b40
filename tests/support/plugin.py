"""Packages that bring a channel, installed as pip leaves them."""

from __future__ import annotations

from pathlib import Path


def install(site: Path, name: str, code: str, value: str = "") -> None:
    """Put a module that is a channel, and its dist-info, into a folder of installed packages."""
    (site / f"contd_{name}.py").write_text(code, encoding="utf-8")
    info = site / f"contd_{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: contd-{name}\nVersion: 1.0\n", encoding="utf-8")
    entry = f"[contd_release.channels]\n{name} = {value or f'contd_{name}'}\n"
    (info / "entry_points.txt").write_text(entry, encoding="utf-8")
