"""What a build tool is configured to read the version from, and which modules it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

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
    names = (path.rpartition("/")[2] for path in module_paths(files))
    return tuple(dict.fromkeys(name for name in names if name.isidentifier()))


def module_paths(files: PackageFiles) -> Iterator[str]:
    """The folders, or files without `.py`, that the configuration names; `src/x` and `x` where a tool tries both."""
    for path in (*_of_hatch(files), *_of_poetry(files), *_of_setuptools(files), *_of_others(files)):
        yield path.removeprefix("./").strip("/").removesuffix(".py")


def _of_hatch(files: PackageFiles) -> Iterator[str]:
    yield from _listed(files.table("tool", "hatch", "build", "targets", "wheel"), "packages")


def _of_poetry(files: PackageFiles) -> Iterator[str]:
    listed = files.table("tool", "poetry").get("packages")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("include"), str) and "*" not in one["include"]:
            yield f"{one.get('from', '')}/{one['include']}"


def _of_setuptools(files: PackageFiles) -> Iterator[str]:
    """Lists in pyproject.toml or setup.cfg; each package once, without those inside it."""
    table = files.table("tool", "setuptools")
    root = files.table("tool", "setuptools", "package-dir").get("", "")
    for name in (*_listed(table, "packages"), *_listed(table, "py-modules")):
        yield f"{root}/{name.partition('.')[0]}"
    root = files.text("options", "package_dir").replace(" ", "").removeprefix("=")
    for key in ("packages", "py_modules"):
        for name in files.text("options", key).replace(",", "\n").split():
            if not name.startswith("find"):
                yield f"{root}/{name.partition('.')[0]}"


def _of_others(files: PackageFiles) -> Iterator[str]:
    """What flit, maturin and uv name: one module, or for uv a list."""
    for table, key in (("module", "name"), ("metadata", "module")):
        for name in _listed(files.table("tool", "flit", table), key):
            yield from (f"{root}/{name.replace('.', '/')}" for root in ("src", ""))
    maturin = files.table("tool", "maturin")
    for name in _listed(maturin, "module-name"):
        # The compiled module is often inside the package: `x._x`.
        roots = dict.fromkeys((str(maturin.get("python-source", "")), "src", ""))
        yield from (f"{root}/{name.partition('.')[0]}" for root in roots)
    uv = files.table("tool", "uv", "build-backend")
    yield from (f"{uv.get('module-root', 'src')}/{name.replace('.', '/')}" for name in _listed(uv, "module-name"))


def _listed(table: dict[str, Any], key: str) -> list[str]:
    """The texts of a list, or one text as such a list."""
    found = table.get(key)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str) and one]


def _attribute(files: PackageFiles) -> str:
    """The attribute of a module that setuptools reads the version from: `contd.core.VERSION`."""
    dynamic = files.table("tool", "setuptools", "dynamic", "version").get("attr")
    if isinstance(dynamic, str):
        return dynamic
    cfg = files.text("metadata", "version")
    return cfg.removeprefix("attr:").strip() if cfg.startswith("attr:") else ""
