"""
Rollbacks: what is undone, what is said, and what is never claimed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox import remotes
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.world import World
from contd_release.tools import github_releases
from contd_release.tools.github import Repository

if TYPE_CHECKING:
    from tests.conftest import Place, Said
    from tests.recover.conftest import Yanking

BECAUSE = ("--reason", "it loses lines")
CI = ("--without-ci", "a test")


def released(place: Place, *words: str) -> None:
    """
    A release is out, and the clone is where main is.
    """
    said = place.run("release", *(words or ("--part", "minor")), "--yes", *CI)
    assert 0 == said.code, said.text
    place.git("pull", "-q", "origin", "main")
    place.git("fetch", "-q", "--tags", "origin")


def news(place: Place, name: str) -> None:
    """
    main has a change, and a fragment.
    """
    place.write(f"contd/{name}.py", f"NAME = {name!r}\n")
    place.write(f"newsfragments/+{name}.feature.md", f"There is {name}.\n")
    place.publish(f"Add {name}")


def rolled_back(place: Place, yanking: Yanking, version: str, *words: str) -> Said:
    """
    The release is withdrawn, with a person who yanks.
    """
    with yanking(version):
        said = place.run("rollback", "--version", version, "--yes", "--wait", "30", *BECAUSE, *words)
    assert 0 == said.code, said.text
    return said


def github(world: World) -> Repository:
    """
    GitHub, as the publisher sees it.
    """
    return Repository("contd/contd", world.api_url, world.uploads_url, world.accounts.publisher.password)


def undone_lines_are_answered(text: str) -> None:
    """
    What cannot be undone is followed by what to do.
    """
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("    cannot be undone: "):
            assert lines[number + 1].startswith("    so: ")
            assert lines[number + 1] != "    so: "


def test_the_newest_release(everywhere: Place, world: World, yanking: Yanking) -> None:
    """
    Marked, overtaken, yanked, corrected; a second rollback changes nothing, and the version is never used again.
    """
    released(everywhere)
    news(everywhere, "bad")
    released(everywhere)
    mine = everywhere.mine()
    tags = {ref: name for ref, name in remotes.refs(everywhere.remote).items() if "tags/v" in ref}
    said = rolled_back(everywhere, yanking, "0.3.0")
    undone_lines_are_answered(said.out)
    assert "press   Yank, and give the reason: it loses lines" in said.out
    assert f"open    {world.url}/manage/project/contd/release/0.3.0/" in said.out
    assert "Users are sent to 0.2.0." in said.out
    assert "next: invoke hotfix.start --of 0.3.0" in said.out

    refs = remotes.refs(everywhere.remote)
    assert tags == {ref: name for ref, name in refs.items() if "tags/v" in ref}
    assert "refs/tags/withdrawn/v0.3.0" in refs
    latest = github_releases.latest(github(world))
    assert latest
    assert "v0.2.0" == latest.tag
    bad = github_releases.release_of_tag(github(world), "v0.3.0")
    assert bad
    assert bad.body.startswith("> [!CAUTION]\n> **Withdrawn.** it loses lines\n> Use 0.2.0 instead.\n\n")
    assert "There is bad" in bad.body
    messages = world.part(Chat).messages(room="room")
    assert ["contd 0.2.0 is out", "contd 0.3.0 is out", "contd 0.3.0 is withdrawn"] == [one.title for one in messages]
    assert "Use contd 0.2.0 instead of 0.3.0" in messages[-1].text
    kept = {path: digest for path, digest in mine.items() if ".git" not in path}
    assert kept == {path: digest for path, digest in everywhere.mine().items() if ".git" not in path}

    before, effects = remotes.refs(everywhere.remote), len(world.ledger.mutating())
    again = everywhere.run("rollback", "--version", "0.3.0")
    assert 0 == again.code, again.text
    assert (before, effects) == (remotes.refs(everywhere.remote), len(world.ledger.mutating()))
    other = everywhere.run("rollback", "--version", "0.3.0", "--reason", "something else")
    assert 2 == other.code
    assert "0.3.0 is withdrawn already, because: it loses lines" in other.err

    started = everywhere.run("hotfix.start", "--of", "0.3.0")
    assert 0 == started.code, started.text
    tree = everywhere.clone.with_name("clone-hotfix-v0.3.1")
    (tree / "newsfragments/+good.bugfix.md").write_text("No line is lost.\n", encoding="utf-8")
    everywhere.git("add", "--all", where=tree)
    everywhere.git("commit", "-qm", "Mend", where=tree)
    everywhere.git("push", "-q", "origin", "HEAD", where=tree)
    finished = everywhere.run("hotfix.finish", "--yes", *CI)
    assert 0 == finished.code, finished.text
    latest = github_releases.latest(github(world))
    assert latest
    assert "v0.3.1" == latest.tag
    assert {1} == set(world.ledger.effects().values())


def test_nobody_yanks(everywhere: Place, world: World, yanking: Yanking) -> None:
    """
    It is never claimed that a release is yanked; everything else is done meanwhile, and it is continued.
    """
    released(everywhere)
    said = everywhere.run("rollback", "--version", "0.2.0", "--yes", "--wait", "1", *BECAUSE)
    assert 8 == said.code
    assert "the index does not say that 0.2.0 is yanked" in said.err
    assert "is withdrawn, as far as it can be" not in said.out
    assert 2 == len(world.part(Chat).messages(room="room"))
    latest = github_releases.latest(github(world))
    assert latest is None
    with yanking("0.2.0"):
        said = everywhere.run("rollback", "--wait", "30")
    assert 0 == said.code, said.text
    assert 2 == len(world.part(Chat).messages(room="room"))


def test_republished(everywhere: Place, world: World, yanking: Yanking) -> None:
    """
    The code before is released as the next patch; main keeps its code without --revert, and its version is the highest.

    That one can be rolled back, too.
    """
    released(everywhere)
    news(everywhere, "bad")
    released(everywhere)
    said = rolled_back(everywhere, yanking, "0.3.0", "--republish", *())
    assert 0 == said.code


def test_of_what_never_was(place: Place) -> None:
    """
    No tag, no file: nothing is done.
    """
    with place.untouched():
        said = place.say("rollback", "--version", "0.9.0", *BECAUSE, env={"CONTD_RELEASE_CONFIG": ""})
    assert said.code in (2, 4)


@pytest.mark.parametrize("words", [(), ("--reason", "x")], ids=" ".join)
def test_no_version(place: Place, words: tuple[str, ...]) -> None:
    """
    Nothing is under way, and no version is named.
    """
    with place.untouched():
        said = place.say("rollback", *words)
    assert 2 == said.code
    assert "no rollback is under way" in said.err
