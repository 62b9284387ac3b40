"""Checks before an image is built: a builder is installed, and the registry accepts our login."""

from __future__ import annotations

from contd_release.channels import visibility
from contd_release.channels.image.builder import builder
from contd_release.channels.image.names import CHANNEL, reference, repository, sealed, settings, storage
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady
from contd_release.project.release import Release
from contd_release.project.rules import is_loopback
from contd_release.project.settings import Image
from contd_release.tools import git
from contd_release.tools.builders import commands, dockerfile
from contd_release.tools.oci import login as oci_login
from contd_release.tools.oci.repository import Push


def buildable(release: Release) -> Step:
    """Something that builds images is here."""

    def observe() -> Found:
        if sealed(release):
            return Found(State.DONE, "the image is built")
        try:
            return Found(State.DONE, str(builder(settings(release), storage(release))))
        except NotReady as error:
            return Found(State.ABSENT, error.what_is, error.type_next)

    return Step("docker buildx or buildah is here", observe)


def runnable(release: Release, platforms: tuple[str, ...] = ()) -> Step:
    """Every RUN line of the Dockerfile can run here, for each of these platforms; for all of the image, where empty."""
    image = settings(release)
    wanted = platforms or image.platforms

    def observe() -> Found:
        if sealed(release):
            return Found(State.DONE, "the image is built")
        text = _dockerfile(release)
        if text is None:
            return Found(
                State.ABSENT,
                f"{image.dockerfile} is not there",
                "$EDITOR pyproject.toml   (dockerfile in [tool.contd-release.image])",
            )
        lines = tuple(commands.runs(dockerfile.needed(dockerfile.stages(text, {}))))
        if not lines:
            return Found(State.DONE, f"{image.dockerfile} runs nothing")
        runs_here = builder(image, storage(release)).runs
        for platform in wanted:
            run = foreign_run(text, platform)
            if run and not runs_here(platform):
                return Found(
                    State.ABSENT,
                    f"{where(image, run)} has to run for {platform}, which this machine does not",
                    f"apt install qemu-user-static   (or platforms = … without {platform}, "
                    "or a machine of that platform)",
                )
        return Found(State.DONE, f"{len(lines)} for {', '.join(wanted)}")

    return Step(f"the RUN lines of {image.dockerfile} run here", observe)


def self_made(release: Release) -> Step:
    """
    The image holds what is released, and not what the package index has at the time.

    It is built before the package is uploaded: installed from the index, it would be the release before, or none.
    """
    image = settings(release)

    def observe() -> Found:
        text = _dockerfile(release) or ""
        if run := own_package(text, release.project.index_name):
            return Found(
                State.ABSENT,
                f"{where(image, run)} installs {release.project.name} from the package index, "
                "where this version is not yet when the image is built",
                f"$EDITOR {image.dockerfile}   (COPY the source, and install that)",
            )
        return Found(State.DONE, f"{image.dockerfile} does not install {release.project.name} from the package index")

    return Step("the image is made of the released tree", observe)


def foreign_run(text: str, platform: str) -> dockerfile.Instruction | None:
    """The first RUN line that has to run as this platform, and not as that of the machine which builds."""
    found = dockerfile.needed(dockerfile.stages(text, {}))
    for stage, run in commands.runs(found):
        stated = dockerfile.platform(stage, found)
        if stated in ("", platform) or "TARGETPLATFORM" in stated:
            return run
    return None


def own_package(text: str, name: str) -> dockerfile.Instruction | None:
    """The RUN line that installs the project's own package from an index."""
    lines = (run for _, run in commands.runs(dockerfile.stages(text, {})))
    return next((run for run in lines if commands.installs(run, name)), None)


def where(image: Image, line: dockerfile.Instruction) -> str:
    """`docker/Dockerfile:7 RUN pip install .`"""
    return f"{image.dockerfile}:{line.line} {line.keyword} {' '.join(line.value.split())[:60]}"


def _dockerfile(release: Release) -> str | None:
    return git.text(release.project.root, release.base, settings(release).dockerfile)


def pushable(release: Release) -> Step:
    """The registry allows us to push, as far as that can be known beforehand; nothing is put there to find out."""
    name = settings(release).name

    def observe() -> Found:
        there, ours = repository(release), sealed(release)
        if ours and there.digest(release.semver) == ours.digest:
            return Found(State.DONE, f"{reference(release)} is there")
        later = visibility.before(there, CHANNEL, is_meant=settings(release).private)
        who = f"{there.login.username or 'our token'}" if there.login else "anybody"
        return {
            Push.ALLOWED: Found(State.DONE, f"{there.registry} lets {who} push{later}"),
            Push.REFUSED: Found(
                State.ABSENT,
                f"{there.registry} does not let {who} push to {there.path}",
                f"export {oci_login.USERNAME}=… {oci_login.PASSWORD}=…   (or docker login {there.registry})",
            ),
            Push.READ_ONLY: Found(
                State.ABSENT, f"{there.registry} is read-only: it answers 405", "invoke release   (when it is not)"
            ),
            Push.UNKNOWN: Found(
                State.DONE, f"{there.registry} answers; that {who} may push cannot be checked before publishing{later}"
            ),
        }[there.push()]

    return Step(f"{name} can be pushed to", observe)


def original(release: Release) -> Step:
    """A stand-in for the base image, made for rehearsals, goes to no registry but one on this machine."""

    def observe() -> Found:
        base, host = settings(release).base, repository(release).registry.rpartition(":")[0]
        if base and not is_loopback(host or repository(release).registry):
            return Found(
                State.ABSENT,
                f"the base image is the stand-in {base}, and {settings(release).name} is not on this machine",
                "$EDITOR pyproject.toml   (without `base` in [tool.contd-release.image])",
            )
        return Found(State.DONE, f"the base image is the stand-in {base}" if base else "as the Dockerfile says")

    return Step("the base image is what users should get", observe)
