"""The image of each platform, built on a machine of its own: joined only where it is what the release expects."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.channels.image import build, parts
from contd_release.channels.image.names import archive, labels
from contd_release.engine.checklist import Checklist, Section
from contd_release.errors import Conflict, NotReady, ReleaseError, Usage
from contd_release.project.release import Release
from contd_release.tools.oci.archive import Archive
from contd_release.tools.oci.pack import single

if TYPE_CHECKING:
    from image_bench import Bench

PLATFORMS = ("linux/amd64", "linux/arm64")
COMMIT = "a" * 40


@pytest.fixture
def tagged(bench: Bench) -> Release:
    """The release, as the tag that is checked out says it."""
    return replace(bench.release, commit=COMMIT)


@pytest.fixture
def folder(bench: Bench, tagged: Release, tmp_path: Path) -> Path:
    """A folder with the part of each platform, built elsewhere."""
    to = tmp_path / "elsewhere"
    for platform in PLATFORMS:
        built = bench.images.one(platform, f"for {platform}", labels(tagged, COMMIT))
        parts.hand_over(tagged, platform, built.path, to)
    return to


def put(release: Release, platform: str, content: bytes, folder: Path) -> None:
    """Replace a part, with a checksum that agrees."""
    path = folder / parts.file_name(release, platform)
    path.write_bytes(content)
    path.with_name(f"{path.name}.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  {path.name}\n")


def refused(release: Release, folder: Path, kind: type[ReleaseError]) -> str:
    """What is said of the parts; none of them is taken."""
    with pytest.raises(kind) as caught:
        parts.take_over(release, folder)
    assert not any(parts.carried(release, one).exists() for one in PLATFORMS)
    return str(caught.value)


def test_parts_are_packed_instead_of_built(bench: Bench, tagged: Release, folder: Path) -> None:
    """The archive has the images of the parts in the configured order, and nothing is built here."""
    parts.take_over(tagged, folder)
    Checklist((Section("build", (build.packed(tagged),)),)).walk(lambda _: None, bench.running)
    joined = Archive(archive(tagged))
    assert [one.platform for one in joined.top.manifests] == list(PLATFORMS)
    assert [one.digest for one in joined.top.manifests] == [
        single(Archive(folder / parts.file_name(tagged, platform))).digest for platform in PLATFORMS
    ]


def test_a_missing_part_is_named(tagged: Release, folder: Path) -> None:
    """The command that builds it is what to type next."""
    (folder / parts.file_name(tagged, "linux/arm64")).unlink()
    said = refused(tagged, folder, NotReady)
    assert f"{folder} has no {parts.file_name(tagged, 'linux/arm64')}" in said
    assert f"invoke build --only image --platform linux/arm64 --to {folder}" in said


def test_other_bytes_are_refused(tagged: Release, folder: Path) -> None:
    """A part that changed on its way does not have the sha256 of its checksum."""
    path = folder / parts.file_name(tagged, "linux/amd64")
    path.write_bytes(path.read_bytes() + b"\0")
    assert f"{path.name} has sha256" in refused(tagged, folder, Conflict)


def test_another_platform_is_refused(tagged: Release, folder: Path) -> None:
    """The image of one platform under the name of another never gets into the index."""
    put(tagged, "linux/arm64", (folder / parts.file_name(tagged, "linux/amd64")).read_bytes(), folder)
    assert "is an image for linux/amd64" in refused(tagged, folder, Conflict)


@pytest.mark.parametrize("changed", [{"commit": "b" * 40}, {"version": "1.3.0"}], ids=["commit", "version"])
def test_another_release_is_refused(bench: Bench, tagged: Release, folder: Path, changed: dict[str, str]) -> None:
    """What the image states of its version and commit is what the tag says."""
    stated = labels(tagged, changed.get("commit", COMMIT))
    stated |= {"org.opencontainers.image.version": changed["version"]} if "version" in changed else {}
    put(tagged, "linux/arm64", bench.images.one("linux/arm64", "other", stated).path.read_bytes(), folder)
    assert f"{parts.file_name(tagged, 'linux/arm64')} states org.opencontainers.image." in refused(
        tagged, folder, Conflict
    )


def test_a_platform_that_the_image_does_not_have_is_refused(tagged: Release) -> None:
    """The error lists those that it has."""
    with pytest.raises(Usage, match=r"is not built for linux/s390x\n.*linux/amd64, linux/arm64"):
        parts.one_of(tagged, "linux/s390x")


@pytest.mark.integration
def test_joined_parts_equal_one_build(bench: Bench, buildah: None, tmp_path: Path) -> None:
    """Two platforms, each built by itself and joined, are byte for byte what one machine builds in one go."""
    bench.walk("build")
    together = archive(bench.release).read_bytes()
    archive(bench.release).unlink()
    release = replace(bench.release, commit=bench.commit())
    for platform in reversed(PLATFORMS):
        step = build.part(release, platform, tmp_path / "parts")
        Checklist((Section("build", (step,)),)).walk(lambda _: None, bench.running)
    parts.take_over(release, tmp_path / "parts")
    Checklist((Section("build", (build.packed(release),)),)).walk(lambda _: None, bench.running)
    assert archive(release).read_bytes() == together
