"""What a build tool is configured to read the version from, and which modules it takes."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from contd_release.project.package.package_files import PackageFiles


def paths(files: PackageFiles) -> tuple[str, ...]:
    """The files from which the build tool reads the version, where its configuration names them."""
    found = []
    hatch, dynamic = files.table("tool", "hatch", "version"), files.table("tool", "setuptools", "dynamic", "version")
    if isinstance(path := hatch.get("path"), str):
        found.append(path)
    if hatch.get("source") == "nodejs":
        found.append(str(hatch.get("path", "package.json")))
    pdm = files.table("tool", "pdm", "version")
    if pdm.get("source") == "file" and isinstance(path := pdm.get("path"), str):
        found.append(path)
    named = dynamic.get("file", ())
    found += [named] if isinstance(named, str) else [str(one) for one in named]
    cfg = files.text("metadata", "version")
    if cfg.startswith("file:"):
        found.append(cfg.removeprefix("file:").split(",")[0].strip())
    if "." in (attribute := _attribute(files)):
        stem = attribute.rpartition(".")[0].replace(".", "/")
        root = files.table("tool", "setuptools", "package-dir").get("", "")
        roots = (f"{root}/", "", "src/", "lib/") if root and isinstance(root, str) else ("", "src/", "lib/")
        found += [f"{root}{stem}{end}" for root in roots for end in (".py", "/__init__.py")]
    if str(files.table("build-system").get("build-backend", "")).startswith("maturin"):
        found.append("Cargo.toml")
    return tuple(dict.fromkeys(f"{files.folder}{path.removeprefix('./')}" for path in found))


def pattern(files: PackageFiles) -> str:
    """The regular expression by which the version is found in these files; empty if it is the customary one."""
    hatch = files.table("tool", "hatch", "version").get("pattern")
    if isinstance(hatch, str) and "(?P<version>" in hatch:
        return hatch
    name = _attribute(files).rpartition(".")[2]
    return rf"""^{re.escape(name)}(?:[ \t]*:[^=\n]*)?[ \t]*=[ \t]*["'](?P<version>\d[^"'\n]*)["']""" if name else ""


def modules(files: PackageFiles) -> tuple[str, ...]:
    """The names of the import packages, or single modules, that the configuration names."""
    flit = files.table("tool", "flit")
    found = [_table_text(flit, "module", "name"), _table_text(flit, "metadata", "module")]
    wheel = files.table("tool", "hatch", "build", "targets", "wheel").get("packages", ())
    found += [str(one) for one in wheel] if isinstance(wheel, list) else []
    poetry = files.table("tool", "poetry").get("packages", ())
    found += [str(one.get("include", "")) for one in poetry if isinstance(one, dict)]
    setuptools = files.table("tool", "setuptools")
    for key in ("packages", "py-modules"):
        listed = setuptools.get(key, ())
        found += [str(one) for one in listed] if isinstance(listed, list) else []
    stems = (PurePosixPath(one.partition(".")[0] if "/" not in one else one).stem for one in found if one)
    return tuple(dict.fromkeys(stem for stem in stems if stem.isidentifier()))


def _attribute(files: PackageFiles) -> str:
    """The attribute of a module that setuptools reads the version from: `contd.core.VERSION`."""
    dynamic = files.table("tool", "setuptools", "dynamic", "version").get("attr")
    if isinstance(dynamic, str):
        return dynamic
    cfg = files.text("metadata", "version")
    return cfg.removeprefix("attr:").strip() if cfg.startswith("attr:") else ""


def _table_text(tables: dict[str, object], header: str, key: str) -> str:
    table = tables.get(header)
    found = table.get(key, "") if isinstance(table, dict) else ""
    return found if isinstance(found, str) else ""
