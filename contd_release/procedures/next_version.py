"""The version that the options of a call make of the current one."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime

from packaging.version import Version

from contd_release.errors import NotReady, Usage
from contd_release.prepare.part import evidence
from contd_release.procedures.options import Words
from contd_release.project.project import Project
from contd_release.project.version import AUTO, Part, dated, next_version, part, pre
from contd_release.tools import git


def version_after(project: Project, current: Version, words: Words) -> Version:
    """The version that the options make of the current one."""
    if words.version:
        return _named(project, current, words)
    # A series of pre-releases goes on with the part that it began with.
    named = part(words.part) if words.part not in ("", AUTO) else None
    return next_version(current, named, pre(words.pre) if words.pre else None, final=words.final)


def _named(project: Project, current: Version, words: Words) -> Version:
    """
    The version that the words name.

    Raises:
        Usage: it is none that can be released, it is not above the current one, or a part is named as well.
    """
    if words.part or words.pre or words.final:
        raise Usage(
            f"--version {words.version} names the version, and a part of it is named as well",
            expected="--version alone; a pre-release has its suffix in it, such as 2026.3.0rc1",
            type_next=f"invoke release --version {words.version}",
        )
    plain = re.sub(r"(?<![0-9.])0+(?=[0-9])|(?<=\.)0+(?=[0-9])", "", words.version)
    if plain != words.version:
        raise Usage(
            f"{words.version!r} has a number that begins with 0",
            expected="numbers as Python's packages have them (PEP 440)",
            type_next=f"invoke release --version {plain}",
        )
    wanted = project.tags.asked(words.version)
    if wanted <= current:
        final = Version(current.base_version) if current.is_prerelease else next_version(current, "patch")
        higher = dated(current, _today()) if project.is_dated else final
        raise Usage(
            f"{wanted} is not above {current}, which the version files say",
            expected="a version that is",
            type_next=f"invoke release --version {higher}",
        )
    return wanted


def suggested(project: Project, current: Version, least: Part) -> str:
    """The words that begin the next release: the part that it needs at least, or the version of today."""
    return f"--version {dated(current, _today())}" if project.is_dated else f"--part {least}"


def automatic(project: Project, base: str, current: Version, words: Words) -> Words:
    """The words where the part is `auto`: what the changes ask for, or the version of today."""
    if project.is_dated:
        return replace(words, part="", version=str(dated(current, _today())))
    return replace(words, part=_least(project, base, current))


def now() -> int:
    """The time that dates a release, in seconds: SOURCE_DATE_EPOCH, or that of this machine's clock."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(given) if given.isdigit() else int(time.time())


def _today() -> date:
    return datetime.fromtimestamp(now(), UTC).date()


def _least(project: Project, base: str, current: Version) -> Part:
    """
    The part that everything asks for that changed since the last release.

    Raises:
        NotReady: the last release is not in this clone, so what changed is not known.
    """
    found = evidence.at(project, base, current)
    if found.since and git.commit(project.root, found.since.commit) is None:
        raise NotReady(
            f"{found.since.tag}, the last release, is not in this clone: what changed since then is not known",
            expected=f"all history and tags of {project.settings.remote}",
            type_next=f"git fetch --tags {project.settings.remote}",
        )
    return found.least()
