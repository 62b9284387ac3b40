"""
What was released comes back to main: where main is protected, where it went on, where both changed the same lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.tools.github import issues
from contd_release.tools.github.api import GitHubRepository

# Each releases, and merges back.
pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from tests.conftest import Place

CI = ("--without-ci", "a test")
LINE = "contd/line.py"


def github(world: World) -> GitHubRepository:
    """GitHub, as the publisher sees it."""
    return GitHubRepository("contd/contd", world.api_url, world.uploads_url, world.accounts.publisher.password)


def main(place: Place, path: str) -> str:
    """A file as the remote's main has it."""
    return place.git("show", f"main:{path}", where=place.remote)


def test_main_is_protected(everywhere: Place, world: World) -> None:
    """The release ends with a pull request that brings the commit; it is opened once, and merged it is enough."""
    before = remotes.refs(everywhere.remote)["refs/heads/main"]
    remotes.refuse(everywhere.remote, "refs/heads/main")
    said = everywhere.run("release", "--part", "minor", "--yes", *CI)
    assert said.code == 0, said.text
    refs = remotes.refs(everywhere.remote)
    assert before == refs["refs/heads/main"]
    assert refs["refs/heads/merge-back/v0.2.0"] == refs["refs/heads/release/v0.2.0"]
    pulls = issues.pulls(github(world), "merge-back/v0.2.0", "main")
    assert [one.title for one in pulls] == ["Merge v0.2.0 into main"]
    status = everywhere.run("status", "--version", "0.2.0")
    assert f"{pulls[0].url} brings it, when it is merged" in status.out


def test_both_changed_the_same_lines(everywhere: Place, world: World) -> None:
    """A person merges, with the version and the changelog decided: main is as it was until then."""
    said = everywhere.run("release", "--part", "minor", "--yes", *CI)
    assert said.code == 0, said.text
    everywhere.git("pull", "-q", "origin", "main")
    everywhere.git("fetch", "-q", "--tags", "origin")
    text = (everywhere.clone / LINE).read_text(encoding="utf-8")
    everywhere.write(LINE, f"{text}# main\n")
    everywhere.write("newsfragments/30.feature.md", "Something.\n")
    everywhere.publish("Go on")
    assert everywhere.run("release", "--part", "minor", "--yes", *CI).code == 0
    before = remotes.refs(everywhere.remote)["refs/heads/main"]
    assert everywhere.run("hotfix.start", "--of", "0.2.0").code == 0
    tree = everywhere.clone.with_name("clone-hotfix-v0.2.1")
    (tree / LINE).write_text(f"{text}# hotfix\n", encoding="utf-8")
    (tree / "newsfragments/31.bugfix.md").write_text("Mended.\n", encoding="utf-8")
    everywhere.git("add", "--all", where=tree)
    everywhere.git("commit", "-qm", "Mend", where=tree)
    everywhere.git("push", "-q", "origin", "HEAD", where=tree)
    said = everywhere.run("hotfix.finish", "--yes", *CI)
    assert said.code == 0, said.text
    assert before == remotes.refs(everywhere.remote)["refs/heads/main"]
    pulls = issues.pulls(github(world), "merge-back/v0.2.1", "main")
    assert len(pulls) == 1
    branch = "merge-back/v0.2.1"
    assert 'version = "0.3.0"' in everywhere.git("show", f"{branch}:pyproject.toml", where=everywhere.remote)
    changelog = everywhere.git("show", f"{branch}:CHANGELOG.md", where=everywhere.remote)
    assert changelog.index("[0.3.0]") < changelog.index("[0.2.1]") < changelog.index("[0.2.0]")
    assert "# hotfix" in everywhere.git("show", f"{branch}:{LINE}", where=everywhere.remote)


def test_main_went_on_during_a_release(release: Place, world: World) -> None:
    """Somebody pushes to main between the tag and the merge: both are there in the end, and nothing is lost."""
    assert release.run("build", "--part", "minor").code == 0
    assert release.run("publish", "--yes").code == 0
    release.write("contd/later.py", "LATER = 1\n")
    release.write("newsfragments/40.feature.md", "Later.\n")
    release.publish("Later")
    said = release.run("release", "--yes")
    assert said.code == 0, said.text
    assert "LATER" in main(release, "contd/later.py")
    assert 'version = "0.2.0"' in main(release, "pyproject.toml")
    files = release.git("ls-tree", "-r", "--name-only", "main", where=release.remote).splitlines()
    left = [one for one in files if one.startswith("newsfragments/")]
    assert left == ["newsfragments/40.feature.md", "newsfragments/README.md"]


def test_nowhere_to_ask(release: Place, world: World) -> None:
    """Without GitHub, a person is told what to type; the release goes on when main has it."""
    remotes.refuse(release.remote, "refs/heads/main")
    said = release.run("release", "--part", "minor", "--yes")
    assert said.code == 8
    assert "main cannot take v0.2.0 by itself: it is protected" in said.err
    assert "type:     git switch main; git merge origin/merge-back/v0.2.0; git push origin main" in said.err
    remotes.allow(release.remote, "refs/heads/main")
    said = release.run("release", "--yes")
    assert said.code == 0, said.text


def develop(place: Place, *, spelled: bool) -> None:
    """Let main announce the next patch after every release; the version files can state it where `spelled`."""
    settings = (place.clone / "pyproject.toml").read_text(encoding="utf-8")
    place.write(
        "pyproject.toml",
        settings.replace("[tool.contd-release]\n", '[tool.contd-release]\nafter-release = "patch-dev"\n'),
    )
    text = (place.clone / ".bumpversion.toml").read_text(encoding="utf-8")
    if spelled:
        text = text.replace(r"[1-9]\d*))?$", r"[1-9]\d*))?(?:[.-](?P<dev>dev\d+))?$")
        text = text.replace('{pre_n}", ', '{pre_n}", "{major}.{minor}.{patch}.{dev}", ')
        text = text.replace(
            '-{pre_l}.{pre_n}", "{major}.{minor}.{patch}.{dev}', '-{pre_l}.{pre_n}", "{major}.{minor}.{patch}-{dev}'
        )
    place.write(".bumpversion.toml", text)
    place.write("newsfragments/50.bugfix.md", "Mended.\n")
    place.publish("Develop")


def test_main_announces_the_next_version(release: Place, world: World) -> None:
    """One commit after the release, in every place; and the next release drops it."""
    develop(release, spelled=True)
    said = release.run("release", "--part", "patch", "--because", "a test", "--yes", *CI)
    assert said.code == 0, said.text
    tip = remotes.refs(release.remote)["refs/heads/main"]
    assert release.git("show", "-s", "--format=%s %P", tip, where=release.remote).split()[:2] == ["Begin", "0.1.7.dev0"]
    parent, tagged = (release.git("rev-parse", one, where=release.remote) for one in (f"{tip}^", "v0.1.6^{commit}"))
    assert parent == tagged
    assert 'version = "0.1.7.dev0"' in main(release, "pyproject.toml")
    assert "version: 0.1.7-dev0" in main(release, "helm/contd/Chart.yaml")
    assert release.run("status", "--version", "0.1.6").code == 0

    release.git("pull", "-q", "origin", "main")
    release.write("newsfragments/51.bugfix.md", "Mended again.\n")
    release.publish("Mend")
    said = release.run("release", "--part", "patch", "--because", "a test", "--yes", *CI)
    assert said.code == 0, said.text
    assert 'version = "0.1.7"' in release.git("show", "v0.1.7:pyproject.toml", where=release.remote)
    assert 'version = "0.1.8.dev0"' in main(release, "pyproject.toml")


def test_patterns_that_do_not_know_the_suffix_stop_a_release(release: Place, world: World) -> None:
    """Before anything is done: after the release it would be too late."""
    develop(release, spelled=False)

    said = release.run("release", "--part", "patch", "--because", "a test", "--yes", *CI)

    assert said.code == 2, said.text
    assert "after-release is 'patch-dev', and no pattern for pyproject.toml, contd/__init__.py" in said.text
    assert "refs/tags/v0.1.6" not in remotes.refs(release.remote)
