"""Rollbacks: what is undone, what is said, and what is never claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from withdrawals import BECAUSE, CI, github, news, released, rolled_back

from contd_release.sandbox import remotes
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.world import World
from contd_release.tools.github import releases
from tests.conftest import Place, contents

# Each releases, and withdraws.
pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from rollback_bench import Yanking


def undone_lines_are_answered(text: str) -> None:
    """What cannot be undone is followed by what to do."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("    cannot be undone: "):
            assert lines[number + 1].startswith("    so: ")
            assert lines[number + 1] != "    so: "


def test_the_newest_release(everywhere: Place, world: World, yanking: Yanking) -> None:
    """Marked, overtaken, yanked, corrected; a second rollback changes nothing, and the version is never used again."""
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
    latest = releases.latest(github(world))
    assert latest
    assert latest.tag == "v0.2.0"
    bad = releases.release_of_tag(github(world), "v0.3.0")
    assert bad
    assert bad.body.startswith("> [!CAUTION]\n> **Withdrawn.** it loses lines\n> Use 0.2.0 instead.\n\n")
    assert "There is bad" in bad.body
    messages = world.part(Chat).messages(room="room")
    assert [one.title for one in messages] == ["contd 0.2.0 is out", "contd 0.3.0 is out", "contd 0.3.0 is withdrawn"]
    assert "Use contd 0.2.0 instead of 0.3.0" in messages[-1].text
    kept = {path: digest for path, digest in mine.items() if ".git" not in path}
    assert kept == {path: digest for path, digest in everywhere.mine().items() if ".git" not in path}

    before, effects = remotes.refs(everywhere.remote), len(world.ledger.mutating())
    again = everywhere.run("rollback", "--version", "0.3.0")
    assert again.code == 0, again.text
    assert (before, effects) == (remotes.refs(everywhere.remote), len(world.ledger.mutating()))
    other = everywhere.run("rollback", "--version", "0.3.0", "--reason", "something else")
    assert other.code == 2
    assert "0.3.0 is withdrawn already, because: it loses lines" in other.err

    started = everywhere.run("hotfix.start", "--of", "0.3.0")
    assert started.code == 0, started.text
    tree = everywhere.clone.with_name("clone-hotfix-v0.3.1")
    (tree / "newsfragments/+good.bugfix.md").write_text("No line is lost.\n", encoding="utf-8")
    everywhere.git("add", "--all", where=tree)
    everywhere.git("commit", "-qm", "Mend", where=tree)
    everywhere.git("push", "-q", "origin", "HEAD", where=tree)
    finished = everywhere.run("hotfix.finish", "--yes", *CI)
    assert finished.code == 0, finished.text
    latest = releases.latest(github(world))
    assert latest
    assert latest.tag == "v0.3.1"
    assert {1} == set(world.ledger.effects().values())


def test_nobody_yanks(everywhere: Place, world: World, yanking: Yanking) -> None:
    """It is never claimed that a release is yanked; everything else is done meanwhile, and it is continued."""
    released(everywhere)
    said = everywhere.run("rollback", "--version", "0.2.0", "--yes", "--wait", "1", *BECAUSE)
    assert said.code == 8
    assert "the index does not say that 0.2.0 is yanked" in said.err
    assert "is withdrawn, as far as it can be" not in said.out
    assert len(world.part(Chat).messages(room="room")) == 2
    latest = releases.latest(github(world))
    assert latest is None
    assert "\nthe rollback of 0.2.0 is in progress since " in everywhere.say("status").out
    with yanking("0.2.0"):
        said = everywhere.run("rollback", "--wait", "30")
    assert said.code == 0, said.text
    assert len(world.part(Chat).messages(room="room")) == 2


def test_republished(everywhere: Place, world: World, yanking: Yanking) -> None:
    """
    The code before is released as the next patch; main keeps its code without --revert, and its version is the highest.

    That one can be rolled back, too.
    """
    released(everywhere)
    news(everywhere, "bad")
    released(everywhere)
    with yanking("0.3.0"):
        said = everywhere.run("rollback", "--version", "0.3.0", "--yes", "--wait", "60", "--republish", *BECAUSE)
    assert said.code == 2  # nothing has checked the restored code on GitHub yet
    assert "contd 0.3.0 is withdrawn, as far as it can be." in said.out
    assert (
        "0.3.1\n    is there: not released yet\n    will be done: it is released, with the code of 0.2.0\n" in said.out
    )
    assert "The code of 0.2.0 is released again now, as 0.3.1." in said.out
    assert "if that stops: invoke hotfix.finish --version 0.3.1   (it goes on)" in said.out
    assert "nothing has checked" in said.err
    without = '(or, instead of --wait-ci: --without-ci "why it is right all the same")'
    assert f"type:     invoke hotfix.finish --version 0.3.1 --wait-ci   {without}\n" in said.err
    status = everywhere.say("status").out
    assert "nothing is under way; 0.3.0 withdrawn at " in status
    assert "type: invoke hotfix.finish --version 0.3.1\n" in status
    said = everywhere.run("hotfix.finish", "--version", "0.3.1", "--yes", *CI)
    assert said.code == 0, said.text
    assert "type: invoke release --part auto\n" in everywhere.say("status").out
    files = everywhere.git("ls-tree", "-r", "--name-only", "v0.3.1").splitlines()
    assert "contd/bad.py" not in files
    assert {"changelog.d/0.3.0.md", "changelog.d/0.3.1.md"} <= {*files}
    notes = everywhere.git("show", "v0.3.1:changelog.d/0.3.1.md")
    assert "The code of 0.2.0 again: 0.3.0 is withdrawn. it loses lines." in notes
    kept = everywhere.git("ls-tree", "-r", "--name-only", "main", where=everywhere.remote).splitlines()
    assert "contd/bad.py" in kept
    assert "newsfragments/+0.3.0-withdrawn.bugfix.md" not in kept
    assert 'version = "0.3.1"' in everywhere.git("show", "main:pyproject.toml", where=everywhere.remote)
    latest = releases.latest(github(world))
    assert latest
    assert latest.tag == "v0.3.1"
    said = rolled_back(everywhere, yanking, "0.3.1")
    assert "Users are sent to 0.2.0." in said.out


def test_a_release_that_stopped_before_the_line(everywhere: Place, world: World) -> None:
    """Nothing is public: it is aborted, not rolled back."""
    assert everywhere.run("build", "--part", "minor", *CI).code == 0
    before = remotes.refs(everywhere.remote)
    said = everywhere.run("rollback", "--version", "0.2.0", "--yes", *BECAUSE)
    assert said.code == 2
    assert "nothing of 0.2.0 is public" in said.err
    assert "type:     invoke abort" in said.err
    assert before == remotes.refs(everywhere.remote)
    gone = everywhere.run("rollback", "--version", "0.9.0", "--yes", *BECAUSE)
    assert gone.code == 2
    assert "contd 0.9.0 was never released: no tag, and no place has it" in gone.err
    assert "type:     git ls-remote --tags\n" in gone.err


def test_a_release_that_stopped_behind_the_line(everywhere: Place, world: World) -> None:
    """
    The tag is out and nothing else: the draft goes, main gets the version, and nothing is under way any more.

    A tag that nothing public points at is deleted where that is asked for.
    """
    world.faults.order("UPLOAD /legacy/ every 400")
    assert everywhere.run("release", "--part", "minor", "--yes", *CI).code != 0
    assert "refs/tags/v0.2.0" in remotes.refs(everywhere.remote)
    assert len(releases.releases(github(world))) == 1
    said = everywhere.run("rollback", "--version", "0.2.0", "--yes", "--wait", "5", *BECAUSE)
    assert said.code == 0, said.text
    undone_lines_are_answered(said.out)
    refs = remotes.refs(everywhere.remote)
    assert "refs/tags/v0.2.0" in refs
    assert 'version = "0.2.0"' in everywhere.git("show", "main:pyproject.toml", where=everywhere.remote)
    assert releases.releases(github(world)) == ()
    assert world.part(Chat).messages(room="room") == ()
    assert "nothing is under way; 0.2.0 withdrawn at" in everywhere.say("status").out
    said = everywhere.run("rollback", "--version", "0.2.0", "--yes", "--delete-tag", "--wait", "5")
    assert said.code == 0, said.text
    assert "will be done: it is deleted: nothing public points at it" in said.out
    assert "refs/tags/v0.2.0" not in remotes.refs(everywhere.remote)
    assert "refs/tags/withdrawn/v0.2.0" in remotes.refs(everywhere.remote)


def test_a_pre_release(everywhere: Place, world: World, yanking: Yanking) -> None:
    """Nothing moved for it, nothing moves back; a tag that something public points at stays; --revert is no use."""
    released(everywhere)
    news(everywhere, "bad")
    released(everywhere, "--part", "minor", "--pre", "rc")
    refused = everywhere.run("rollback", "--version", "0.3.0rc1", "--yes", "--revert", *BECAUSE)
    assert refused.code == 2
    assert "0.3.0rc1 is a pre-release: main goes on from it" in refused.err
    said = rolled_back(everywhere, yanking, "0.3.0rc1", "--delete-tag")
    assert "v0.3.0rc1 stays: the package index, GitHub points at it" in said.out
    assert "refs/tags/v0.3.0rc1" in remotes.refs(everywhere.remote)
    latest = releases.latest(github(world))
    assert latest
    assert latest.tag == "v0.2.0"
    assert "next: mend it on main, then invoke release --pre rc" in said.out


def test_not_the_newest(everywhere: Place, world: World, yanking: Yanking, other: object) -> None:
    """What names another version is left alone; from another clone, who was told is not known, and that is said."""
    released(everywhere)
    news(everywhere, "good")
    released(everywhere)
    (everywhere.state / "journal.jsonl").unlink()
    said = rolled_back(everywhere, yanking, "0.2.0")
    assert "cannot be undone: what others may have announced" in said.out
    assert "so: tell room by hand, if they know of 0.2.0" in said.out
    latest = releases.latest(github(world))
    assert latest
    assert latest.tag == "v0.3.0"
    assert len(world.part(Chat).messages(room="room")) == 2
    bad = releases.release_of_tag(github(world), "v0.2.0")
    assert bad
    assert bad.body.startswith("> [!CAUTION]\n> **Withdrawn.** it loses lines\n> Use 0.3.0 instead.")


@pytest.mark.parametrize("words", [(), ("--reason", "x")], ids=" ".join)
def test_no_version(place: Place, words: tuple[str, ...]) -> None:
    """Nothing is under way, and no version is named."""
    with place.untouched():
        said = place.say("rollback", *words)
    assert said.code == 2
    assert "no rollback is under way" in said.err


def all_there_is(place: Place, world: World) -> dict[str, str]:
    """Every file of the clone, its git directory, the remotes, the home, the index, registries, GitHub and chat."""
    found = contents(place.directory) | {f"world/{path}": what for path, what in contents(world.directory).items()}
    return {path: what for path, what in found.items() if not path.endswith(("/ledger.jsonl", "contd-release/lock"))}


def test_nobody_is_asked_without_a_terminal(everywhere: Place, world: World) -> None:
    """The table is shown, and nothing is done without a yes; --dry-run shows what would be, in all its forms."""
    released(everywhere)
    before, requests = all_there_is(everywhere, world), len(world.ledger.mutating())
    said = everywhere.run("rollback", "--version", "0.2.0", *BECAUSE)
    assert said.code == 8
    assert "cannot be undone: the files stay, and ==0.2.0 installs them" in said.out
    assert "waits for a yes, and there is no terminal to ask on" in said.err
    assert "type:     invoke rollback --version 0.2.0 --reason 'it loses lines' --yes\n" in said.err
    said = everywhere.run("rollback", "--version", "0.2.0", "--dry-run", "--yes", *BECAUSE)
    assert said.code == 0
    assert "(plan: nothing is changed)" in said.out
    assert "- wait until a person has yanked 0.2.0 on " in said.out
    for program, task in (("--dry", "rollback"), ("rollback", "--dry-run")):
        more = ("--deprecate-chart", "--delete-chart", "--delete-tag")
        said = everywhere.run(program, task, "--version", "0.2.0", "--yes", *more, *BECAUSE)
        assert said.code == 0, said.text
        assert "(plan: nothing is changed)" in said.out
    because = " --reason 'it loses lines'"
    for words, expected, typed in (
        ((), "no reason is given for the withdrawal of 0.2.0", ' --reason "…"'),
        (("--hotfix",), "no reason is given for the withdrawal of 0.2.0", ' --hotfix --reason "…"'),
        ((*BECAUSE, "--revert"), "no good version comes before 0.2.0", f" --hotfix{because}"),
        ((*BECAUSE, "--hotfix", "--delete-tag"), "what mends 0.2.0 starts from its tag", f" --delete-tag{because}"),
    ):
        said = everywhere.run("rollback", "--version", "0.2.0", "--yes", *words)
        assert said.code == 2
        assert expected in said.err
        assert f"type:     invoke rollback --version 0.2.0{typed}\n" in said.err
    said = everywhere.run("rollback", "--version", "0.3.0", "--yes", *BECAUSE)
    assert "contd 0.3.0 was never released: no tag, and no place has it; did you mean 0.2.0?" in said.err
    said = everywhere.run("rollback", "--version", "0.2.0", "--dry-run", "--yes", "--revert", *BECAUSE)
    assert said.err.endswith(f"type:     invoke rollback --version 0.2.0 --hotfix{because} --dry-run\n")
    assert before == all_there_is(everywhere, world)
    assert requests == len(world.ledger.mutating())


def test_reverted_and_mended(everywhere: Place, yanking: Yanking) -> None:
    """main has the code of before in one commit, and what came later stays; the hotfix is begun; once, not twice."""
    released(everywhere)
    news(everywhere, "bad")
    released(everywhere)
    news(everywhere, "later")
    tree = everywhere.clone.with_name("clone-hotfix-v0.3.1")
    said = rolled_back(everywhere, yanking, "0.3.0", "--revert", "--hotfix")
    assert f"hotfix/v0.3.1 is at {tree}" in said.out
    files = everywhere.git("ls-tree", "-r", "--name-only", "main", where=everywhere.remote).splitlines()
    assert "contd/bad.py" not in files
    assert {"contd/later.py", "newsfragments/+0.3.0-withdrawn.bugfix.md", "changelog.d/0.3.0.md"} <= {*files}
    assert 'version = "0.3.0"' in everywhere.git("show", "main:pyproject.toml", where=everywhere.remote)
    assert everywhere.git("branch", "--show-current", where=tree) == "hotfix/v0.3.1"
    before = remotes.refs(everywhere.remote)
    said = everywhere.run("rollback", "--version", "0.3.0")
    assert said.code == 0, said.text
    assert before == remotes.refs(everywhere.remote)
