"""The build: of the release in progress, or of the tag that is checked out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from contd_release.channels import registry, source
from contd_release.channels.image import access as image_access
from contd_release.channels.image import build as image_build
from contd_release.channels.image import names as image_names
from contd_release.channels.image import parts
from contd_release.console import reporting
from contd_release.engine.checklist import Checklist, Section
from contd_release.errors import Usage
from contd_release.prepare import proof, seal, tagged
from contd_release.prepare.committed import current_project
from contd_release.procedures import tagged as tags
from contd_release.procedures.checklist import together
from contd_release.procedures.options import Words
from contd_release.procedures.release import Walking, walk
from contd_release.procedures.sections import by_tag
from contd_release.project.release import Release
from contd_release.records import lock


@dataclass(frozen=True)
class OnTag:
    """
    How a tagged commit is built.

    Args:
        proved: whether the proof runs again before the build.
        to: a folder that gets the sealed files; empty for none.
        join: a folder with the image of every platform, built on other machines; empty if they are built here.
    """

    proved: bool = False
    to: str = ""
    join: str = ""

    @property
    def is_asked_for(self) -> bool:
        """Whether the call needs a tag."""
        return self.proved or bool(self.to or self.join)


@dataclass(frozen=True)
class Part:
    """The image of one platform, and the folder that gets it."""

    only: str
    platform: str
    to: str


def build_artifacts(words: Words, on_tag: OnTag, *, as_json: bool) -> None:
    """Build and seal everything."""
    if release := by_tag.tagged_release(words, is_required=on_tag.is_asked_for):
        _build_tagged(release, on_tag, as_json=as_json)
    else:
        walk(words, as_json=as_json, yes=False, until="prove and build")


def build_platform(part: Part, *, as_json: bool) -> None:
    """
    Build the image of one platform from the tag that is checked out.

    Raises:
        Usage: the call names another channel, no platform or no folder, or a platform that the image does not have.
    """
    example = "invoke build --only image --platform linux/arm64 --to parts"
    if part.only not in ("", "image") or not (part.platform and part.to):
        given = " ".join(f"--{name} {value}" for name, value in vars(part).items() if value)
        raise Usage(f"{given} is not a part of a build", expected=example, type_next=example)
    release, report = tags.required(current_project()), reporting(as_json=as_json)
    if release.project.settings.image is None:
        report.says(f"{release.project.name} has no image: nothing to do")
        return
    platform, folder = parts.one_of(release, part.platform), Path(part.to).absolute()
    checklist = Checklist(
        (
            Section(
                "prepare",
                (
                    together(*by_tag.sound(release)),
                    image_access.runnable(release, (platform,)),
                    tagged.checked_out(release),
                ),
            ),
            Section(
                "build", (source.checked_out(release, image_names.CHANNEL), image_build.part(release, platform, folder))
            ),
        )
    )
    with lock.held(release.project.state / "lock"):
        Walking(release, report, whole=checklist).walk()


def building(release: Release, *, proved: bool) -> Checklist:
    """Everything that is built, from the tagged commit."""
    proofs = proof.passed(release) if proved else ()
    return Checklist(
        (
            Section("prepare", (together(*by_tag.sound(release)), tagged.checked_out(release))),
            Section("prove and build", (together(*proofs, *registry.section("build", release)),)),
            Section("seal", (tagged.standing(release), seal.sealed(release, registry.built))),
        )
    )


def _build_tagged(release: Release, on_tag: OnTag, *, as_json: bool) -> None:
    report = reporting(as_json=as_json)
    with lock.held(release.project.state / "lock"):
        if on_tag.join and release.project.settings.image and not release.sealed():
            parts.take_over(release, Path(on_tag.join).absolute())
        Walking(release, report, whole=building(release, proved=on_tag.proved)).walk()
        if on_tag.to:
            sealed = tagged.handed_over(release, Path(on_tag.to).absolute())
            report.says(f"{len(sealed.artifacts)} artifacts are in {on_tag.to}, seal {sealed.digest()[:12]}")
