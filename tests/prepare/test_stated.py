"""The version that a commit is at: of its version files, or of the tags that lead to it."""

from __future__ import annotations

from dataclasses import replace

from packaging.version import Version

from contd_release.engine.step import State
from contd_release.prepare import stated, tagged, versions
from contd_release.prepare.committed import current_project, project_at
from tests.conftest import Beginning, Place

COMPUTED = '[tool.hatch.version]\nsource = "vcs"\n[project]\ndynamic = ["version"]\n'


def computed(here: Place) -> None:
    """Let a tool compute the version, which no file states."""
    here.replace("pyproject.toml", "[project]\n", COMPUTED)
    here.replace("pyproject.toml", 'version = "0.1.5"\n', "")
    (here.clone / ".bumpversion.toml").unlink()
    here.publish()


def test_the_newest_tag_before_the_commit_counts(here: Place) -> None:
    """Not one of another line, however high; 0.0.0 where there is none yet."""
    computed(here)
    project = current_project()
    assert stated.at(project, project.commit).current == Version("0.0.0")
    here.git("tag", "v0.8")
    assert str(stated.at(project, project.commit).current) == "0.8.0"
    for tag in ("v0.9.0", "v0.10.0rc1", "v0.10.0", "nightly", "other-v7.0.0"):
        here.git("tag", tag)
    assert stated.at(project, project.commit).current == Version("0.10.0")
    assert stated.at(project, project.commit).paths == ()
    here.git("commit", "--quiet", "--allow-empty", "-m", "Apart")
    here.git("tag", "v3.0.0")
    assert stated.at(project, project.commit).current == Version("0.10.0")


def test_version_files_count_where_they_are_listed(here: Place) -> None:
    """A tag changes nothing for them."""
    here.git("tag", "v0.9.0")
    project = current_project()
    found = stated.at(project, project.commit)
    assert (found.path, found.current) == (".bumpversion.toml", Version("0.1.5"))


def test_nothing_is_to_be_bumped(here: Place, beginning: Beginning) -> None:
    """The steps that look at version files say which tool computes the version instead."""
    computed(here)
    here.git("tag", "v0.1.5")
    release = beginning()
    release = replace(release, project=project_at(release.project, release.base))
    for step in (versions.agreed(release), versions.bumped(release)):
        assert step.observe().detail == "no file does: hatch-vcs computes it from the tag"
    assert versions.bumped(release).act == ()
    assert (
        tagged.stated(replace(release, commit=release.base)).observe().detail
        == "no file states it: it is computed from the tag"
    )


def test_a_tag_that_is_not_here(here: Place, beginning: Beginning) -> None:
    """The newest release is on the remote and does not lead to this commit: it is fetched and merged, not written."""
    computed(here)
    here.git("tag", "v0.1.5")
    here.git("commit", "--quiet", "--allow-empty", "-m", "Apart")
    here.git("tag", "v0.3.0")
    here.git("push", "--quiet", "origin", "v0.3.0")
    here.git("reset", "--quiet", "--hard", "HEAD^")
    found = versions.follows(beginning()).observe()
    assert found.state is State.ABSENT
    assert found.type_next == (
        'git fetch origin tag v0.3.0; git merge v0.3.0   (or invoke release --part minor --because "…")'
    )
    here.say("abort", "--yes")
    said = here.say("release", "--yes")
    assert "type:     git fetch origin tag v0.3.0; git merge v0.3.0" in said.err
