"""
A release known by its tag: the commit is carried, and what was sealed elsewhere is compared before it is taken over.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from github_release import FILES, build, elsewhere, release_of, state, walk
from github_server import Github
from packaging.version import Version

from contd_release.engine.checklist import Checklist, Section, Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady, Unanswered
from contd_release.prepare import seal, tagged
from contd_release.process.action import Call, Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Tampered
from contd_release.project.release import Release
from contd_release.project.settings import Image

BUMPVERSION = """
[tool.bumpversion]
current_version = "{}"
[[tool.bumpversion.files]]
filename = "VERSION"
search = "{{current_version}}"
replace = "{{new_version}}"
"""


@pytest.fixture
def release(github: Github, tmp_path: Path) -> Release:
    """1.2.0 in a clone, its commit made and not tagged yet."""
    (github.clone / ".bumpversion.toml").write_text(BUMPVERSION.format("1.2.0"), encoding="utf-8")
    (github.clone / "VERSION").write_text("1.2.0\n", encoding="utf-8")
    github.git("add", ".")
    base = github.head
    commit = github.commit("Release 1.2.0")
    found = release_of(github, tmp_path)
    return replace(found, project=replace(found.project, root=github.clone), base=base, commit=commit)


def without_github(release: Release) -> Release:
    """The same project on another forge."""
    settings = replace(release.project.settings, github=None)
    return replace(release, project=replace(release.project, settings=settings))


@pytest.mark.parametrize("on_github", [True, False], ids=["GitHub", "git"])
def test_where_the_tag_stands(github: Github, release: Release, on_github: bool) -> None:
    """Not public, at our commit, or somewhere else; asked of GitHub, or of the remote where there is none."""
    ours = release if on_github else without_github(release)
    step = tagged.standing(ours)
    assert (
        step.observe().state,
        step.observe().detail,
        step.observe().type_next,
    ) == (State.ABSENT, "v1.2.0 is not public", "git push origin v1.2.0")
    github.tag("v1.2.0")
    assert State.DONE is state(step)
    moved = tagged.standing(replace(ours, commit="0" * 40)).observe()
    expected = f"v1.2.0 is on {release.commit[:12]}; here it is on 000000000000"
    assert (State.CONFLICT, expected) == (moved.state, moved.detail)


def test_no_answer_is_no_tag(github: Github, release: Release) -> None:
    """A forge that does not answer has not said that there is no tag."""
    github.world.faults.order("GET * every 500")
    with pytest.raises(Unanswered):
        tagged.standing(release).observe()
    github.git("remote", "set-url", "origin", "/nowhere")
    with pytest.raises(Unanswered):
        tagged.standing(without_github(release)).observe()


def test_the_files_say_what_the_tag_says(release: Release) -> None:
    """A tag whose commit states another version is not released."""
    assert State.DONE is state(tagged.stated(release))
    found = tagged.stated(replace(release, version=Version("1.3.0"))).observe()
    assert State.ABSENT is found.state
    assert found.detail.startswith("the version files of v1.3.0 do not agree: ")


def test_the_commit_is_checked_out(github: Github, release: Release, tmp_path: Path) -> None:
    """A worktree of its own has the tagged commit, whatever another attempt left there."""
    step = tagged.checked_out(release)
    assert State.ABSENT is state(step)
    walk(step, log=tmp_path)
    assert State.DONE is state(step)
    github.git("-C", str(release.tree), "checkout", "-q", release.base)
    assert State.PARTIAL is state(step)
    walk(step, log=tmp_path)
    assert (release.tree / "VERSION").read_text(encoding="utf-8") == "1.2.0\n"


def test_nothing_is_done_once_the_tag_has_moved(github: Github, release: Release, tmp_path: Path) -> None:
    """Every act of every step, however deep, is preceded by a look at the tag; an observation is not."""
    done: list[str] = []

    def step(name: str) -> Step:
        def observe() -> Found:
            return Found(State.DONE if name in done else State.ABSENT, name)

        return Step(name, observe, act=(Call(name, lambda: done.append(name)),))

    looked = Step("looked", lambda: Found(State.DONE, "there"))
    github.tag("v1.2.0")
    walk(tagged.guarded(release, Section("publish", (Together(((step("one"),),)), looked))), log=tmp_path)
    assert done == ["one"]
    github.commit("Something else")
    github.git("tag", "-f", "-a", "-m", "moved", "v1.2.0")
    github.git("push", "-q", "-f", "origin", "v1.2.0")
    two = tagged.guarded(release, Section("publish", (Together(((step("two"),),)), looked)))
    with pytest.raises(Conflict, match=rf"v1\.2\.0 has moved to {github.head[:12]} since this began"):
        Checklist((two,)).walk(lambda _: None, Running(tmp_path / "logs"))
    assert done == ["one"]


def test_artifacts_go_from_job_to_job(release: Release, tmp_path: Path) -> None:
    """What one machine hands over, another takes over, with the same seal; the image is attested by its own digest."""
    name = "ghcr.io/owner/contd"
    settings = replace(release.project.settings, image=Image(name))
    built = replace(release, project=replace(release.project, settings=settings))
    sealed = build(built, release.commit)
    tagged.handed_over(built, tmp_path / "handed")
    subjects = (tmp_path / "handed" / tagged.SUBJECTS).read_text(encoding="utf-8")
    assert f"{sealed.checksums()}{'0' * 64}  {name}\n" == subjects
    other = elsewhere(built, tmp_path / "other")
    assert sealed == tagged.taken_over(other, tmp_path / "handed") == other.sealed() == tagged.required(other)
    assert sealed == tagged.taken_over(other, other.dist)
    assert {*FILES, "image.tar", "SHA256SUMS", "artifacts.json"} == {path.name for path in other.dist.iterdir()}
    assert State.DONE is state(seal.sealed(other, lambda _: ()))


def test_what_is_not_the_sealed_is_refused(release: Release, tmp_path: Path) -> None:
    """No seal, another commit, another version, other bytes, or other artifacts here: nothing is taken over."""
    handed, other = tmp_path / "handed", elsewhere(release, tmp_path / "other")
    with pytest.raises(NotReady, match=f"{handed} has no artifacts.json"):
        tagged.taken_over(other, handed)
    with pytest.raises(NotReady, match=r"nothing of v1\.2\.0 is sealed here"):
        tagged.required(other)
    build(release, "0" * 40)
    with pytest.raises(Conflict, match=r"dist holds contd 1\.2\.0 of 000000000000"):
        tagged.required(release)
    build(release, release.commit)
    tagged.handed_over(release, handed)
    with pytest.raises(Conflict, match=r"handed holds contd 1\.2\.0 of"):
        tagged.taken_over(replace(other, commit="1" * 40), handed)
    (handed / "contd-1.2.0.tgz").write_text("other", encoding="utf-8")
    with pytest.raises(Tampered, match=r"contd-1\.2\.0\.tgz has sha256"):
        tagged.taken_over(other, handed)
    assert other.sealed() is None
    tagged.handed_over(release, handed)
    build(other, release.commit, says="otherwise")
    with pytest.raises(Conflict, match="holds other artifacts"):
        tagged.taken_over(other, handed)
    (release.dist / "contd-1.2.0.tgz").unlink()
    with pytest.raises(Tampered):
        tagged.handed_over(release, handed)
    assert artifacts.read(handed) is not None
