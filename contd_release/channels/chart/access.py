"""Checks before a chart is packed: a packer is installed, the chart is sound, and the registry accepts our login."""

from __future__ import annotations

import shlex
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from contd_release.channels import visibility
from contd_release.channels.chart import dependencies
from contd_release.channels.chart.names import (
    CHANNEL,
    folder,
    image,
    name,
    of_ours,
    ref,
    reference,
    registry,
    sealed,
    settings,
    version,
)
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Unwritable, Usage
from contd_release.process.disk import disk_named
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.helm import client, helm
from contd_release.tools.helm import registry as helm_registry
from contd_release.tools.oci import login as oci_login
from contd_release.tools.oci.repository import Push


def packer() -> Step:
    """Something that packs and pushes charts is here: helm, in a version that can, or its SDK."""

    def observe() -> Found:
        stated = helm.here()
        if problem := client.problem(stated):
            return Found(State.ABSENT, f"{stated} is on PATH: {problem}", client.INSTEAD)
        return Found(State.DONE, stated)

    return Step("helm or the Helm SDK is here", observe)


def sound(release: Release) -> Step:
    """
    The chart can be packed as git has it at the base of the release, whatever else lies in the working tree.

    A chart's dependencies are often not in git; then Chart.lock has to name them, and they are fetched now.
    """
    path = settings(release).path

    def observe() -> Found:
        if sealed(release):
            return Found(State.DONE, "the chart is built")
        with _exported(release) as chart:
            found, ours = helm.metadata(chart), name(release)
            if found.name != ours:
                return _unsound(f"{path} is the chart {found.name!r}, not {ours!r}", f'name = "{found.name}"')
            if (missing := helm.missing(chart)) and (found_missing := _unfetched(release, chart, missing)):
                return found_missing
            if problems := helm.problems(chart):
                return Found(State.ABSENT, "; ".join(problems), f"helm lint --strict {path}")
            if (known := image(release)) and not of_ours(known, helm.images(chart)):
                return _unsound(f"{path} renders no object with the image {known}", 'image = "…"')
            return Found(State.DONE, f"{found.name} lints strictly and renders")

    return Step(f"{path} is a sound chart", observe)


def welcome(release: Release) -> Step:
    """The registry allows us to push, as far as can be known before."""
    where = registry(release)
    login = f"export {oci_login.USERNAME}=… {oci_login.PASSWORD}=…"
    answers = {
        Push.ALLOWED: Found(State.DONE, f"our login may push to {where}"),
        Push.UNKNOWN: Found(State.DONE, "that our login may push cannot be checked before publishing"),
        Push.REFUSED: Found(State.ABSENT, f"{where} does not let our login push", login),
        Push.READ_ONLY: Found(State.ABSENT, f"{where} takes nothing now: it is read-only", "invoke release   (later)"),
    }

    def observe() -> Found:
        there, ours = helm_registry.repository(ref(release)), sealed(release)
        if ours and helm_registry.layer(there, version(release)) == f"sha256:{ours.sha256}":
            return Found(State.DONE, f"{reference(release)} is there")
        found = answers[there.push()]
        later = visibility.before(there, CHANNEL, is_meant=settings(release).private)
        return replace(found, detail=f"{found.detail}{later}") if found.state is State.DONE else found

    return Step(f"{where} lets us push", observe)


def _unsound(what: str, setting: str) -> Found:
    return Found(
        State.ABSENT, what, f"$EDITOR pyproject.toml   ({setting} in [tool.contd-release.chart]; or mend the chart)"
    )


def _unfetched(release: Release, chart: Path, missing: tuple[str, ...]) -> Found | None:
    """What the chart lacks in `charts/`, where Chart.lock does not say where to get it, or it cannot be had there."""
    path, names = settings(release).path, ", ".join(missing)
    if not any((chart / name).is_file() for name in dependencies.LOCKS):
        return Found(
            State.ABSENT,
            f"git has neither a Chart.lock nor {names} in charts/",
            f"helm dependency update {path}, and commit Chart.lock: the release runs `helm dependency build` with it",
        )
    if problem := dependencies.fetched(release, chart):
        return Found(State.ABSENT, f"{names} cannot be fetched: {problem}", f"helm dependency build {path}")
    return None


@contextmanager
def _exported(release: Release) -> Iterator[Path]:
    """The chart's folder as it is in the commit that the release starts from."""
    path = str(folder(release))
    # A dependency may be another folder of the repository.
    texts = (git.text(release.project.root, release.base, f"{path}/{one}") for one in dependencies.STATED)
    whole = any("file://" in (text or "") for text in texts)
    with TemporaryDirectory(prefix="contd-release-") as room:
        packed = Path(room) / "tree.tar"
        if not git.names(release.project.root, release.base, path):
            raise Usage(
                f"git has no {path} at {release.base[:12]}",
                expected="the folder of a Chart.yaml in `path` of [tool.contd-release.chart]",
                type_next="$EDITOR pyproject.toml",
            )
        answer = git.git(
            release.project.root,
            "archive",
            "--format=tar",
            f"--output={packed}",
            release.base,
            "--",
            *([] if whole else [path]),
        ).ask()
        if answer.code:
            raise Unwritable(
                f"the chart cannot be unpacked to {room}: git archive ended with {answer.code}: {answer.err.strip()}",
                expected="room for temporary files",
                type_next=f"df -h {Path(room).parent}   (or export TMPDIR=… to another folder)",
            )
        with tarfile.open(packed) as tree:
            # Python has this filter from 3.11.4 on.
            # https://docs.python.org/3/library/tarfile.html#supporting-older-python-versions
            tree.extraction_filter = getattr(tarfile, "data_filter", None)
            with disk_named(f"the chart is unpacked to {room}"):
                _unpacked(tree, room)
        yield Path(room) / path


def _unpacked(tree: tarfile.TarFile, room: str) -> None:
    """Unpack the folder; a link that leads outside of it would bring a file of this machine into the chart."""
    try:
        tree.extractall(room)  # noqa: S202
    except tarfile.FilterError as error:
        name = error.tarinfo.name
        raise Usage(
            f"{name} is a link to {error.tarinfo.linkname}, outside of the tree",
            expected="links that stay in the chart",
            type_next=f"git rm -- {shlex.quote(name)}   (and commit a file of its own instead)",
        ) from error
