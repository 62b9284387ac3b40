"""The release tags that exist, their format, and the branch that releases start from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from packaging.version import InvalidVersion, Version

from contd_release.adopt.finding import Finding
from contd_release.adopt.tree import Tree
from contd_release.project.rules import TAG_FORMAT
from contd_release.project.tag_format import DEFAULT, FIELD

_TAG: Final = re.compile(r"(?P<before>.*?)(?P<version>\d+\.\d+(?:\.\d+)*(?:[-.]?(?:a|b|rc|alpha|beta)[-.]?\d*)?)$")
_CONFIGURED: Final = r"""^tag_(?:name|format)[ \t]*=[ \t]*["']?(?P<format>[^"'\s]+)["']?[ \t]*$"""


@dataclass(frozen=True)
class Tags:
    """
    The release tags.

    Args:
        format: the format of the newest one, such as `v{version}`.
        newest: the highest final version that is tagged, and reachable from HEAD.
        last: the two highest release tags, the newest last.
        is_dated: whether the versions are dates.
    """

    format: str
    newest: Version | None
    last: tuple[str, ...]
    main: str
    findings: tuple[Finding, ...]
    is_dated: bool = False


def find(tree: Tree, package: str) -> Tags:
    """The tags of this clone; those of another package or thing of the repository are left out."""
    every = _listed(tree, "--merged", "HEAD") or _listed(tree)
    others = {_bare(one) for one in tree.others}
    found = _of_package([one for one in every if _name(one[1]) not in others], package, is_alone=not others)
    finals = [one for one in found if not one[2].is_prerelease]
    ordered = sorted(finals or found, key=lambda one: one[2])
    main, where = _main(tree)
    findings = [Finding(f"releases start from {main}", where)]
    if not ordered:
        form, where = _configured(tree) or (DEFAULT, "")
        finding = Finding("there is no release tag") if not where else Finding(f"the tags will be {form}", where)
        return Tags(form, None, (), main, (_with_underscores(tree, form) or finding, *findings))
    form = f"{ordered[-1][1]}{FIELD}"
    kept = [one for one in ordered if one[1] == ordered[-1][1]]
    tags = tuple(one[0] for one in kept[-2:])
    findings.insert(0, Finding(f"the tags are {form}", tags[-1], f"the newest of {len(found)}"))
    is_dated = _are_dated(tree, kept[-3:])
    if is_dated:
        findings.append(Finding("the versions are dates", tags[-1], "each begins with the year of its tag"))
    return Tags(form, kept[-1][2], tags, main, tuple(findings), is_dated)


def _with_underscores(tree: Tree, form: str) -> Finding | None:
    """What becomes of tags such as `release_1_4_0`; None if there are none."""
    listed = tree.git("tag", "--list", "--sort=creatordate").splitlines()
    found = [tag for tag in listed if re.search(r"(?<!\d)\d+_\d+(?:_\d+)*$", tag)]
    if not found:
        return None
    reason = "a tag has to spell the version with dots"
    return Finding(f"the tags will be {form}, and no longer like {found[-1]}", found[-1], reason)


def _are_dated(tree: Tree, tags: list[tuple[str, str, Version]]) -> bool:
    """Whether each version begins with a year: a whole one, or the last two digits of that in which it was tagged."""
    for tag, _, version in tags:
        made = tree.git("tag", "--list", tag, "--format=%(creatordate:format:%y)").strip()
        if not (2000 <= version.major < 2100 or (version.major >= 15 and str(version.major) == made)):
            return False
    return True


def _listed(tree: Tree, *which: str) -> list[tuple[str, str, Version]]:
    """The tags that have a version, those that were made last at the end."""
    listed = tree.git("tag", "--list", *which, "--format=%(creatordate:unix) %(refname:lstrip=2)").splitlines()
    dated = [(int(date or 0), one) for date, _, tag in (line.partition(" ") for line in listed) if (one := _read(tag))]
    return [one for _, one in sorted(dated, key=lambda pair: (pair[0], pair[1][2]))]


def _read(tag: str) -> tuple[str, str, Version] | None:
    """A tag, the text before its version, and its version."""
    match = _TAG.fullmatch(tag)
    if not match or not TAG_FORMAT.holds(f"{match['before']}{FIELD}"):
        return None
    try:
        return tag, match["before"], Version(match["version"])
    except InvalidVersion:
        return None


def _of_package(
    found: list[tuple[str, str, Version]], package: str, *, is_alone: bool
) -> list[tuple[str, str, Version]]:
    """
    The tags of the package: those with no name, or its own.

    Else those of the one name that is a part of its name, or, of a package that is alone, the only name there is.
    """
    whole = _bare(package)
    plain = [one for one in found if one[1] in ("", "v", "V")]
    named = [one for one in found if _name(one[1]) in (whole, "release", "rel")]
    if either := [one for one in found if one in plain or one in named]:
        return plain if either[-1] in plain else named
    names = {_name(one[1]) for one in found}
    parts = {name for name in names if name and re.search(rf"(?:^|-){re.escape(name)}(?:-|$)", whole)}
    ours = parts or (names if is_alone else set())
    return [one for one in found if _name(one[1]) in ours] if len(ours) == 1 else []


def _name(before: str) -> str:
    """The name that is before the version of a tag, without what is between them."""
    return _bare(re.sub(r"[-_./@]+v?$", "", before, flags=re.IGNORECASE))


def _bare(name: str) -> str:
    return re.sub(r"[-_./@]+", "-", name).lower()


def _configured(tree: Tree) -> tuple[str, str] | None:
    """The format that a tool is configured with, and where, for a repository that has no release yet."""
    for path in (".bumpversion.toml", ".bumpversion.cfg", "pyproject.toml", "setup.cfg", ".cz.toml"):
        for match in re.finditer(_CONFIGURED, tree.text(path) or "", re.MULTILINE):
            form = re.sub(r"\{new_version\}|\$\{?version\}?", FIELD, match["format"])
            if TAG_FORMAT.holds(form):
                return form, f"{path}:{(tree.text(path) or '').count(chr(10), 0, match.start()) + 1}"
    return None


def _main(tree: Tree) -> tuple[str, str]:
    """The branch that origin/HEAD names, else the one that exists."""
    head = tree.git("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD").strip()
    if head:
        return head.removeprefix("origin/"), "origin/HEAD"
    names = tree.git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes/origin").split()
    local = tree.git("symbolic-ref", "--quiet", "--short", "HEAD").strip()
    for name in ("main", "master", "develop", "trunk"):
        if name in names:
            return name, f"origin/{name}"
    return (local, "HEAD") if local else ("main", "")
