"""A build backend that packs one package, with nothing but the standard library (PEP 517)."""

from __future__ import annotations

import os
import tarfile
import tomllib
import zipfile
from pathlib import Path
from time import gmtime
from typing import Any


def build_sdist(folder: str, settings: object = None) -> str:
    """An sdist of everything that a wheel needs."""
    name = _stem()
    with tarfile.open(Path(folder) / f"{name}.tar.gz", "w:gz") as sdist:
        for path in ("pyproject.toml", "README.md", "backend/small_backend.py", *_modules()):
            sdist.add(path, f"{name}/{path}")
        Path("PKG-INFO").write_text(_metadata(), encoding="utf-8")
        sdist.add("PKG-INFO", f"{name}/PKG-INFO")
        Path("PKG-INFO").unlink()
    return f"{name}.tar.gz"


def build_wheel(folder: str, settings: object = None, metadata: object = None) -> str:
    """A wheel, as PEP 427 has it."""
    name = _stem()
    tag = "Wheel-Version: 1.0\nGenerator: small\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    texts = {path.removeprefix("src/"): Path(path).read_text(encoding="utf-8") for path in _modules()}
    texts |= {f"{name}.dist-info/METADATA": _metadata(), f"{name}.dist-info/WHEEL": tag}
    texts[f"{name}.dist-info/RECORD"] = "".join(f"{path},,\n" for path in (*texts, f"{name}.dist-info/RECORD"))
    when = gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(Path(folder) / f"{name}-py3-none-any.whl", "w") as wheel:
        for path, text in texts.items():
            wheel.writestr(zipfile.ZipInfo(path, when), text)
    return f"{name}-py3-none-any.whl"


def _project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def _stem() -> str:
    return f"{_project()['name']}-{_project()['version']}"


def _modules() -> list[str]:
    return sorted(str(path) for folder in ("contd", "src/contd") for path in Path(folder).glob("*.py"))


def _metadata() -> str:
    name, version = _project()["name"], _project()["version"]
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: a demo\n"
    head += f"Requires-Python: {_project()['requires-python']}\n"
    head += "".join(f"Requires-Dist: {one}\n" for one in _project().get("dependencies", ()))
    return f"{head}Description-Content-Type: text/markdown\n\n# Contd\n"
