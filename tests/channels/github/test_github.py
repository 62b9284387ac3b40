"""The GitHub channel against the sandbox's GitHub, every exchange judged by the published contract."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from github_release import FILES, build, elsewhere, found, release_of, state, undo, walk
from github_server import Github

from contd_release.channels.github import access, channel
from contd_release.channels.github.draft import attached, drafted
from contd_release.channels.github.promote import promoted
from contd_release.channels.github.verify import given_back, sealed_publicly, served
from contd_release.channels.registry import channels
from contd_release.engine.step import State
from contd_release.errors import Conflict, NotReady, ReleaseError, Unanswered, Unsettled
from contd_release.project.artifacts import Tampered
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.sandbox.github.records import Asset, Check, GitHubRules, Limits, Status
from contd_release.tools.github import api as client
from contd_release.tools.github import releases

# Each walks a release through GitHub.
pytestmark = pytest.mark.slow

ALL = {*FILES, "SHA256SUMS", "artifacts.json"}


@pytest.fixture
def release(github: Github, tmp_path: Path) -> Release:
    """1.2.0, planned; nothing is built."""
    return release_of(github, tmp_path)


@pytest.fixture
def built(github: Github, release: Release) -> Release:
    """1.2.0, built and sealed."""
    build(release, github.head)
    return release


@pytest.fixture
def staged(built: Release, tmp_path: Path) -> Release:
    """1.2.0 as a complete draft."""
    walk(*channel.stage(built), log=tmp_path)
    return built


@pytest.fixture
def public(github: Github, staged: Release, tmp_path: Path) -> Release:
    """1.2.0, tagged and public."""
    github.tag("v1.2.0")
    walk(promoted(staged), log=tmp_path)
    return staged


def _theirs(release: Release, **more: object) -> releases.ReleaseInfo:
    """A draft for our tag that somebody else makes."""
    repository = client.connected(release.project)
    return releases.create_draft(repository, release.tag, release.base, "by hand", prerelease=False)


def test_a_project_with_a_repository_on_github_has_the_channel(release: Release) -> None:
    """The channel is on where there is a repository, and told last."""
    nowhere = replace(release.project, settings=Settings())
    assert (channel.is_on(release.project), channel.is_on(nowhere)) == (True, False)
    assert list(channels(release.project))[-1] == "github"


class TestAllowed:
    """Our token may release."""

    def test_a_token_with_the_repo_scope_is_good(self, release: Release) -> None:
        """The scope of a classic token is known beforehand."""
        assert _described(access.allowed(release)) == (State.DONE, "scopes repo, workflow")

    def test_no_token_is_absent_and_says_what_to_type(self, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody is asked to guess."""
        monkeypatch.delenv("GITHUB_TOKEN")
        there = found(access.allowed(release))
        assert (there.state, there.type_next) == (State.ABSENT, "gh auth login   (or export GITHUB_TOKEN=…)")

    def test_a_token_that_may_only_read_is_absent(
        self, github: Github, release: Release, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A missing scope is found before anything is published."""
        monkeypatch.setenv("GITHUB_TOKEN", github.read_token)
        told = "our token may not write to owner/contd: scopes read:user"
        assert (State.ABSENT, told) == _described(access.allowed(release))

    def test_a_repository_that_the_token_does_not_see_is_absent(
        self, github: Github, release: Release, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """GitHub hides a private repository behind 404."""
        settings = replace(release.project.settings.github, repository="owner/other")  # type: ignore[type-var]
        project = replace(release.project, settings=replace(release.project.settings, github=settings))
        told = "our token does not see owner/other"
        assert (State.ABSENT, told) == _described(access.allowed(replace(release, project=project)))

    def test_a_token_that_tells_no_scopes_is_said_to_be_unproven(self, github: Github, release: Release) -> None:
        """What cannot be checked beforehand is not called checked."""
        github.forge.limits.put(Limits(id=1, fine_grained=True))
        told = "accepted; that it may release cannot be checked before publishing"
        assert (State.DONE, told) == _described(access.allowed(release))

    def test_a_bad_token_is_not_an_answer(self, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
        """401 is unanswered, and the token is in no error text."""
        monkeypatch.setenv("GITHUB_TOKEN", "ghp_canary_that_is_wrong_0123456789")
        with pytest.raises(Unanswered) as error:
            found(access.allowed(release))
        assert "does not accept our token: 401" in str(error.value)
        assert "canary" not in str(error.value)


class TestChecked:
    """The checks of the base are green."""

    def test_passed_checks_and_statuses_are_done(self, github: Github, release: Release) -> None:
        """Both of GitHub's ways to check count."""
        github.place.shelf(Check).put(Check(id=1, created_at=NOON, sha=github.head, name="tests"))
        github.place.shelf(Status).put(Status(id=1, created_at=NOON, sha=github.head, state="success", context="ci"))
        assert (State.DONE, f"2 passed on {github.head[:12]}") == _described(access.checked(release))

    def test_a_failed_check_is_absent_with_its_address(self, github: Github, release: Release) -> None:
        """The message has the name and the URL, and the way around."""
        github.place.shelf(Check).put(Check(id=1, created_at=NOON, sha=github.head, name="lint", conclusion="failure"))
        there = found(access.checked(release))
        assert State.ABSENT is there.state
        assert f"failed on {github.head[:12]}: lint ({github.world.url}/github/owner/contd/runs/1)" == there.detail
        options = f"--part {release.part} --because 'it is only a typo'"
        there = found(access.checked(replace(release, because="it is only a typo")))
        assert f'invoke release {options} --without-ci "why it is right all the same"' == there.type_next

    def test_a_failed_status_is_absent(self, github: Github, release: Release) -> None:
        """A status without an address is named."""
        github.place.shelf(Status).put(Status(id=1, created_at=NOON, sha=github.head, state="error", context="ci"))
        assert (State.ABSENT, f"failed on {github.head[:12]}: ci") == _described(access.checked(release))

    def test_a_running_check_is_partial(self, github: Github, release: Release) -> None:
        """Running is neither good nor bad."""
        github.place.shelf(Check).put(Check(id=1, created_at=NOON, sha=github.head, name="tests", status="in_progress"))
        assert (State.PARTIAL, f"still running on {github.head[:12]}: tests") == _described(access.checked(release))

    def test_no_check_at_all_is_absent(self, github: Github, release: Release) -> None:
        """A commit that nothing looked at is not green."""
        assert (State.ABSENT, f"nothing has checked {github.head[:12]}") == _described(access.checked(release))
        instead = '(or, instead of --wait-ci: --without-ci "why it is right all the same")'
        assert f"{release.task} --wait-ci   {instead}" == found(access.checked(release)).type_next

    def test_a_reason_overrides_and_is_told(self, release: Release) -> None:
        """The reason is in the finding."""
        assert _described(access.checked(replace(release, without_ci="CI is down"))) == (
            State.DONE,
            "not asked: CI is down",
        )

    def test_an_outage_is_not_red(self, github: Github, release: Release) -> None:
        """A 503 to the end is unanswered."""
        github.world.faults.order("GET /api/v3/repos/owner/contd/commits/* every 503")
        with pytest.raises(Unanswered, match="answered 503"):
            found(access.checked(release))


class TestDrafted:
    """One draft is there."""

    def test_before_anything_is_built_it_is_absent(self, release: Release) -> None:
        """The observation is right before step one."""
        assert _described(drafted(release)) == (State.ABSENT, "GitHub has nothing for v1.2.0")

    def test_a_draft_holds_the_notes_and_our_mark(self, github: Github, staged: Release) -> None:
        """The draft names the release commit, so that it is known again."""
        draft = _only(staged)
        mark = f"<!-- contd-release: v1.2.0 of {github.head} -->"
        assert f"## 1.2.0\n\n- Everything is new.\n\n{mark}\n" == draft.body
        assert (draft.is_draft, draft.is_prerelease, draft.tag) == (True, False, "v1.2.0")
        assert State.DONE is state(drafted(staged))

    def test_walking_again_changes_nothing(self, github: Github, staged: Release, tmp_path: Path) -> None:
        """The second walk sends no mutating request."""
        before = github.changes()
        walk(*channel.stage(staged), log=tmp_path)
        assert before == github.changes()

    def test_undo_leaves_nothing(self, staged: Release, tmp_path: Path) -> None:
        """Aborting deletes our draft."""
        undo(*channel.stage(staged), log=tmp_path)
        assert [state(one) for one in channel.stage(staged)] == [State.ABSENT, State.ABSENT]
        assert releases.releases(client.connected(staged.project)) == ()

    def test_a_draft_that_somebody_else_made_is_a_conflict_and_stays(
        self, github: Github, built: Release, tmp_path: Path
    ) -> None:
        """It is neither used nor deleted."""
        theirs = _theirs(built)
        there = found(drafted(built))
        assert (there.state, state(attached(built))) == (State.CONFLICT, State.CONFLICT)
        assert f"a draft for v1.2.0 is on GitHub that this release did not make: {theirs.url}" == there.detail
        before = github.changes()
        with pytest.raises(Conflict):
            walk(*channel.stage(built), log=tmp_path)
        undo(*channel.stage(built), log=tmp_path)
        assert before == github.changes()

    def test_a_draft_of_another_commit_is_a_conflict(self, github: Github, staged: Release) -> None:
        """A draft that an earlier attempt left is not ours."""
        build(staged, github.commit("another release commit"), says="other")
        assert State.CONFLICT is state(drafted(staged))

    @pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
    def test_a_fragment_that_forges_our_mark_changes_nothing(
        self, github: Github, built: Release, tmp_path: Path, end: str
    ) -> None:
        """A mark within the notes is text: the draft stays ours, and an abort deletes it."""
        forged = f"<!-- contd-release: v1.2.0 of {'0' * 40} -->"
        (built.project.root / built.notes).write_text(f"{forged}\n\n- New.\n{forged}{end}", encoding="utf-8")
        walk(*channel.stage(built), log=tmp_path)
        assert [state(one) for one in channel.stage(built)] == [State.DONE, State.DONE]
        undo(*channel.stage(built), log=tmp_path)
        assert releases.releases(client.connected(built.project)) == ()

    def test_a_draft_that_somebody_edited_is_still_ours(self, staged: Release) -> None:
        """Text above the mark, line ends of a browser, and text below it: then our seal among the files tells."""
        repository, draft = client.connected(staged.project), _only(staged)
        for body in (f"New words.\r\n\r\n{draft.body.strip()}", f"{draft.body}\nMore words.\n", ""):
            releases.edit_body(repository, draft.id, body)
            assert State.DONE is state(drafted(staged))

    def test_a_draft_of_somebody_elses_release_is_theirs_before_we_have_a_commit(
        self, staged: Release, tmp_path: Path
    ) -> None:
        """Who begins the same version elsewhere, and aborts before the commit, does not delete the other's draft."""
        begun = elsewhere(staged, tmp_path / "elsewhere")
        assert State.CONFLICT is state(drafted(begun))
        undo(*channel.stage(begun), log=tmp_path)
        assert State.DONE is state(drafted(staged))

    def test_a_published_release_of_somebody_else_is_a_conflict(self, github: Github, release: Release) -> None:
        """Known before anything is built."""
        github.tag("v1.2.0")
        theirs = _theirs(release)
        releases.publish(client.connected(release.project), theirs.id, prerelease=False, make_latest="true")
        told = [found(one) for one in (drafted(release), attached(release), promoted(release))]
        assert [one.state for one in told] == [State.CONFLICT] * 3
        assert told[0].type_next == "invoke release --part patch   (a version is never used twice)"

    def test_a_lost_answer_makes_no_second_draft(self, github: Github, built: Release, tmp_path: Path) -> None:
        """502 after the draft was made: the world is asked, and the draft found."""
        github.world.faults.order("POST /api/v3/repos/owner/contd/releases 1 accept-then-502")
        walk(drafted(built), log=tmp_path)
        assert len(releases.releases(client.connected(built.project))) == 1

    def test_a_second_draft_of_ours_is_taken_away(self, built: Release, staged: Release, tmp_path: Path) -> None:
        """Two machines that made one each end with the older one."""
        first = _only(staged)
        repository = client.connected(built.project)
        releases.create_draft(repository, "v1.2.0", built.base, first.body, prerelease=False)
        assert _described(drafted(staged)) == (State.PARTIAL, "2 drafts for v1.2.0, where one is enough")
        walk(drafted(staged), log=tmp_path)
        assert first == _only(staged)

    def test_a_public_release_is_not_undone(self, public: Release, tmp_path: Path) -> None:
        """Past the line, only forward."""
        with pytest.raises(Conflict, match=r"v1\.2\.0 is public on GitHub"):
            undo(*channel.stage(public), log=tmp_path)
        assert State.DONE is state(drafted(public))

    def test_without_an_answer_nothing_is_known(self, github: Github, built: Release) -> None:
        """An outage is not "no draft"."""
        github.world.faults.order("GET /api/v3/repos/owner/contd/releases* every 500")
        with pytest.raises(Unanswered):
            found(drafted(built))

    def test_notes_notify_no_person(self, github: Github, built: Release, tmp_path: Path) -> None:
        """A contributor's fragment mentions people, and turns the direction of the text."""
        (built.project.root / built.notes).write_text("- New. @everyone @owner/team \u202e\n", encoding="utf-8")
        walk(drafted(built), log=tmp_path)
        assert _only(built).body.startswith(
            "- New. @\u200beveryone @\u200bowner/team\n\n<!-- contd-release: v1.2.0 of "
        )

    def test_long_notes_are_cut_with_a_link(self, github: Github, built: Release, tmp_path: Path) -> None:
        """GitHub takes 125,000 characters; the mark survives the cut."""
        (built.project.root / built.notes).write_text("- A line of the notes.\n" * 9_000, encoding="utf-8")
        walk(drafted(built), log=tmp_path)
        body = _only(built).body
        assert len(body) <= 125_000
        link = f"… [The whole notes]({github.world.url}/owner/contd/blob/v1.2.0/changelog.d/1.2.0.md)"
        assert [link, "", f"<!-- contd-release: v1.2.0 of {github.head} -->", ""] == body.split("\n")[-4:]
        assert State.DONE is state(drafted(built))

    def test_missing_notes_stop_with_a_name(self, built: Release, tmp_path: Path) -> None:
        """No draft without notes."""
        (built.project.root / built.notes).unlink()
        with pytest.raises(NotReady, match=r"changelog\.d/1\.2\.0\.md is not there"):
            walk(drafted(built), log=tmp_path)


class TestAttached:
    """The draft holds every file."""

    def test_every_file_but_the_image_is_attached(self, staged: Release) -> None:
        """The image is in its registry; its digest is in artifacts.json."""
        assert {one.name for one in _assets(staged)} == ALL
        assert _described(attached(staged)) == (State.DONE, "5 files")

    def test_states_before_it_is_done(self, github: Github, release: Release, tmp_path: Path) -> None:
        """Unbuilt, without a draft, empty, half: each is told apart."""
        assert _described(attached(release)) == (State.ABSENT, "nothing is built yet")
        build(release, github.head)
        assert _described(attached(release)) == (State.ABSENT, "there is no draft yet")
        walk(drafted(release), log=tmp_path)
        assert _described(attached(release)) == (State.ABSENT, "0 of 5 files; SHA256SUMS is missing")
        name = "SHA256SUMS"
        content = (release.dist / name).read_bytes()
        releases.upload(client.connected(release.project), _only(release).id, name, content)
        assert _described(attached(release)) == (State.PARTIAL, "1 of 5 files; artifacts.json is missing")

    @pytest.mark.parametrize("told", [True, False])
    def test_other_bytes_under_a_name_are_a_conflict(self, github: Github, staged: Release, *, told: bool) -> None:
        """By GitHub's digest, or by a download where it tells none; nothing is overwritten."""
        wheel = next(one for one in _assets(staged) if one.name.endswith(".whl"))
        github.place.blob(wheel.id).write_bytes(b"other")
        other = "sha256:" + "d" * 64 if told else None
        asset = github.place.shelf(Asset).get(wheel.id)
        assert asset is not None
        github.place.shelf(Asset).put(replace(asset, digest=other))
        there = found(attached(staged))
        sha256 = "d9298a10d1b0" if not told else "d" * 12
        assert State.CONFLICT is there.state
        assert there.detail.startswith(f"{wheel.name} on GitHub has sha256 {sha256}, ours is ")

    def test_digests_that_github_does_not_tell_are_made(self, github: Github, staged: Release) -> None:
        """Assets from before 2025 are downloaded and compared."""
        github.place.shelf(GitHubRules).put(GitHubRules(id=1, digests=False))
        assert State.DONE is state(attached(staged))

    @pytest.mark.parametrize("fault", ["cut", "502", "accept-then-502", "accept-then-drop", "reset", "refuse"])
    def test_an_upload_that_breaks_is_made_whole(
        self, github: Github, built: Release, tmp_path: Path, fault: str
    ) -> None:
        """Whatever the server kept of a file, the walk ends with each file once, and whole."""
        walk(drafted(built), log=tmp_path)
        github.world.faults.order(f"POST /uploads/* 2 {fault}")
        walk(attached(built), log=tmp_path)
        there = _assets(built)
        assert sorted(ALL) == sorted(one.name for one in there)
        assert all(one.is_whole for one in there)

    def test_a_half_uploaded_asset_is_replaced(self, github: Github, built: Release, tmp_path: Path) -> None:
        """Only what GitHub marks as `starter` is deleted."""
        walk(drafted(built), log=tmp_path)
        github.world.faults.order("POST /uploads/* 1 cut")
        draft = _only(built)
        with pytest.raises(Unanswered):
            releases.upload(client.connected(built.project), draft.id, "SHA256SUMS", b"half")
        assert [one.is_whole for one in _assets(built)] == [False]
        walk(attached(built), log=tmp_path)
        assert State.DONE is state(attached(built))
        assert sum("DELETE" in change for change in github.changes()) == 1

    def test_a_file_that_changed_after_the_seal_is_never_sent(
        self, github: Github, built: Release, tmp_path: Path
    ) -> None:
        """The bytes are hashed when they are sent."""
        walk(drafted(built), log=tmp_path)
        (built.dist / "contd-1.2.0.tar.gz").write_text("swapped", encoding="utf-8")
        with pytest.raises(Tampered, match=r"contd-1\.2\.0\.tar\.gz has sha256"):
            walk(attached(built), log=tmp_path)
        assert "contd-1.2.0.tar.gz" not in {one.name for one in _assets(built)}

    def test_a_missing_scope_stops_at_once(
        self, github: Github, built: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """403 is not tried again; neither token is in the text."""
        monkeypatch.setenv("GITHUB_TOKEN", github.read_token)
        with pytest.raises(Unanswered) as error:
            walk(drafted(built), log=tmp_path)
        assert "403" in str(error.value)
        assert [one for one in (github.token, github.read_token) if one in str(error.value)] == []
        assert len(github.changes()) == 1


class TestPromoted:
    """The release is public."""

    def test_nothing_and_a_draft_are_absent(self, release: Release, github: Github, tmp_path: Path) -> None:
        """A draft can still be taken back, so it is not the beginning of publication."""
        assert _described(promoted(release)) == (State.ABSENT, "GitHub has nothing for v1.2.0")
        build(release, github.head)
        walk(*channel.stage(release), log=tmp_path)
        assert _described(promoted(release)) == (State.ABSENT, "a draft")

    def test_the_draft_becomes_the_latest_release(self, github: Github, public: Release, tmp_path: Path) -> None:
        """Walked again, it sends nothing."""
        there = found(promoted(public))
        assert (there.state, there.detail.endswith(", the latest")) == (State.DONE, True)
        before = github.changes()
        walk(*channel.stage(public), promoted(public), log=tmp_path)
        assert before == github.changes()

    def test_a_pre_release_is_marked_and_not_the_latest(self, github: Github, tmp_path: Path, public: Release) -> None:
        """1.3.0rc1 leaves 1.2.0 the latest."""
        candidate = _released(github, tmp_path / "rc", "1.3.0rc1")
        latest = releases.latest(client.connected(public.project))
        assert (latest and latest.tag, _only(candidate, "v1.3.0rc1").is_prerelease) == ("v1.2.0", True)
        assert [state(promoted(one)) for one in (public, candidate)] == [State.DONE] * 2

    def test_a_hotfix_of_an_older_line_does_not_take_the_latest(
        self, github: Github, tmp_path: Path, public: Release
    ) -> None:
        """1.1.1 comes out after 1.2.0 and is not the latest."""
        hotfix = _released(github, tmp_path / "hotfix", "1.1.1")
        latest = releases.latest(client.connected(public.project))
        assert (latest and latest.tag) == "v1.2.0"
        assert [state(promoted(one)) for one in (public, hotfix)] == [State.DONE] * 2

    def test_a_wrong_mark_is_partial_and_mended(self, github: Github, public: Release, tmp_path: Path) -> None:
        """A release that somebody marked as a pre-release is set right."""
        repository = client.connected(public.project)
        releases.publish(repository, _only(public).id, prerelease=True, make_latest="false")
        assert State.PARTIAL is state(promoted(public))
        walk(promoted(public), log=tmp_path)
        assert State.DONE is state(promoted(public))

    def test_without_the_tag_nothing_is_published(self, github: Github, staged: Release, tmp_path: Path) -> None:
        """GitHub would make the tag by itself."""
        with pytest.raises(Conflict, match=r"the tag v1\.2\.0 on GitHub is not there"):
            walk(promoted(staged), log=tmp_path)
        assert _only(staged).is_draft

    def test_a_tag_on_another_commit_stops(self, github: Github, staged: Release, tmp_path: Path) -> None:
        """A tag that moved is not released."""
        other = github.commit("moved")
        github.tag("v1.2.0")
        with pytest.raises(Conflict, match=f"on GitHub is on {other[:12]}"):
            walk(promoted(staged), log=tmp_path)

    def test_an_incomplete_draft_is_not_published(self, github: Github, staged: Release, tmp_path: Path) -> None:
        """Published last, after its files."""
        github.tag("v1.2.0")
        releases.delete_asset(client.connected(staged.project), _assets(staged)[0])
        with pytest.raises(Conflict, match=r"the draft for v1\.2\.0 is not complete: 4 of 5 files"):
            walk(promoted(staged), log=tmp_path)

    def test_a_lost_answer_is_not_an_error(self, github: Github, staged: Release, tmp_path: Path) -> None:
        """Published, and the connection dropped: the world shows that it worked."""
        github.tag("v1.2.0")
        github.world.faults.order("PATCH /api/v3/* 1 accept-then-drop")
        walk(promoted(staged), log=tmp_path)
        assert github.world.ledger.effects()["release v1.2.0"] == 1

    def test_an_immutable_release_is_whole_and_stays(self, github: Github, staged: Release, tmp_path: Path) -> None:
        """Where releases are immutable the order is draft, upload, publish, and what then lacks is said to be lost."""
        github.place.shelf(GitHubRules).put(GitHubRules(id=1, immutable_releases=True))
        github.tag("v1.2.0")
        walk(promoted(staged), log=tmp_path)
        assert [state(one) for one in (*channel.stage(staged), promoted(staged))] == [State.DONE] * 3
        github.place.shelf(Asset).remove(_assets(staged)[0].id)
        there = found(attached(staged))
        assert State.CONFLICT is there.state
        assert "is immutable and lacks" in there.detail

    def test_it_is_known_by_its_seal_when_the_mark_is_gone(self, public: Release) -> None:
        """Somebody rewrote the notes on the web page."""
        releases.edit_body(client.connected(public.project), _only(public).id, "new notes")
        assert State.DONE is state(promoted(public))

    def test_it_cannot_be_undone(self, public: Release) -> None:
        """Others have seen it."""
        assert None is promoted(public).undo


class TestReadBack:
    """What GitHub serves is what was built."""

    def test_a_draft_gives_its_files_back_to_us(self, staged: Release, tmp_path: Path) -> None:
        """Before publication, with our token; once read, it is not read again."""
        assert _described(given_back(staged)) == (State.ABSENT, "not downloaded and compared yet")
        walk(given_back(staged), log=tmp_path)
        assert State.DONE is state(given_back(staged))

    def test_a_public_release_is_read_without_a_token(self, github: Github, public: Release, tmp_path: Path) -> None:
        """As everybody: from the address that the page shows."""
        walk(served(public), log=tmp_path)
        asked = [one.path for one in github.world.ledger.requests()]
        assert sum(one.startswith("/github/owner/contd/releases/download/v1.2.0/") for one in asked) == 5
        assert sum("/files/" in one for one in asked) == 0

    def test_a_private_repository_is_read_with_the_token(self, github: Github, public: Release, tmp_path: Path) -> None:
        """Nobody else may."""
        github.place.shelf(GitHubRules).put(GitHubRules(id=1, private=True))
        walk(served(public), log=tmp_path)
        asked = [one.path for one in github.world.ledger.requests()]
        assert sum("/files/" in one for one in asked) == 5

    def test_wrong_bytes_are_a_conflict(self, github: Github, public: Release, tmp_path: Path) -> None:
        """GitHub tells the right digest and serves something else."""
        wheel = next(one for one in _assets(public) if one.name.endswith(".whl"))
        github.place.blob(wheel.id).write_bytes(b"other")
        with pytest.raises(Conflict, match=r"contd-1\.2\.0-py3-none-any\.whl came back from GitHub with sha256"):
            walk(served(public), log=tmp_path)

    def test_a_missing_file_is_unsettled(
        self, github: Github, public: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It may come; it is not wrong."""
        monkeypatch.setattr("contd_release.engine.walk.ATTEMPTS", 1)
        github.place.shelf(Asset).remove(_assets(public)[0].id)
        with pytest.raises(Unsettled, match="GitHub does not have"):
            walk(served(public), log=tmp_path)

    def test_a_draft_is_not_public(self, staged: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What everybody gets is asked of the public release only."""
        monkeypatch.setattr("contd_release.engine.walk.ATTEMPTS", 1)
        with pytest.raises(Unsettled, match=r"v1\.2\.0 is not public on GitHub"):
            walk(served(staged), log=tmp_path)

    def test_unbuilt_is_absent(self, release: Release) -> None:
        """Empty does not equal empty."""
        assert _described(given_back(release)) == (State.ABSENT, "nothing is built yet")

    def test_the_seal_of_a_release_is_found_from_anywhere(self, public: Release, tmp_path: Path) -> None:
        """`artifacts.json` of the GitHub release says what was built, on a machine that built nothing."""
        other = elsewhere(public, tmp_path / "other")
        assert (None, public.sealed()) == (other.sealed(), sealed_publicly(other.project, "v1.2.0"))
        assert None is sealed_publicly(other.project, "v9.9.9")


def test_no_error_text_has_the_token(github: Github, built: Release, tmp_path: Path) -> None:
    """Whatever status GitHub answers, the token stays where it is."""
    texts = []
    for status in (400, 401, 403, 404, 409, 422):
        github.world.faults.clear()
        github.world.faults.order(f"* /api/v3/* every {status}")
        for step in (access.allowed(built), access.checked(built), drafted(built), promoted(built)):
            try:
                found(step)
            except ReleaseError as error:
                texts.append(f"{error} {error!r}")
    assert len(texts) > 18
    assert [text for text in texts if github.token in text] == []


NOON = "2026-01-01T12:00:00Z"


def _described(step: object) -> tuple[State, str]:
    there = found(step)  # type: ignore[arg-type]
    return there.state, there.detail


def _only(release: Release, tag: str = "v1.2.0") -> releases.ReleaseInfo:
    every = releases.releases(client.connected(release.project))
    (one,) = (one for one in every if one.tag == tag)
    return one


def _assets(release: Release) -> tuple[releases.Asset, ...]:
    return releases.assets(client.connected(release.project), _only(release).id)


def _released(github: Github, folder: Path, version: str) -> Release:
    """Another version, released from a commit of its own."""
    commit = github.commit(version)
    release = release_of(github, folder, version)
    build(release, commit)
    walk(*channel.stage(release), log=folder)
    github.tag(f"v{version}")
    walk(promoted(release), log=folder)
    return release
