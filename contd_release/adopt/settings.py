"""The settings that adoption writes: what was found, where it differs from the defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from contd_release.adopt.find.chart import Chart
from contd_release.adopt.find.classic import Classic
from contd_release.adopt.find.image import Image
from contd_release.adopt.find.package import Package
from contd_release.adopt.find.proof.proof import Proof
from contd_release.adopt.find.versions import Current
from contd_release.adopt.found import Found
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.write.settings import Table, Value
from contd_release.project import settings
from contd_release.project.rules import IMAGE

_DEFAULTS: Final = settings.Settings()
_IMAGE: Final = settings.Image()


def of(found: Found, answers: Answers) -> Mapping[str, Value | Table]:
    """The settings whose values are not the defaults."""
    chosen = _package(found.package, answers) if found.package else {}
    if found.tags.main != _DEFAULTS.main:
        chosen["main"] = found.tags.main
    if found.tags.format != _DEFAULTS.tag_format:
        chosen["tag-format"] = found.tags.format
    if found.today.publisher == "github-actions":
        chosen["publisher"] = "github-actions"
    chosen |= proof_of(found.proof)
    if _is_dated(found, answers):
        chosen["version-scheme"] = "calver"
    if found.current.version.dev is not None:
        chosen |= _after_release(found.current, answers)
    return {**chosen, **channels(found)}


def channels(found: Found) -> dict[str, Table]:
    """The tables of the image and the chart, where they are published."""
    tables: dict[str, Table] = {}
    if found.image and found.image.is_published:
        tables["image"] = _image(found.image)
    if found.chart and found.chart.is_published:
        tables["chart"] = _chart(found, found.chart)
    return tables


def _package(found: Package, answers: Answers) -> dict[str, Value | Table]:
    chosen: dict[str, Value | Table] = {}
    if found.is_named_by_answer:
        chosen["name"] = found.name
    if found.metadata.folder:
        chosen["package"] = found.metadata.folder.rstrip("/")
    if found.metadata.is_compiled:
        chosen["pypi"] = {"wheels": (_wheel(answers),)}
    return chosen


def proof_of(found: Proof) -> dict[str, Value]:
    """The settings of a proof; empty if it is the default."""
    # A list that is empty says that nothing proves a release; without one, nox does.
    proof: dict[str, Value] = {} if found.is_default else {"proof": found.lines}
    listed = {"proof-extras": found.extras, "proof-groups": found.groups}
    return proof | {key: value for key, value in listed.items() if value}


def _wheel(answers: Answers) -> str:
    """The tag of the one wheel that a build of a compiled package makes on this machine."""
    import sysconfig

    from packaging import tags

    python = f"{tags.interpreter_name()}{tags.interpreter_version()}"
    platform = re.sub(r"[-.]", "_", sysconfig.get_platform())
    question = Question(
        "wheels",
        "the package is compiled: which tag has the wheel that a build makes",
        f"{python}-{next(tags.sys_tags()).abi}-{platform}",
        "that of this Python and this machine; PyPI takes manylinux instead of linux",
    )
    return answers.of(question)


def _is_dated(found: Found, answers: Answers) -> bool:
    """Whether versions are dates; asked where they look like some."""
    version = found.current.version
    if not (found.tags.is_dated or (found.tags.newest is None and 2000 <= version.major < 2100)):
        return False
    question = Question(
        "version-scheme",
        f"{version} looks like a date: are the versions dates",
        "calver",
        "then a release is named with --version, and no part of it says how big it is",
        ("calver", "semver"),
    )
    return answers.of(question) == "calver"


def _after_release(current: Current, answers: Answers) -> dict[str, str]:
    """The setting for what main says after a release; empty if main keeps the version of the release."""
    part = "minor" if current.version.micro == 0 else "patch"
    question = Question(
        "after-release",
        "what do the version files on main say after a release",
        f"{part}-dev",
        f"they say {current.says} now",
        ("release", "patch-dev", "minor-dev"),
    )
    answer = answers.of(question)
    return {} if answer == "release" else {"after-release": answer}


def _image(found: Image) -> Table:
    table: dict[str, Value] = {} if found.is_by_remote else {"name": found.name}
    if found.dockerfile != _IMAGE.dockerfile:
        table["dockerfile"] = found.dockerfile
    if found.context != _IMAGE.context:
        table["context"] = found.context
    if found.platforms and found.platforms != _IMAGE.platforms:
        table["platforms"] = found.platforms
    return table


def _chart(found: Found, chart: Chart) -> Table:
    table: dict[str, Value] = {"path": chart.folder}
    if chart.is_own:
        table["version"] = "own"
    if chart.registry:
        table["registry"] = chart.registry
    if chart.folder.rpartition("/")[2] != chart.name:
        table["name"] = chart.name
    named = found.values.name if found.values else ""
    if found.image and found.image.is_published and IMAGE.holds(named) and named != found.image.name:
        table["image"] = named
    return table | _classic(chart.classic)


def _classic(found: Classic) -> dict[str, Value]:
    """The classic repository of the chart, and the file of its owners."""
    table: dict[str, Value] = {"pages": found.branch} if found.branch else {}
    if found.branch and found.folder != ".":
        table["pages-folder"] = found.folder
    if found.branch and found.url:
        table["pages-url"] = found.url
    return table | ({"artifact-hub-file": found.owners} if found.owners else {})
