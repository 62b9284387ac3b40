"""What a rollback refuses, and when a tag stays; of releases that are nothing but a tag on the remote."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import plugin
import pytest
from packaging.version import Version

from contd_release.channels.withdrawal import Rollback
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict, NotReady, Usage
from contd_release.procedures.rollback import checklist as rolling
from contd_release.procedures.rollback import rollback
from contd_release.procedures.rollback import tag as tags
from contd_release.procedures.rollback.rollback import RollbackRequest
from contd_release.process.action import Running
from contd_release.project import project
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.records import journal
from contd_release.records.entries import Begun, Withdrawing, Withdrawn
from contd_release.sandbox import remotes
from contd_release.tools import git

if TYPE_CHECKING:
    from tests.conftest import Place

CONTRIBUTING = Path(__file__).parents[3] / "CONTRIBUTING.md"


def tagged(place: Place, *names: str) -> Project:
    """The project of a clone whose remote has these tags, all at the tip of main."""
    for name in names:
        place.git("tag", "--annotate", name, "-m", f"{name} is bad")
    place.git("push", "--quiet", "origin", "--tags")
    return Project(place.clone, place.state, "contd", Settings(), News())


def of(project: Project, version: str, *wishes: str, reason: str = "it loses lines") -> Rollback:
    """The rollback of a version, with some wishes."""
    base = git.commit(project.root)
    assert base
    release = Release(project, Version(version), Version("0.1.0"), base, 1_800_000_000)
    return Rollback(release, reason, frozenset(wishes))


def walk(rollback: Rollback, step: Step) -> None:
    """Make a step of a rollback true."""
    Checklist((step,)).walk(lambda _: None, Running(rollback.release.logs))


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the channel that CONTRIBUTING shows, with the channel installed."""
    site, folder = tmp_path / "site-packages", tmp_path / "shelf"
    site.mkdir()
    folder.mkdir()
    monkeypatch.syspath_prepend(str(site))
    code = re.findall(r"```python\n(.*?)```", CONTRIBUTING.read_text(encoding="utf-8"), re.DOTALL)[0]
    plugin.install(site, "shelf", code)
    monkeypatch.delitem(sys.modules, "contd_shelf", raising=False)
    return folder


def shelved(place: Place, shelf: Path) -> Rollback:
    """The rollback of 1.2.0, with its tag, of a project that publishes on the shelf alone."""
    tagged(place, "v1.0.0", "v1.2.0")
    table = f'[project]\nname = "contd"\n[tool.contd-release.channels.shelf]\nfolder = "{shelf}"\n'
    return of(project.read(place.clone, place.state, {"pyproject.toml": table}.get), "1.2.0", "delete-tag")


REFUSED = (
    ("1.2.1", "", "contd 1.2.1 was never released: no tag, and no place has it; did you mean", "git ls-remote --tags"),
    ("1.2.0", "delete-tag hotfix", "what mends 1.2.0 starts from its tag", "--version 1.2.0 --delete-tag --reason"),
    ("1.3.0rc1", "revert", "1.3.0rc1 is a pre-release", "invoke release --pre rc"),
    ("1.0.0", "revert", "no good version comes before 1.0.0", "--version 1.0.0 --hotfix --reason"),
    ("1.0.0", "republish", "no good version comes before 1.0.0", "--version 1.0.0 --hotfix --reason"),
    ("1.1.0", "republish", "v1.1.1 is out already", "--version 1.1.0 --reason"),
    ("1.1.0", "hotfix revert", "v1.1.1 is out already", "--version 1.1.0 --revert --reason"),
)


def test_a_wish_that_cannot_be_met(place: Place) -> None:
    """It is refused before anything is asked, with the command that leaves it out."""
    ours = tagged(place, "v1.0.0", "v1.1.0", "v1.1.1", "v1.2.0", "v1.3.0rc1")
    for version, wishes, wrong, type_next in REFUSED:
        with pytest.raises(Usage, match=re.escape(wrong)) as caught:
            rolling.refuse(of(ours, version, *wishes.split()))
        assert type_next in caught.value.type_next


def test_a_wish_that_can_be_met(place: Place) -> None:
    """None of these is refused: a mark alone says that a version was released, too."""
    ours, refused = tagged(place, "v1.0.0", "v1.1.0", "v1.1.1", "v1.2.0", "v1.3.0rc1", "withdrawn/v1.4.0"), []
    for version, wishes in (
        ("1.2.0", "revert republish hotfix"),
        ("1.2.0", "delete-tag"),
        ("1.0.0", "hotfix"),
        ("1.1.0", "revert"),
        ("1.3.0rc1", "delete-tag"),
        ("1.4.0", ""),
    ):
        try:
            rolling.refuse(of(ours, version, *wishes.split()))
        except Usage as error:
            refused.append(str(error))
    assert refused == []


def test_a_withdrawal_has_a_reason(place: Place) -> None:
    """Users read it; without one nothing is withdrawn."""
    ours = tagged(place, "v1.2.0")
    with pytest.raises(Usage, match=r"no reason is given for the withdrawal of 1\.2\.0"):
        rolling.refuse(of(ours, "1.2.0", reason=""))


def test_a_release_that_is_not_public_yet_is_aborted(place: Place) -> None:
    """The release in progress has no tag on the remote; another version that was never released is a mistake."""
    ours = tagged(place, "v1.0.0")
    began = of(ours, "1.2.0").release
    journal.of(ours).append(Begun(version="1.2.0", previous="1.0.0", base=began.base, epoch=began.epoch))
    with pytest.raises(NotReady, match=r"nothing of 1\.2\.0 is public") as caught:
        rolling.refuse(of(ours, "1.2.0"))
    assert caught.value.type_next == "invoke abort"
    with pytest.raises(Usage, match=r"contd 1\.3\.0 was never released"):
        rolling.refuse(of(ours, "1.3.0"))


def test_a_reason_stays(place: Place) -> None:
    """A withdrawn version keeps its reason, here and in clones that have only the mark; another one is refused."""
    ours = tagged(place, "v1.1.0", "v1.2.0", "withdrawn/v1.1.0")
    place.git("tag", "--delete", "withdrawn/v1.1.0")
    journal.of(ours).append(Withdrawing(version="1.2.0", reason="it loses lines", wishes="delete-tag unheard"))
    for version, reason in (("1.2.0", "it loses lines"), ("1.1.0", "withdrawn/v1.1.0 is bad")):
        with pytest.raises(Usage, match=f"is withdrawn already, because: {reason}"):
            rollback.chosen(ours, RollbackRequest(version, "another one"))
        assert rollback.chosen(ours, RollbackRequest(version)).reason == reason
        assert rollback.chosen(ours, RollbackRequest(version, f" {reason}\n")).reason == reason


def test_a_rollback_is_continued_with_its_wishes(place: Place) -> None:
    """Without a version it is the one under way; new wishes are added, and words that are no wish are left out."""
    ours = tagged(place, "v1.2.0")
    with pytest.raises(Usage, match="no rollback is under way"):
        rollback.chosen(ours, RollbackRequest(reason="x"))
    entries = journal.of(ours)
    entries.append(Withdrawing(version="1.2.0", reason="it loses lines", wishes="delete-tag unheard"))
    found = rollback.chosen(ours, RollbackRequest(wishes=frozenset({"revert", "also-unheard"})))
    assert (str(found.version), found.reason) == ("1.2.0", "it loses lines")
    assert found.wishes == {"delete-tag", "revert"}
    entries.append(Withdrawn(version="1.2.0"))
    with pytest.raises(Usage, match="no rollback is under way"):
        rollback.chosen(ours, RollbackRequest(reason="x"))


def test_a_wish_that_no_channel_knows(place: Place) -> None:
    """A wish of a plug-in that is misspelt is refused; the one that is meant is named."""
    with pytest.raises(Usage, match=r"no channel of contd knows the wish revret; did you mean revert\?"):
        rollback.chosen(tagged(place, "v1.2.0"), RollbackRequest("1.2.0", "bad", named=("revret", "hotfix")))


def test_a_tag_that_something_public_needs_stays(place: Place, shelf: Path) -> None:
    """It is shown before the question, the step has nothing to do, and its act refuses what was published meanwhile."""
    ours = shelved(place, shelf)
    step = tags.deleted(ours)
    assert step.observe().state is State.ABSENT
    (shelf / "contd-1.2.0.tar.gz").write_bytes(b"sdist")
    found = step.observe()
    assert (found.state, found.detail) == (State.DONE, "v1.2.0 stays: shelf points at it")
    assert tags.row(ours).cannot == "v1.2.0 stays: shelf points at it"
    before = remotes.refs(place.remote)
    with pytest.raises(Conflict, match=r"shelf points at v1\.2\.0"):
        step.act[0].run(Running(ours.release.logs))
    assert remotes.refs(place.remote) == before
    assert git.tag(place.clone, "v1.2.0")


def test_a_tag_that_nothing_needs_is_deleted(place: Place, shelf: Path) -> None:
    """Here and on the remote, and no other one; a second walk has nothing to do."""
    ours = shelved(place, shelf)
    row = tags.row(ours)
    assert (row.undone, row.cannot) == ("it is deleted: nothing public points at it", "who fetched it has it")
    before = remotes.refs(place.remote)
    walk(ours, tags.deleted(ours))
    assert before.keys() - remotes.refs(place.remote).keys() == {"refs/tags/v1.2.0"}
    assert place.git("tag") == "v1.0.0"
    found = tags.deleted(ours).observe()
    assert (found.state, found.detail) == (State.DONE, "v1.2.0 is not on origin")
    assert tags.row(ours).there == "v1.2.0 is not on origin"


def test_a_mark_names_the_released_commit(place: Place) -> None:
    """The mark has the reason, and is at the commit of the tag, wherever main is now; it is made once."""
    ours = tagged(place, "v1.2.0")
    place.publish()
    one = of(ours, "1.2.0")
    assert tags.row(one).cannot == "v1.2.0 stays"
    walk(one, tags.marked(one))
    mark, tag = (git.tag(place.clone, name) for name in ("withdrawn/v1.2.0", "v1.2.0"))
    assert mark
    assert tag
    assert mark.commit == tag.commit != one.release.base
    assert remotes.refs(place.remote)["refs/tags/withdrawn/v1.2.0"] == mark.object
    assert tags.reason(one.release) == "it loses lines"
    walk(one, tags.marked(one))
    assert remotes.refs(place.remote)["refs/tags/withdrawn/v1.2.0"] == mark.object
