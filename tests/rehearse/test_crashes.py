"""R1 and R2: killed anywhere and continued, again and again, a release ends as if nobody had disturbed it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from cases import Cases

from contd_release.after.announce.outcome import has_it
from contd_release.records import samples
from contd_release.records.entries import Announced
from contd_release.rehearse import end_state
from contd_release.rehearse.crashes import sweep
from contd_release.rehearse.rehearsal import rehearsal_of
from contd_release.sandbox import remotes
from contd_release.sandbox.ledger import Ledger
from contd_release.sandbox.world import World
from contd_release.tools import git

if TYPE_CHECKING:
    from tests.conftest import Place


AFTER = """
[tool.contd-release.announce]
discord = "env:CONTD_DISCORD"
social = "env:CONTD_SOCIAL"
[tool.contd-release.website]
repository = "git@github.com:contd/website.git"
[tool.contd-release.monitor]
prometheus = "https://prometheus.example.com"
error-rate = "sum(rate(errors[5m]))"
"""


def killed(place: Place, every: int, *faults: str) -> list[str]:
    """Sweep over the project in a clone, tell how often it was killed, and return where."""
    told: list[str] = []
    rehearsal = rehearsal_of(git.clone(place.clone))
    result = sweep(rehearsal, ("--part", "minor"), told.append, every=every, faults=faults)
    print(f"\n{result.kills} kills at {result.points} points")  # noqa: T201
    assert result.kills >= result.points - len(result.missed)
    assert result.missed == ()
    return told


def test_a_ref_that_moved_more_often_is_another_end(here: Place) -> None:
    """A website that got one commit more, and lost it again, is not as if nobody had disturbed it."""
    rehearsal = rehearsal_of(git.clone(here.clone))
    rehearsal.prepare()
    with World(rehearsal.directory / "world") as world:
        website = remotes.make(world.directory / "git", "website")
        here.git("push", "--quiet", str(website), "HEAD:refs/heads/gh-pages")
        undisturbed = end_state.of(rehearsal, world)
        assert undisturbed == end_state.of(rehearsal, world)
        here.git("commit", "--quiet", "--allow-empty", "-m", "Once more")
        here.git("push", "--quiet", str(website), "HEAD:refs/heads/gh-pages")
        here.git("push", "--quiet", "--force", str(website), "HEAD~1:refs/heads/gh-pages")
        disturbed = end_state.of(rehearsal, world)
    assert undisturbed != disturbed
    assert tuple(one.moves["website refs/heads/gh-pages"] for one in (undisturbed, disturbed)) == (1, 3)


@pytest.mark.slow
def test_so_many_kills_at_most(here: Place) -> None:
    """`--kills 2` is two of the points, each counted with the time that is left; the proof may be left out as well."""
    said = here.run("rehearse", "--kills", "2", "--without-proof", "--part", "minor", timeout=300)
    assert said.code == 0, said.text
    assert re.search(r"^2 of \d+ points to be killed at, about \d+ (s|min)$", said.out, re.MULTILINE)
    counted = re.findall(r"^killed .* \((\d) of 2, about \d+ s left\)$", said.out, re.MULTILINE)
    assert counted == ["1", "2"]
    assert "the released tree passes" not in said.out


@pytest.mark.slow
@pytest.mark.parametrize("every", [19])
def test_killed_at_some_points(here: Place, every: int) -> None:
    """A handful of the points, so that this is known in seconds."""
    assert killed(here, every)


def _assert_everywhere(told: str) -> None:
    dates = r"GIT_(AUTHOR|COMMITTER)_DATE='1799996400 \+0000' "
    for action in ("git worktree add", "git commit", "git push --atomic", "git tag -a"):
        assert f"killed as it begins: {action}" in re.sub(dates, "", told)
    begun = [line for line in told.splitlines() if line.startswith("killed as it begins: ")]
    for program in ("bumpversion bump", "towncrier build --yes", "-m build", "twine", "-m pip"):
        assert [line for line in begun if program in line], program
    cut = [line for line in told.splitlines() if line.startswith("killed in the middle of: ")]
    for program in ("bumpversion bump", "towncrier build --yes", "-m build", "twine", "-m pip"):
        assert [line for line in cut if program in line], program
    for name in ("contd-0.2.0.tar.gz is on WORLD", "main has the release commit", "v0.2.0 is tagged"):
        assert f"killed after: {name}" in told


@pytest.mark.slow(minutes=4)
def test_killed_everywhere(here: Place, cases: Cases) -> None:
    """
    As each act begins, in the middle of each command, and after each step; each continued walk is killed again.

    Each place is told once, the website gets one commit, and somebody looks; an answer is lost on top of the kills.
    """
    pytest.importorskip("apprise", reason="pip install contd-release[announce]")
    pytest.importorskip("feedgen", reason="pip install contd-release[website]")
    text = (here.clone / "pyproject.toml").read_text(encoding="utf-8")
    here.write("pyproject.toml", text + AFTER)
    here.publish("Tell users, and watch")

    stops = killed(here, 1, "POST /chat/social 1 accept-then-drop")
    cases.add("kills", sum(line.startswith("killed ") for line in stops))
    told = "\n".join(stops)

    _assert_everywhere(told)
    rehearsal = rehearsal_of(git.clone(here.clone))
    entries = list(rehearsal.entries.entries(Announced, "0.2.0"))
    assert {"discord", "social"} == {one.place for one in entries if has_it(one)}
    website = remotes.make(rehearsal.directory / "world" / "git", "website")
    assert [one.ref for one in remotes.updates(website)] == ["refs/heads/gh-pages"]
    (sample, *_) = samples.read(rehearsal.state / "v0.2.0" / samples.FILE)
    assert sample.version == "0.2.0"
    assert any(one.fault for one in Ledger(rehearsal.directory / "world" / "ledger.jsonl").requests())
    for what in (
        "in the middle of: send the release message to social ($CONTD_SOCIAL) (social knows that 0.2.0 is out)",
        "after: discord knows that 0.2.0 is out",
        "after: social knows that 0.2.0 is out",
        "after: the website has 0.2.0",
        "after: the monitor has looked at 0.2.0",
    ):
        assert f"killed {what}" in told
