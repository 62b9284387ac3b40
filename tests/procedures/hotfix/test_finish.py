"""Hotfixes: from the branch to the release, and back to main."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

# Each releases a hotfix.
pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from tests.conftest import Place, Said

MARKER = "<!-- towncrier release notes start -->"


def released(place: Place, part: str = "minor") -> None:
    """A release is out, and the clone is where main is."""
    said = place.run("release", "--part", part, "--yes")
    assert said.code == 0, said.text
    place.git("pull", "-q", "origin", "main")
    place.git("fetch", "-q", "--tags", "origin")


def mended(place: Place) -> str:
    """main has a fix with its fragment, and something else with another; the commit of the fix."""
    place.write("contd/line.py", (place.clone / "contd/line.py").read_text(encoding="utf-8") + "\n# mended\n")
    place.write("newsfragments/21.bugfix.md", "Lines are mended.\n")
    place.publish("Mend lines")
    fix = place.git("rev-parse", "HEAD")
    place.write("contd/more.py", "MORE = 1\n")
    place.write("newsfragments/22.feature.md", "There is more.\n")
    place.publish("Add more")
    return fix


def tree(place: Place, version: str) -> Path:
    """Where a person works on a hotfix."""
    return place.clone.with_name(f"{place.clone.name}-hotfix-v{version}")


def main(place: Place, path: str) -> str:
    """A file as the remote's main has it."""
    return place.git("show", f"main:{path}", where=place.remote)


def headings(text: str) -> list[str]:
    """The versions of a changelog, from the top."""
    return [line.split("]")[0].removeprefix("## [") for line in text.splitlines() if line.startswith("## [")]


def start(place: Place, *words: str) -> Said:
    """Begin a hotfix of 0.2.0."""
    said = place.run("hotfix.start", "--of", "0.2.0", *words)
    assert said.code == 0, said.text
    return said


def test_a_hotfix_of_the_newest_release(release: Place, world: World) -> None:
    """Picked, finished and merged: main has it, its fragment is gone, and what is not released yet is told later."""
    released(release)
    fix = mended(release)
    mine = release.mine()
    said = start(release, "--pick", fix)
    assert "next: cd" in said.out
    assert "invoke news" not in said.out
    assert release.git("branch", "--show-current", where=tree(release, "0.2.1")) == "hotfix/v0.2.1"
    again = start(release, "--pick", fix)
    assert again.code == 0

    said = release.run("hotfix.finish", "--yes")
    assert said.code == 0, said.text
    refs = remotes.refs(release.remote)
    assert release.git("tag", "-l", "--format=%(contents:subject)", "v0.2.1") == "Hotfix v0.2.1"
    tagged = release.git("rev-parse", "v0.2.1^{commit}")
    assert tagged == refs["refs/heads/hotfix/v0.2.1"]
    assert "# mended" in release.git("show", "v0.2.1:contd/line.py")
    assert "newsfragments/22.feature.md" not in release.git("ls-tree", "-r", "--name-only", "v0.2.1")

    assert headings(main(release, "CHANGELOG.md")) == ["0.2.1", "0.2.0", "0.1.5"]
    assert 'version = "0.2.1"' in main(release, "pyproject.toml")
    assert 'current_version = "0.2.1"' in main(release, ".bumpversion.toml")
    files = release.git("ls-tree", "-r", "--name-only", "main", where=release.remote).splitlines()
    assert {"newsfragments/22.feature.md", "changelog.d/0.2.1.md", "contd/more.py"} <= {*files}
    assert "newsfragments/21.bugfix.md" not in files
    kept = {path: digest for path, digest in mine.items() if ".git" not in path}
    assert kept == {path: digest for path, digest in release.mine().items() if ".git" not in path}
    assert {1} == set(world.ledger.effects().values())

    released_again = release.run("release", "--part", "minor", "--yes")
    assert released_again.code == 2  # main went on: the clone has to follow first
    release.git("pull", "-q", "origin", "main")
    released(release)
    text = main(release, "CHANGELOG.md")
    assert headings(text) == ["0.3.0", "0.2.1", "0.2.0", "0.1.5"]
    assert text.count("Lines are mended.") == 1


def test_a_hotfix_of_an_earlier_line(release: Place) -> None:
    """main is at 0.3.0 already: it keeps that version, and the changelog gets 0.2.1 below 0.3.0."""
    released(release)
    fix = mended(release)
    released(release)
    start(release, "--pick", fix)
    where = tree(release, "0.2.1")
    (where / "contd/_extra.py").write_text("EXTRA = 1\n", encoding="utf-8")
    said = release.run("hotfix.finish", "--yes")
    assert said.code == 2
    assert f"{where} has changes that are not committed" in said.err
    release.git("add", "--all", where=where)
    release.git("commit", "-qm", "Extra", where=where)
    said = release.run("hotfix.finish", "--yes")
    assert f"git -C {where} git push origin hotfix/v0.2.1" in said.err
    release.git("push", "-q", "origin", "HEAD", where=where)
    said = release.run("hotfix.finish", "--yes")
    assert said.code == 0, said.text
    assert headings(main(release, "CHANGELOG.md")) == ["0.3.0", "0.2.1", "0.2.0", "0.1.5"]
    assert 'version = "0.3.0"' in main(release, "pyproject.toml")
    assert 'version: 0.3.0\nappVersion: "0.3.0"' in main(release, "helm/contd/Chart.yaml")
    assert "EXTRA" in main(release, "contd/_extra.py")
    assert "MORE" in main(release, "contd/more.py")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--of", "0.9.0"), "origin has no tag v0.9.0"),
        (("--of", "0.9.0", "--pick", "abc", "--here"), "invoke hotfix.start --of 0.2.0 --pick abc --here\n"),
        (("--of", "0.2.0rc1"), "0.2.0rc1 is a pre-release"),
        (("--of", "0.2.0", "--pick", "nonsense"), "'nonsense' is no commit here"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_mended(place: Place, words: tuple[str, ...], expected: str) -> None:
    """A version that is not out, a pre-release, a commit that is not here: each is said, and nothing is changed."""
    place.git("tag", "-am", "Release v0.2.0", "v0.2.0")
    place.git("push", "-q", "origin", "v0.2.0")
    with place.untouched():
        said = place.say("hotfix.start", *words)
    assert said.code == 2
    assert expected in said.err
    assert "type:" in said.err
