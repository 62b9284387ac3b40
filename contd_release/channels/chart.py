"""
The chart registry: one packed Helm chart, pushed as an OCI artifact.

A registry overwrites the tag of a chart without a word, so it is asked first, and what it holds is compared by the
digest of the chart's bytes: the manifest around them carries a date.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from contd_release import artifacts
from contd_release.artifacts import Artifact
from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.source import checked_out
from contd_release.command import Call
from contd_release.errors import Conflict, NotReady, Unanswered, Unsettled, Usage
from contd_release.project import Chart, Project
from contd_release.release import Release
from contd_release.step import Found, State, Step
from contd_release.tools import git, helm, helm_registry, tgz
from contd_release.tools.oci import Push, Repository

NAME: Final = "chart"
# The image that a chart names is public first.
AFTER: Final = "image"
# A registry behind a cache may take its time to show what it took.
PATIENCE: Final = 300.0


def is_on(project: Project) -> bool:
    """
    The project has a chart to release.
    """
    return project.settings.chart is not None


def access(release: Release) -> tuple[Step, ...]:
    """
    A packer is here, the chart can be packed, and the registry lets us in.
    """
    return (packer(), sound(release), welcome(release))


def build(release: Release) -> tuple[Step, ...]:
    """
    The chart of the release commit, packed once.
    """
    return (checked_out(release, NAME), packed(release))


def built(release: Release) -> tuple[Artifact, ...]:
    """
    The packed chart as it is in the dist folder.
    """
    return (artifacts.measured(release.dist / file_name(release), NAME),)


def publish(release: Release) -> tuple[Step, ...]:
    """
    One push. The image that the chart names is published before it.
    """
    return (pushed(release),)


def verify(release: Release) -> tuple[Step, ...]:
    """
    The chart, as who installs it gets it.
    """
    return (consumed(release),)


def name(release: Release) -> str:
    """
    The chart's name: as configured, or that of its folder, as Helm's conventions have it.
    """
    chart = _chart(release)
    return helm.checked_name(chart.name or PurePosixPath(chart.path).name)


def file_name(release: Release) -> str:
    """
    `contd-1.2.0.tgz`, as helm names what it packs.
    """
    return f"{name(release)}-{release.semver}.tgz"


def ref(release: Release) -> str:
    """
    `oci://ghcr.io/OWNER/charts/contd`: what a user pulls.
    """
    return f"{_chart(release).registry.rstrip('/')}/{name(release)}"


def packer() -> Step:
    """
    Something that packs charts is here: helm, or its SDK.
    """

    def observe() -> Found:
        return Found(State.DONE, helm.here())

    return Step("helm or the Helm SDK is here", observe)


def sound(release: Release) -> Step:
    """
    The chart can be packed as git has it at the base of the release, whatever else lies in the working tree.

    A chart's dependencies are often not in git; then Chart.lock has to name them, and the build fetches those.
    """
    path = _chart(release).path

    def observe() -> Found:
        with _exported(release) as chart:
            found, ours = helm.metadata(chart), name(release)
            if found.name != ours:
                return _unsound(f"{path} is the chart {found.name!r}, not {ours!r}", f'name = "{found.name}"')
            if missing := helm.missing(chart):
                return _fetchable(path, missing, is_locked=(chart / "Chart.lock").is_file())
            if problems := helm.problems(chart):
                return Found(State.ABSENT, "; ".join(problems), f"helm lint --strict {path}")
            if (image := _image(release)) and not _ours(image, helm.images(chart)):
                return _unsound(f"{path} renders no object with the image {image}", 'image = "…"')
            return Found(State.DONE, f"{found.name} lints strictly and renders")

    return Step(f"{path} is a sound chart", observe)


def welcome(release: Release) -> Step:
    """
    The registry lets us push, as far as can be known before.
    """
    registry = _chart(release).registry
    login = "export CONTD_REGISTRY_USERNAME=… CONTD_REGISTRY_PASSWORD=…"
    told = {
        Push.ALLOWED: Found(State.DONE, f"our login may push to {registry}"),
        Push.UNKNOWN: Found(State.DONE, "that our login may push cannot be checked before publishing"),
        Push.REFUSED: Found(State.ABSENT, f"{registry} does not let our login push", login),
        Push.READ_ONLY: Found(State.ABSENT, f"{registry} takes nothing now: it is read-only"),
    }

    def observe() -> Found:
        return told[helm_registry.may_push(ref(release))]

    return Step(f"{registry} lets us push", observe)


def packed(release: Release) -> Step:
    """
    The chart is in the dist folder, under both versions, dated by the commit.

    A file from another attempt carries another time, and is packed again until it is sealed.
    """
    path, made = release.dist / file_name(release), release.home / "building-chart"
    source = release.source(NAME) / _folder(_chart(release))

    def observe() -> Found:
        if sealed := release.artifact(path.name):
            artifacts.check_one(release.dist, sealed)
            return Found(State.DONE, "sealed")
        if not path.is_file():
            return Found(State.ABSENT, f"{path.name} is not built")
        if tgz.epoch_of(path) != release.epoch:
            return Found(State.PARTIAL, f"{path.name} is there from another attempt")
        return Found(State.DONE, f"sha256 {artifacts.sha256_of(path)[0][:12]}")

    return Step(
        f"{path.name} is built",
        observe,
        act=(
            Call("empty the build folder", partial(_emptied, made)),
            helm.Fetched(source),
            helm.package(source, release.semver, made),
            Call(f"date {path.name} and all in it by the release", partial(_dated, made / path.name, path, release)),
        ),
        undo=(Call(f"remove {path.name}", partial(path.unlink, missing_ok=True)),),
    )


def pushed(release: Release) -> Step:
    """
    The registry holds these bytes under this version.

    Whoever installed it has it, so there is no undo: a bad chart is followed by a better one.
    """
    path, told = release.dist / file_name(release), f"{ref(release)}:{release.semver}"

    def observe() -> Found:
        theirs, ours = helm_registry.layer(helm_registry.repository(ref(release)), release.semver), _sealed(release)
        if theirs is None:
            return Found(State.ABSENT, f"{told} is free")
        if ours is None or theirs != f"sha256:{ours.sha256}":
            mine = f"ours is sha256:{ours.sha256[:12]}" if ours else "and nothing of ours is sealed"
            return Found(
                State.CONFLICT,
                f"{told} is there with {theirs[:19]}, {mine}",
                "invoke release --part patch   (a chart that is out is never overwritten)",
            )
        return Found(State.DONE, f"sha256 {ours.sha256[:12]}")

    def compared() -> None:
        if (ours := _sealed(release)) is None:
            raise NotReady(f"{path.name} is not sealed", expected="built artifacts", type_next="invoke build")
        artifacts.check_one(release.dist, ours)

    return Step(
        f"{told} is in the chart registry",
        observe,
        act=(
            Call(f"compare {path.name} with its seal", compared),
            helm_registry.Pushed(path, _chart(release).registry.rstrip("/")),
        ),
        undo=None,
        patience=PATIENCE,
        retry=helm_registry.is_worth_another_try,
    )


def consumed(release: Release) -> Step:
    """
    The chart that a user pulls is what was built, renders, and names an image that is the one we built.
    """
    told = f"{ref(release)}:{release.semver}"
    return read_back(
        release,
        Claim(NAME, f"{told} installs what was built", "pulled and rendered"),
        (Call(f"pull {told}, compare and render it", partial(_consume, release)),),
        retry=lambda failure: isinstance(failure, Unsettled) or helm_registry.is_worth_another_try(failure),
    )


def _consume(release: Release) -> None:
    """
    Pull the chart as its users do, and compare.

    Raises:
        Unsettled: it is not there.
        Conflict: it is not what was built, states another version, or names another image.
    """
    ours, (reader, _) = _sealed(release), _reader(release)
    if ours is None or helm_registry.layer(reader, release.semver) is None:
        raise Unsettled(f"{ref(release)}:{release.semver} is not there", expected="the chart that was published")
    with TemporaryDirectory(prefix="contd-release-") as folder:
        chart = helm_registry.pulled(ref(release), release.semver, Path(folder), anonymous=reader.login is None)
        theirs, _ = artifacts.sha256_of(chart)
        wrong = f"it has sha256 {theirs}" if theirs != ours.sha256 else ""
        if wrong := wrong or _wrong_version(release, chart) or _wrong_image(release, chart):
            raise Conflict(
                f"{ref(release)}:{release.semver}: {wrong}",
                expected=f"sha256 {ours.sha256}, {release.semver}, and the image that was built",
                type_next=f"invoke rollback --version {release.version}",
            )


def _chart(release: Release) -> Chart:
    chart = release.project.settings.chart
    assert chart is not None
    return chart


def _folder(chart: Chart) -> PurePosixPath:
    """
    The chart's folder, which lies in the repository.
    """
    path = PurePosixPath(chart.path)
    if path.is_absolute() or ".." in path.parts:
        raise Usage(f"{chart.path!r} leads out of the repository", expected="a folder below its root")
    return path


def _sealed(release: Release) -> Artifact | None:
    return release.artifact(file_name(release))


def _unsound(what: str, setting: str) -> Found:
    return Found(State.ABSENT, what, f"set {setting} in [tool.contd-release.chart], or $EDITOR the chart")


def _fetchable(path: str, missing: tuple[str, ...], *, is_locked: bool) -> Found:
    """
    What the chart lacks in `charts/`, and whether Chart.lock tells the build where to get it.
    """
    if is_locked:
        return Found(State.DONE, f"`helm dependency build` fetches {', '.join(missing)} before packing")
    return Found(
        State.ABSENT,
        f"git has neither a Chart.lock nor {', '.join(missing)} in charts/",
        f"helm dependency update {path}, and commit Chart.lock: the release runs `helm dependency build` with it",
    )


@contextmanager
def _exported(release: Release) -> Iterator[Path]:
    """
    The chart's folder as it is in the commit that the release starts from.
    """
    folder = str(_folder(_chart(release)))
    with TemporaryDirectory(prefix="contd-release-") as room:
        packed = Path(room) / "tree.tar"
        answer = git.git(
            release.project.root, "archive", "--format=tar", f"--output={packed}", release.base, "--", folder
        ).ask()
        if answer.code:
            raise Usage(
                f"git has no {folder} at {release.base[:12]}: {answer.err.strip()}",
                expected="the folder of a Chart.yaml in `path` of [tool.contd-release.chart]",
            )
        with tarfile.open(packed) as tree:
            tree.extractall(room, filter="data")
        yield Path(room) / folder


def _reader(release: Release) -> tuple[Repository, str]:
    """
    Everybody, where everybody may pull; otherwise our login.
    """
    everybody = helm_registry.repository(ref(release), anonymous=True)
    try:
        everybody.digest(release.semver)
    except Unanswered:
        return helm_registry.repository(ref(release)), "with our login"
    return everybody, "as everybody does"


def _wrong_version(release: Release, chart: Path) -> str:
    found = helm.metadata(chart)
    if (found.version, found.app_version) == (release.semver, release.semver):
        return ""
    return f"{chart.name} says version {found.version} and appVersion {found.app_version}, not {release.semver}"


def _image(release: Release) -> str:
    """
    The name under which the chart knows our image; nothing where the project has none.
    """
    image = release.project.settings.image
    return (_chart(release).image or image.name) if image else ""


def _ours(image: str, named: tuple[str, ...]) -> list[str]:
    return [one for one in named if one.partition("@")[0].rpartition(":")[0] == image or one.partition("@")[0] == image]


def _wrong_image(release: Release, chart: Path) -> str:
    """
    What is wrong with the image that the chart names: it has to lead to the digest that was built.
    """
    named, settings, sealed = helm.images(chart), release.project.settings.image, release.sealed()
    if not settings or not sealed or not (image := _image(release)):
        return ""
    if not (ours := _ours(image, named)):
        return f"it names {', '.join(named) or 'no image'}, and not {image}"
    built = {one.digest for one in sealed.of_kind("image") if one.digest}
    for one in ours:
        reference = one.partition("@")[2] or one.removeprefix(f"{image}:")
        found = Repository.named(settings.name).digest(reference)
        if found not in built:
            return (
                f"{one} is {found[:19] if found else 'not there'}, built was {', '.join(sorted(built))[:19] or 'none'}"
            )
    return ""


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _dated(archive: Path, to: Path, release: Release) -> None:
    release.dist.mkdir(parents=True, exist_ok=True)
    tgz.dated(archive, to, release.epoch)
