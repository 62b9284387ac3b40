"""The Python package: its folder, its name, the tool that builds it, and the modules that people import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from contd_release.adopt.finding import Finding
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.tree import APART, Tree
from contd_release.errors import NotReady
from contd_release.project.package import metadata, setup_py
from contd_release.project.package.metadata import Metadata

ANSWER: Final = "--answer"
_DESCRIBING: Final = ("pyproject.toml", "setup.cfg", "setup.py")
_NO_PACKAGES: Final = APART | {"scripts", "tools", "script", "ci", "build", "dist", "bin", "migrations", "notebooks"}


@dataclass(frozen=True)
class Package:
    """
    The package that is released.

    Args:
        modules: the folders, or single files, of what is imported; the one of the project's name first.
    """

    metadata: Metadata
    modules: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """Its name."""
        assert self.metadata.name is not None
        return self.metadata.name.value

    @property
    def is_named_by_answer(self) -> bool:
        """Whether a person said its name, which no file states."""
        return self.metadata.name is not None and self.metadata.name.path == ANSWER


def find(tree: Tree, answers: Answers) -> Package | None:
    """
    The package of this tree; None if there is none.

    Raises:
        NotReady: there are several and none at the root, or the one has no name that can be read.
        Usage: a pyproject.toml is not TOML.
    """
    candidates = _candidates(tree)
    if not candidates:
        return None
    chosen = candidates[0]
    if len(candidates) > 1 and chosen.folder:
        chosen = _asked(candidates, answers)
    if chosen.name is None:
        chosen = _named(tree, chosen, answers)
    others = [one.folder for one in candidates if one is not chosen and one.is_built]
    modules = _modules(tree, chosen)
    assert chosen.name is not None
    findings = [
        Finding(f"the package is {chosen.name.value}", str(chosen.name), f"built by {_builder(chosen)}"),
        *([Finding(f"it is imported as {PurePosixPath(modules[0]).stem}", modules[0])] if modules else []),
        *(Finding(f"the package in {one} is not released with it", one) for one in others),
    ]
    return Package(chosen, modules, tuple(findings))


def members(tree: Tree) -> dict[str, str]:
    """The names of the packages that can be built, by the folders below the root that have them, with a slash."""
    return {one.folder: one.name.value if one.name else "" for one in _candidates(tree) if one.folder}


def _candidates(tree: Tree) -> list[Metadata]:
    """The packages that can be built, the one at the root first."""
    listed: list[str] = []
    for path in tree.named(*_DESCRIBING):
        folder = path[: -len(PurePosixPath(path).name)]
        if folder not in listed and not tree.is_apart(path) and folder.count("/") <= 3:
            listed.append(folder)
    found = [metadata.of(tree.text, folder) for folder in listed]
    kept = [one for one in found if one.is_built or (one.name and not one.folder)]
    if kept and not kept[0].folder and not kept[0].is_built and sum(one.is_built for one in kept) == 1:
        # A root that is not built, such as that of a workspace, describes no package.
        return [one for one in kept if one.is_built]
    return kept


def _asked(candidates: list[Metadata], answers: Answers) -> Metadata:
    """The one of several packages in sub-folders that is released."""
    known = {one.folder.rstrip("/"): one for one in candidates}
    key = "package"
    if key not in answers.given:
        raise NotReady(
            f"{len(known)} folders have a package: {', '.join(list(known)[:10])}",
            expected="all, each with its own versions; or the folder of the one that is released",
            type_next=f"contd-release adopt --answer package=all   (or package={next(iter(known))})",
        )
    return known[answers.of(Question(key, "the folder of the package", "", choices=tuple(known)))]


def _named(tree: Tree, found: Metadata, answers: Answers) -> Metadata:
    """The metadata with the name that a person gives, where no file states it."""
    from dataclasses import replace

    from contd_release.project.package.metadata import Stated

    if "name" not in answers.given:
        where = f"{found.folder}setup.py"
        text = tree.text(where)
        if text is not None and (wrong := setup_py.mistake(text)):
            raise NotReady(
                f"{where} is not Python: {wrong}",
                expected="a setup.py that Python 3 can run",
                type_next=f"$EDITOR {where}   (or contd-release adopt --answer name=NAME)",
            )
        why = f": {where} computes it" if text is not None else ""
        raise NotReady(
            f"no file states the package's name as text{why}",
            expected="the name on the package index",
            type_next="contd-release adopt --answer name=NAME",
        )
    return replace(found, name=Stated(answers.of(Question("name", "the package's name", "")), ANSWER))


def _modules(tree: Tree, found: Metadata) -> tuple[str, ...]:
    """The outermost packages below the folder, `src` or `lib`; single modules where there are none."""
    assert found.name is not None
    plain = re.sub(r"[-.]", "_", found.name.value).lower()
    wanted = [one.lower() for one in found.modules] or [plain]
    inits = sorted(path for path in tree.files if path.endswith("/__init__.py") and path.startswith(found.folder))
    tops: list[str] = []
    for path in inits:
        folder = path.removesuffix("/__init__.py")
        parts = PurePosixPath(folder[len(found.folder) :]).parts
        if not _NO_PACKAGES.isdisjoint(parts) or any(folder.startswith(f"{top}/") for top in tops):
            continue
        tops.append(folder)
    if not tops:
        singles = [f"{found.folder}{root}{name}.py" for name in wanted for root in ("", "src/", "lib/")]
        tops = [path for path in singles if path in tree.known]

    def distance(top: str) -> tuple[bool, bool, int, str]:
        stem = PurePosixPath(top).stem.lower()
        return stem not in wanted, stem != plain, top.count("/"), top

    return tuple(sorted(tops, key=distance))


def _builder(found: Metadata) -> str:
    return found.backend.partition(".")[0] if found.is_built else "nothing: there is no build-system"
