"""The image of every platform, built once from a clean checkout, and packed into one archive."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from contd_release.channels.image import arguments, parts
from contd_release.channels.image.builder import builder, by_buildah
from contd_release.channels.image.names import CHANNEL, archive, labels, sealed, settings, storage
from contd_release.channels.source import emptied
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady, Usage
from contd_release.process.action import Action, Call
from contd_release.process.command import Command
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.records.commit import OfCommit
from contd_release.tools import git
from contd_release.tools.builders import dockerfile
from contd_release.tools.builders.dockerfile import Build
from contd_release.tools.oci.archive import Archive
from contd_release.tools.oci.pack import pack, single


def packed(release: Release) -> Step:
    """The archive with all platforms is built. A resumed release never builds it again."""
    path = archive(release)

    def observe() -> Found:
        if found := sealed(release):
            artifacts.check_one(release.dist, found)
            return Found(State.DONE, f"{found.digest[:19]}, as sealed")
        if not path.is_file():
            return Found(State.ABSENT, f"{path.name} is not there")
        return Found(State.DONE, f"{Archive(path).top.digest[:19]}{_base(release)}")

    return Step(
        f"{path.name} is built for {', '.join(settings(release).platforms)}",
        observe,
        act=_joining(release) if _is_carried(release) else _building(release),
        undo=(Call(f"remove {path.name}", lambda: path.unlink(missing_ok=True)),),
    )


def measured(release: Release) -> tuple[Artifact, ...]:
    """The archive as it is now, with the digest of its index."""
    path = archive(release)
    if not path.is_file():
        return ()
    return (artifacts.measured(path, CHANNEL, digest=Archive(path).top.digest),)


def part(release: Release, platform: str, folder: Path) -> Step:
    """The image of one platform is built, and lies in the folder with its checksum."""
    path = folder / parts.file_name(release, platform)
    room = _room(release)

    def observe() -> Found:
        if path.with_name(f"{path.name}.sha256").is_file() and path.is_file():
            return Found(State.DONE, single(Archive(path)).digest[:19])
        return Found(State.ABSENT, f"{path.name} is not there")

    def hand_over() -> None:
        parts.hand_over(release, platform, _part(room, platform), folder)
        shutil.rmtree(room)

    return Step(
        f"{path.name} is built",
        observe,
        act=(*_builds(release, (platform,)), Call(f"put {path.name} into {folder}", hand_over)),
    )


def _is_carried(release: Release) -> bool:
    return all(parts.carried(release, platform).is_file() for platform in settings(release).platforms)


def _joining(release: Release) -> tuple[Action, ...]:
    """Pack the parts that other machines built."""
    images = [(platform, parts.carried(release, platform)) for platform in settings(release).platforms]
    return (Call(f"pack {archive(release).name} from {len(images)} parts", partial(_pack, release, images)),)


def _building(release: Release) -> tuple[Action, ...]:
    """One build per platform in the configured order, pack."""
    room, platforms = _room(release), settings(release).platforms
    images = [(platform, _part(room, platform)) for platform in platforms]

    def pack_and_tidy() -> None:
        _pack(release, images)
        shutil.rmtree(room)

    return (*_builds(release, platforms), Call(f"pack {archive(release).name}", pack_and_tidy))


def _builds(release: Release, platforms: tuple[str, ...]) -> tuple[Action, ...]:
    """Prepare, and build each of these platforms."""
    image, source = settings(release), release.source(CHANNEL)
    room = _room(release)
    # Where nothing builds images the plan still shows how it would be done; the access step says what is missing.
    try:
        using = builder(image, storage(release))
    except NotReady:
        using = by_buildah(storage(release))
    return (
        emptied(room),
        git.git(source, "reset", "--quiet", "--hard").reproducible(),
        git.git(source, "clean", "-ffdxq"),
        *(_preparing(words, source, release.epoch) for words in image.prepare),
        *_standing_in(release, room),
        *using.before,
        *(OfCommit(release, partial(_command, release, using.build, platform, room)) for platform in platforms),
    )


def _command(release: Release, build: Callable[[Build], Command], platform: str, room: Path, commit: str) -> Command:
    image = settings(release)
    return build(
        Build(
            source=release.source(CHANNEL),
            dockerfile=str(room / "Dockerfile") if image.base else image.dockerfile,
            platform=platform,
            to=_part(room, platform),
            labels=labels(release, commit),
            arguments=arguments.stating(release),
            context=image.context,
            epoch=release.epoch,
        )
    )


def _standing_in(release: Release, room: Path) -> tuple[Action, ...]:
    """A copy of the Dockerfile that starts from the stand-in, where there is one."""
    image = settings(release)
    if not image.base:
        return ()

    def copy() -> None:
        original = release.source(CHANNEL) / image.dockerfile
        if not original.is_file():
            raise NotReady(
                f"{image.dockerfile} is not there",
                expected="the Dockerfile of [tool.contd-release.image]",
                type_next="$EDITOR pyproject.toml",
            )
        text = original.read_text(encoding="utf-8", errors="surrogateescape")
        copied = dockerfile.on(image.base, text)
        (room / "Dockerfile").write_text(copied, encoding="utf-8", errors="surrogateescape")
        # Docker looks for it beside the Dockerfile.
        ignored = original.with_name(f"{original.name}.dockerignore")
        if ignored.is_file():
            shutil.copyfile(ignored, room / "Dockerfile.dockerignore")

    return (Call(f"let a copy of {image.dockerfile} start from {image.base}", copy),)


def _preparing(words: str, source: Path, epoch: int) -> Command:
    program, *rest = shlex.split(words) or [""]
    if not program:
        raise Usage(
            "an empty command in [tool.contd-release.image] prepare",
            expected="a program and its arguments",
            type_next="$EDITOR pyproject.toml",
        )
    # The Python that runs us, whatever PATH says: it has this library.
    argv = (sys.executable if program in ("python", "python3") else program, *rest)
    return Command(argv, cwd=source, env={"SOURCE_DATE_EPOCH": str(epoch)}, timeout=1800).reproducible()


def _pack(release: Release, images: list[tuple[str, Path]]) -> None:
    release.dist.mkdir(parents=True, exist_ok=True)
    found = [(platform, Archive(path)) for platform, path in images]
    pack(found, archive(release), release.semver, release.epoch)


def _room(release: Release) -> Path:
    return release.home / "building-image"


def _part(room: Path, platform: str) -> Path:
    return room / f"{platform.replace('/', '-')}.tar"


def _base(release: Release) -> str:
    base = settings(release).base
    return f", on the stand-in {base}" if base else ""
