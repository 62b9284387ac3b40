"""The image's build: equal input gives equal digests, on every platform, from the commit and from nothing else."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from contd_release.channels.image import channel as image
from contd_release.channels.image import names as image_names
from contd_release.channels.image.names import archive
from contd_release.errors import Conflict, FailedCommand
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed, Tampered
from contd_release.records import commit
from contd_release.tools.oci.archive import Archive
from contd_release.tools.oci.manifest import Descriptor
from contd_release.tools.oci.pack import pack

if TYPE_CHECKING:
    from image_bench import Bench, Images

pytestmark = pytest.mark.usefixtures("impatient", "alone")

EPOCH = 1_790_000_000


def git(where: Path, *words: str) -> None:
    """Let git do something."""
    subprocess.run(("git", *words), cwd=where, check=True, capture_output=True)


def configured(bench: Bench, **changes: object) -> Bench:
    """The same release with other settings of its image."""
    settings = replace(bench.release.project.settings, image=replace(bench.image, **changes))  # type: ignore[arg-type]
    bench.release = replace(bench.release, project=replace(bench.release.project, settings=settings))
    return bench


@pytest.mark.integration
def test_two_builds_have_one_digest(bench: Bench, buildah: None) -> None:
    """Built, removed and built again: the same bytes, with both platforms and the labels."""
    bench.walk("build")
    (first,) = image.built(bench.release)
    assert bench.states("build") == ["done", "done"]
    bench.checklist("build").undo(lambda _: None, bench.running)
    assert bench.states("build") == ["absent", "absent"]
    bench.walk("build")
    assert (first,) == image.built(bench.release)
    built = Archive(archive(bench.release))
    assert [one.platform for one in built.top.manifests] == ["linux/amd64", "linux/arm64"]
    for one in built.top.manifests:
        found = built.configuration(built.manifest(one.digest, one.media_type))
        assert image_names.labels(bench.release, bench.commit()) == found.labels
        assert one.platform == found.platform


@pytest.mark.integration
def test_the_commit_is_built_and_not_the_working_tree(bench: Bench, buildah: None) -> None:
    """What the maintainer has lying around, and what a build before this one left behind, is in no image."""
    bench.walk("build")
    (first,) = image.built(bench.release)
    archive(bench.release).unlink()
    (bench.release.project.root / "lib" / "secret.txt").write_text("not for anybody")
    source = bench.release.source("image")
    (source / "lib" / "stray.txt").write_text("left behind")
    (source / "lib" / "says.txt").write_text("changed")
    bench.walk("build")
    assert (first,) == image.built(bench.release)


@pytest.mark.integration
def test_what_prepare_makes_is_in_the_image(bench: Bench, buildah: None) -> None:
    """The commands of `prepare` run in the checkout before the first platform is built."""
    configured(bench, prepare=("sh -c 'echo made > lib/prepared.txt'",))
    bench.walk("build")
    layers = [one.size for one in _layers(archive(bench.release))]
    configured(bench, prepare=())
    archive(bench.release).unlink()
    bench.walk("build")
    assert layers != [one.size for one in _layers(archive(bench.release))]


def _layers(path: Path) -> list[Descriptor]:
    built = Archive(path)
    return [layer for one in built.top.manifests for layer in built.manifest(one.digest, one.media_type).layers]


@pytest.mark.integration
def test_what_a_killed_build_left_is_removed(bench: Bench, buildah: None) -> None:
    """A container that nobody works in any more does not stay in the storage for ever."""
    base = bench.images.one(says="the base")
    storage = image_names.storage(bench.release)
    own = ("--root", str(storage / "root"), "--runroot", str(storage / "run"), "--storage-driver", "vfs")
    subprocess.run(("buildah", *own, "from", f"oci-archive:{base.path}"), check=True, capture_output=True)
    bench.walk("build")
    left = subprocess.run(("buildah", *own, "containers", "--quiet"), check=True, capture_output=True)
    assert left.stdout == b""


@pytest.mark.integration
def test_a_failed_build_leaves_no_archive(bench: Bench, buildah: None) -> None:
    """A half-built image is never seen; the error tells what the builder said."""
    configured(bench, dockerfile="Nowhere")
    with pytest.raises(FailedCommand, match="Nowhere"):
        bench.walk("build")
    assert bench.states("build")[-1] == "absent"
    assert not archive(bench.release).exists()


@pytest.mark.integration
def test_a_base_with_both_platforms_in_one_archive(bench: Bench, buildah: None) -> None:
    """A stand-in for the base is one archive, and each platform takes its own image from it."""
    base = bench.images.whole("base", "the base")
    configured(bench, base=f"oci-archive:{base.path}")
    bench.walk("build")
    assert "the stand-in oci-archive:" in bench.found("build")[-1].detail
    sizes = [len(Archive(archive(bench.release)).manifest(one.digest, one.media_type).layers) for one in base_of(bench)]
    assert sizes == [2, 2]


def base_of(bench: Bench) -> tuple[Descriptor, ...]:
    """The platforms of what was built."""
    return Archive(archive(bench.release)).top.manifests


@pytest.mark.integration
def test_a_release_from_build_to_promotion(bench: Bench, buildah: None) -> None:
    """What buildah built goes through every section, and a second walk builds and sends nothing."""
    bench.walk("access", "build")
    sealed = Sealed("contd", "1.2.0", bench.commit(), EPOCH, image.built(bench.release))
    artifacts.seal(bench.release.dist, sealed)
    bench.walk("stage", "publish", "verify", "promote")
    before = archive(bench.release).stat().st_mtime_ns
    assert bench.mutating("access", "build", "stage", "publish", "verify", "promote") == []
    assert before == archive(bench.release).stat().st_mtime_ns


def test_the_plan_shows_the_command_that_runs(bench: Bench) -> None:
    """One argv is printed and run; only the commit, which is not made yet, has a placeholder."""
    shutil.rmtree(bench.release.source("image"), ignore_errors=True)
    made = bench.commit()
    for version, expected in (("1.2.0", made), ("1.3.0", "COMMIT")):
        bench.release = replace(bench.release, version=Version(version))
        shown = [str(action) for _, step in bench.checklist("build").steps() for action in step.act]
        builds = [line for line in shown if "build" in line and "--platform" in line]
        assert [_after(line, "--platform") for line in builds] == [["linux/amd64"], ["linux/arm64"]]
        assert all(f"--label org.opencontainers.image.revision={expected}" in line for line in builds)


def _after(line: str, word: str) -> list[str]:
    words = line.split()
    return [words[place + 1] for place, one in enumerate(words) if one == word]


def test_what_was_sealed_is_never_built_again(bench: Bench) -> None:
    """The sealed archive is looked at byte by byte, and a change is a hard stop."""
    bench.seal()
    assert bench.states("build")[-1] == "done"
    with archive(bench.release).open("ab") as out:
        out.write(b"more")
    assert bench.states("build")[-1] == "Tampered"
    archive(bench.release).unlink()
    with pytest.raises(Tampered, match="cannot be read"):
        bench.walk("build")


def test_nothing_here_builds_images(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a builder the preflight says in one line what is missing and what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found = image.access(bench.release)[0].observe()  # type: ignore[union-attr]
    assert found.detail == "nothing that builds images is here"
    assert found.type_next == "apt install buildah   (or docker buildx create --use)"


def test_packed_twice_it_is_the_same_file(images: Images, tmp_path: Path) -> None:
    """Order, times and owners are set: equal images give equal bytes."""
    parts = [(one, images.one(one)) for one in ("linux/amd64", "linux/arm64")]
    for name in ("a.tar", "b.tar"):
        pack(parts, tmp_path / name, "1.2.0", EPOCH)
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    assert sorted(path.name for path in tmp_path.glob("*.tar")) == ["a.tar", "b.tar"]


def test_an_image_for_another_platform_is_refused(images: Images, tmp_path: Path) -> None:
    """A builder that ignores the platform is found out before anything is sealed."""
    with pytest.raises(Conflict, match="the build for linux/arm64 made an image for linux/amd64"):
        pack([("linux/arm64", images.one("linux/amd64"))], tmp_path / "x.tar", "1.2.0", EPOCH)


def test_spoiled_bytes_are_not_packed(images: Images, tmp_path: Path) -> None:
    """Every blob is hashed on its way into the archive."""
    one = images.one()
    content = one.path.read_bytes()
    one.path.write_bytes(content.replace(b"\x1f\x8b\x08", b"\x1f\x8b\x09"))
    with pytest.raises(Conflict, match="holds other bytes under sha256:"):
        pack([("linux/amd64", one)], tmp_path / "x.tar", "1.2.0", EPOCH)


@pytest.mark.parametrize("reader", ["skopeo"])
@pytest.mark.integration
def test_others_read_the_archive(images: Images, reader: str, skopeo: None) -> None:
    """The archive is one that other tools read, under the digest we compute."""
    whole = images.whole()
    told = subprocess.run(
        ("skopeo", "inspect", "--raw", f"oci-archive:{whole.path}:1.2.0"), capture_output=True, check=True
    )
    assert json.loads(whole.top.content) == json.loads(told.stdout)


@pytest.mark.integration
@pytest.mark.skipif(platform.machine() != "x86_64", reason="copies the shell of an x86-64 Debian")
@pytest.mark.parametrize(("says", "expected"), [("contd 1.2.0", ""), ("contd 1.1.9", "says 'contd 1.1.9'")])
def test_what_can_run_here_is_started(
    bench: Bench, buildah: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, says: str, expected: str
) -> None:
    """
    The pulled bytes of this machine's platform are started, and have to say the version, wherever temporary files are.
    """
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "_No-Name"))
    (tmp_path / "_No-Name").mkdir()
    root = bench.release.tree
    for name in ("/bin/dash", "/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"):
        (root / "fs" / name[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, root / "fs" / name[1:])
    entrypoint = json.dumps(["/bin/dash", "-c", f"echo {says}", "contd"])
    (root / "Dockerfile").write_text(f"FROM scratch\nCOPY fs/ /\nENTRYPOINT {entrypoint}\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "A program")
    commit.note(bench.release)
    configured(bench, run=("--version",))
    bench.walk("build")
    artifacts.seal(bench.release.dist, Sealed("contd", "1.2.0", bench.commit(), EPOCH, image.built(bench.release)))
    bench.walk("stage", "publish")
    if expected:
        with pytest.raises(Conflict, match=expected):
            bench.walk("verify")
    else:
        bench.walk("verify")
        assert "pulled by digest, and started" in bench.found("verify")[0].detail
