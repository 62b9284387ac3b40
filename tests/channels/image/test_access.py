"""What is said of a Dockerfile before anything is built."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contd_release.channels.image import access, build
from contd_release.channels.image.names import archive
from contd_release.engine.step import Found, State, Step
from contd_release.records import commit
from contd_release.tools.builders import emulation
from contd_release.tools.oci.archive import Archive

if TYPE_CHECKING:
    from image_bench import Bench

pytestmark = pytest.mark.usefixtures("impatient", "alone")


def foreign() -> str:
    """A platform whose programs do not run on this machine."""
    platforms = ("linux/s390x", "linux/riscv64", "linux/ppc64le", "linux/arm64")
    if found := next((one for one in platforms if not emulation.runs(one)), None):
        return found
    pytest.skip("this machine runs the programs of every platform")


def observed(bench: Bench, text: str, step: str, *platforms: str) -> Found:
    """What a step says of a Dockerfile that is committed."""
    root = bench.release.project.root
    (root / "Dockerfile").write_text(text, encoding="utf-8")
    subprocess.run(("git", "commit", "-qam", "Change it"), cwd=root, check=True)
    head = subprocess.run(("git", "rev-parse", "HEAD"), cwd=root, check=True, capture_output=True, text=True)
    image = replace(bench.image, platforms=platforms or bench.image.platforms)
    settings = replace(bench.release.project.settings, image=image)
    project = replace(bench.release.project, settings=settings)
    bench.release = replace(bench.release, base=head.stdout.strip(), project=project)
    made: Step = getattr(access, step)(bench.release)
    return made.observe()


@pytest.mark.integration
def test_a_run_line_of_a_platform_that_does_not_run_here(bench: Bench, buildah: None) -> None:
    """It would end with "exec format error": the line and the platform are named, and what helps."""
    other = foreign()
    text = "FROM a AS first\nCOPY lib /lib\nFROM first\n\nRUN pip install \\\n  .\n"
    found = observed(bench, text, "runnable", f"linux/{emulation.here()}", other)
    assert State.ABSENT is found.state
    assert f"Dockerfile:5 RUN pip install . has to run for {other}, which this machine does not" == found.detail
    assert found.type_next.startswith("apt install qemu-user-static")


@pytest.mark.integration
@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nCOPY lib /lib\n",
        "FROM --platform=$BUILDPLATFORM a AS build\nRUN make\nFROM scratch\nCOPY --from=build /x /x\n",
        "FROM a AS tests\nRUN make test\nFROM a\nCOPY lib /lib\n",
    ],
)
def test_nothing_runs_for_another_platform(bench: Bench, buildah: None, text: str) -> None:
    """Without RUN lines, with those of the building machine's own platform, and with those of a stage nobody needs."""
    assert State.DONE is observed(bench, text, "runnable", foreign()).state


@pytest.mark.integration
def test_run_lines_of_this_machine(bench: Bench, buildah: None) -> None:
    """They are counted."""
    here = f"linux/{emulation.here()}"
    assert Found(State.DONE, f"1 for {here}") == observed(bench, "FROM a\nRUN make\n", "runnable", here)


def test_a_dockerfile_that_is_not_there(bench: Bench) -> None:
    """The setting is named."""
    image = replace(bench.image, dockerfile="docker/Dockerfile")
    settings = replace(bench.release.project.settings, image=image)
    release = replace(bench.release, project=replace(bench.release.project, settings=settings))
    found = access.runnable(release).observe()
    assert (found.state, found.detail) == (State.ABSENT, "docker/Dockerfile is not there")


def test_a_dockerfile_that_installs_the_release_from_the_index(bench: Bench) -> None:
    """It would hold the release before: the line is named."""
    found = observed(bench, "FROM a\nRUN apt-get update && pip install 'contd[all]'\n", "self_made")
    assert State.ABSENT is found.state
    assert found.detail == (
        "Dockerfile:2 RUN apt-get update && pip install 'contd[all]' installs contd from the package index, "
        "where this version is not yet when the image is built"
    )
    assert State.DONE is observed(bench, "FROM a\nCOPY . .\nRUN pip install .\n", "self_made").state


@pytest.mark.integration
def test_a_stand_in_replaces_every_base(bench: Bench, buildah: None) -> None:
    """No image is pulled for it, although the Dockerfile names two and has no ARG for any."""
    web = "FROM no.example/web:1 AS web\nCOPY lib /x\n"
    text = f"{web}FROM no.example/base:1 AS base\nFROM base\nCOPY --from=web /x /lib\n"
    observed(bench, text, "runnable")
    image = replace(bench.image, base="scratch")
    bench.release = replace(
        bench.release,
        project=replace(bench.release.project, settings=replace(bench.release.project.settings, image=image)),
    )
    subprocess.run(("git", "checkout", "-q", bench.release.base), cwd=bench.release.tree, check=True)
    subprocess.run(("git", "commit", "-q", "--allow-empty", "-m", "Release"), cwd=bench.release.tree, check=True)
    commit.note(bench.release)
    bench.walk("build")
    assert [one.platform for one in Archive(archive(bench.release)).top.manifests] == ["linux/amd64", "linux/arm64"]
    assert "the stand-in scratch" in build.packed(bench.release).observe().detail
