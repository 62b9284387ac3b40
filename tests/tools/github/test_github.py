"""The GitHub client against the sandbox's GitHub: what it reads, what it sends, and what it never says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from github_server import NAME, Github, serving

from contd_release.errors import Conflict, NotReady, ReleaseError, Unanswered
from contd_release.process.redaction import Secret
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.settings import Github as Settings
from contd_release.project.settings import Settings as AllSettings
from contd_release.sandbox.github.records import Check, GitHubRules, Job, Limits, Release, Run, Status
from contd_release.tools import http
from contd_release.tools.github import api, issues, releases, runs
from contd_release.tools.github.api import Access, GitHubRepository
from contd_release.tools.http import Http, Refused

NOON = "2026-01-01T12:00:00Z"
CI = "https://ci.example.org"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Github]:
    """A judged GitHub."""
    with serving(tmp_path) as api:
        yield api


@pytest.fixture
def repository(served: Github) -> GitHubRepository:
    """The repository, asked with the token that may do everything."""
    return _with(served, served.token)


def _with(served: Github, token: str | None) -> GitHubRepository:
    return GitHubRepository(NAME, served.world.api_url, served.world.uploads_url, Secret(token) if token else None)


def test_a_token_that_is_refused(served: Github) -> None:
    """Every question that meets the 401 ends with the same sentence, so that it is shown once."""
    repository = _with(served, "expired")
    said = set()
    for question in (api.access, releases.releases, lambda one: api.commit_of(one, "main")):
        with pytest.raises(Refused) as refused:
            question(repository)
        said.add(str(refused.value))
    assert len(said) == 1
    assert "does not accept our token: 401" in said.pop()
    assert refused.value.type_next == "export GITHUB_TOKEN=…"


class TestToken:
    """Where the token comes from."""

    @pytest.fixture(autouse=True)
    def no_token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin without one."""
        for variable in api.TOKENS:
            monkeypatch.delenv(variable, raising=False)

    def test_the_environment_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """GITHUB_TOKEN before GH_TOKEN, both without the line break that a file leaves."""
        monkeypatch.setenv("GH_TOKEN", "two")
        assert Secret("two") == api.token("https://api.github.com")
        monkeypatch.setenv("GITHUB_TOKEN", "one\n")
        assert Secret("one") == api.token("https://api.github.com")

    def test_then_gh_for_github_itself(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """The token of `gh` is for github.com: no other address ever gets it."""
        gh = tmp_path / "gh"
        gh.write_text("#!/bin/sh\necho from-gh\n", encoding="utf-8")
        gh.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        assert Secret("from-gh") == api.token("https://api.github.com")
        assert None is api.token("http://127.0.0.1:1/api/v3")

    @pytest.mark.parametrize("script", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\n", None])
    def test_nothing_where_gh_has_none(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str | None
    ) -> None:
        """Not logged in, or not installed."""
        if script is not None:
            (tmp_path / "gh").write_text(script, encoding="utf-8")
            (tmp_path / "gh").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin" if script else str(tmp_path))
        assert None is api.token("https://api.github.com")

    def test_a_project_without_a_repository_says_what_to_do(self, tmp_path: Path) -> None:
        """The message names the setting."""
        project = Project(tmp_path, tmp_path, "contd", AllSettings(github=Settings()), News())
        with pytest.raises(NotReady) as error:
            api.connected(project)
        assert "[tool.contd-release.github] repository" in error.value.expected

    def test_it_shows_nowhere(self) -> None:
        """Neither in the repository's repr nor in its client's."""
        repository = GitHubRepository(
            "o/n", "https://api.github.com", "https://uploads.github.com", Secret("ghp_canary")
        )
        assert "canary" not in f"{repository!r} {repository.http!r} {repository.uploading!r}"


class TestAccess:
    """Who we are."""

    def test_the_scopes_of_a_classic_token(self, served: Github) -> None:
        """As each reply tells them."""
        assert Access(("repo", "workflow"), may_push=True, is_private=False) == api.access(_with(served, served.token))
        assert Access(("read:user",), may_push=False, is_private=False) == api.access(_with(served, served.read_token))

    @pytest.mark.parametrize(
        ("scopes", "may_push", "is_private", "may_release"),
        [
            (("repo",), True, True, True),
            (("public_repo",), True, False, True),
            (("public_repo",), True, True, False),
            (("read:user",), True, False, False),
            (("repo",), False, False, False),
            (None, True, False, None),
            (None, False, False, False),
        ],
    )
    def test_what_a_scope_is_good_for(
        self, scopes: tuple[str, ...] | None, *, may_push: bool, is_private: bool, may_release: bool | None
    ) -> None:
        """`public_repo` is enough for a public repository; a token that tells nothing is unproven."""
        assert may_release is Access(scopes, may_push, is_private).may_release

    def test_the_token_of_a_workflow_is_unproven(self) -> None:
        """GitHub tells what a person may do, and nobody is behind such a token."""
        assert None is Access(None, may_push=False, is_private=False, is_app=True).may_release

    def test_a_hidden_repository_is_none(self, served: Github) -> None:
        """404 is an answer."""
        served.place.shelf(GitHubRules).put(GitHubRules(id=1, private=True))
        assert None is api.access(_with(served, None))

    def test_a_bad_token_is_refused(self, served: Github) -> None:
        """401, with GitHub's words and without the token."""
        with pytest.raises(Refused) as error:
            api.access(_with(served, "ghp_canary"))
        assert "401" in str(error.value)
        assert "Bad credentials" in str(error.value)
        assert "canary" not in f"{error.value} {error.value!r}"


class TestReleases:
    """Releases, drafts, assets."""

    def test_a_draft_its_assets_and_its_publication(
        self, served: Github, repository: GitHubRepository, tmp_path: Path
    ) -> None:
        """From nothing to public and back to nothing."""
        assert releases.releases(repository) == ()
        sha = served.tag("v1.0.0")
        draft = releases.create_draft(repository, "v1.0.0", sha, "notes", prerelease=True)
        assert (draft.is_draft, draft.is_prerelease, draft.body) == (True, True, "notes")
        assert None is releases.release_of_tag(repository, "v1.0.0")
        asset = releases.upload(repository, draft.id, "a b.txt", b"one")
        assert (asset.name, asset.size, asset.is_whole) == ("a.b.txt", 3, True)
        assert asset.sha256 == releases.downloaded(repository, asset, tmp_path / "asset")
        public = releases.publish(repository, draft.id, prerelease=False, make_latest="true")
        assert public == releases.release_of_tag(repository, "v1.0.0") == releases.latest(repository)
        assert asset.sha256 == releases.downloaded_as_consumer(asset, tmp_path / "asset")
        assert releases.edit_body(repository, draft.id, "other").body == "other"
        for _ in range(2):
            releases.delete_asset(repository, asset)
        assert releases.assets(repository, draft.id) == ()
        for _ in range(2):
            releases.delete(repository, draft.id)
        assert (releases.latest(repository), releases.releases(repository)) == (None, ())

    def test_every_page_is_read(self, served: Github, repository: GitHubRepository) -> None:
        """A hundred at a time, to the end."""
        _fill(served, 101)
        assert len(releases.releases(repository)) == 101

    def test_a_list_without_an_end_is_unanswered(
        self, served: Github, repository: GitHubRepository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is beyond the cap is not absent."""
        monkeypatch.setattr(api, "_LIST", http.Limits(pages=1))
        _fill(served, 100)
        with pytest.raises(Unanswered, match="sent more than 1 pages"):
            releases.releases(repository)

    def test_a_digest_that_is_not_told_is_empty(self, served: Github, repository: GitHubRepository) -> None:
        """As for assets from before 2025."""
        draft = releases.create_draft(repository, "v1.0.0", served.head, "", prerelease=False)
        releases.upload(repository, draft.id, "a.txt", b"one")
        served.place.shelf(GitHubRules).put(GitHubRules(id=1, digests=False))
        assert [one.sha256 for one in releases.assets(repository, draft.id)] == [""]

    def test_a_refusal_has_githubs_words(self, served: Github, repository: GitHubRepository) -> None:
        """422 is a conflict."""
        with pytest.raises(Conflict) as error:
            releases.create_draft(repository, "v1.0.0", served.head, "x" * 125_001, prerelease=False)
        assert "a draft for v1.0.0" in str(error.value)
        assert "body is too long" in str(error.value)

    def test_a_missing_scope_is_refused(self, served: Github) -> None:
        """403 on the first write."""
        with pytest.raises(Refused, match="Resource not accessible by personal access token"):
            releases.create_draft(_with(served, served.read_token), "v1", served.head, "", prerelease=False)

    def test_the_commit_of_a_tag(self, served: Github, repository: GitHubRepository) -> None:
        """The commit, not the tag object; nothing where there is no tag."""
        assert (served.tag("v1.0.0"), None) == tuple(api.commit_of(repository, tag) for tag in ("v1.0.0", "v2"))

    def test_a_signed_address_is_in_no_error(
        self, served: Github, repository: GitHubRepository, tmp_path: Path
    ) -> None:
        """What GitHub redirects a download to is a permission."""
        draft = releases.create_draft(repository, "v1.0.0", served.head, "", prerelease=False)
        asset = releases.upload(repository, draft.id, "a.txt", b"one")
        served.world.faults.order("GET /github/* every 404")
        with pytest.raises(Unanswered) as error:
            releases.downloaded(repository, asset, tmp_path / "a.txt")
        assert f"{served.world.url} answered 404" == error.value.what_is
        assert "key=" not in str(error.value)


class TestRuns:
    """Checks, runs, jobs."""

    @pytest.mark.parametrize(
        ("status", "conclusion", "passed"),
        [
            ("completed", "success", True),
            ("completed", "neutral", True),
            ("completed", "skipped", True),
            ("completed", "failure", False),
            ("completed", "cancelled", False),
            ("completed", "timed_out", False),
            ("completed", "action_required", False),
            ("queued", None, None),
            ("in_progress", None, None),
            ("waiting", None, None),
        ],
    )
    def test_how_a_check_ended(
        self, served: Github, repository: GitHubRepository, status: str, conclusion: str | None, *, passed: bool | None
    ) -> None:
        """Each of GitHub's words is good, bad, or not over."""
        check = Check(id=1, created_at=NOON, sha=served.head, name="tests", status=status, conclusion=conclusion)
        served.place.shelf(Check).put(check)
        assert [("tests", passed)] == [(one.name, one.passed) for one in runs.checks(repository, served.head)]

    @pytest.mark.parametrize(
        ("state", "passed"), [("success", True), ("failure", False), ("error", False), ("pending", None)]
    )
    def test_how_a_status_stands(
        self, served: Github, repository: GitHubRepository, state: str, *, passed: bool | None
    ) -> None:
        """The newest of each context counts."""
        for number, one in enumerate(("pending", state), 1):
            status = Status(
                id=number,
                created_at=NOON,
                sha=served.head,
                state=one,
                context="ci",
                target_url="https://ci.example.org",
            )
            served.place.shelf(Status).put(status)
        assert (runs.Check("ci", passed, "https://ci.example.org"),) == runs.checks(repository, served.head)

    def test_runs_and_jobs(self, served: Github, repository: GitHubRepository) -> None:
        """The newest first, those of the commit only; jobs of the newest attempt only."""
        for number in (2, 3):
            known = {"created_at": NOON, "workflow": "release.yml", "head_sha": served.head, "head_branch": "v1"}
            served.place.shelf(Run).put(Run(id=number, attempt=2, **known))
        for attempt in (1, 2):
            job = Job(id=attempt, created_at=NOON, run=3, name=f"build {attempt}", attempt=attempt)
            served.place.shelf(Job).put(job)
        assert [one.id for one in runs.runs(repository, "release.yml", served.head)] == [3, 2]
        assert runs.runs(repository, "release.yml", "0" * 40) == ()
        assert (runs.run(repository, 3).status, runs.run(repository, 3).attempt) == ("queued", 2)
        assert [(one.name, one.status) for one in runs.jobs(repository, 3)] == [("build 2", "queued")]

    def test_a_run_that_is_gone_is_unanswered(self, repository: GitHubRepository) -> None:
        """A question that is refused has no answer."""
        with pytest.raises(Unanswered, match="workflow run 9: GitHub answered 404"):
            runs.run(repository, 9)

    def test_a_workflow_is_started_on_a_tag(self, served: Github, repository: GitHubRepository) -> None:
        """One request, and a run; a tag that is not there is a conflict."""
        sha = served.tag("v1.0.0")
        runs.dispatch(repository, "release.yml", "v1.0.0")
        assert [one.branch for one in runs.runs(repository, "release.yml", sha)] == ["v1.0.0"]
        with pytest.raises(Conflict, match="No ref found for: v2"):
            runs.dispatch(repository, "release.yml", "v2")


class TestIssues:
    """Issues and pull requests."""

    def test_an_issue_is_opened_found_and_commented(self, repository: GitHubRepository) -> None:
        """By label and by time."""
        issue = issues.open_issue(repository, "It breaks", "Badly.", ("bug",))
        issues.comment(repository, issue.number, "It does.")
        assert issues.comments(repository, issue.number) == ("It does.",)
        assert (
            issue.title,
            issue.body,
            issue.labels,
            issue.is_open,
            issue.is_pull,
        ) == ("It breaks", "Badly.", ("bug",), True, False)
        assert [
            len(found)
            for found in (
                issues.issues(repository, labels=("bug",)),
                issues.issues(repository, labels=("docs",)),
                issues.issues(repository, since="2020-01-01T00:00:00Z", closed=True),
                issues.issues(repository, since="2999-01-01T00:00:00Z"),
            )
        ] == [1, 0, 1, 0]

    def test_a_pull_request_is_opened_and_found(self, served: Github, repository: GitHubRepository) -> None:
        """Its own page tells whether it can be merged; without the branch it is a conflict."""
        served.git("push", "-q", "origin", "main:refs/heads/base")
        served.commit("a change")
        served.git("push", "-q", "origin", "main:refs/heads/topic")
        opened = issues.open_pull(repository, "Merge", "topic", "base", "Please.")
        assert (served.head, True, False) == (opened.commit, opened.is_open, opened.is_merged)
        assert [opened.number] == [one.number for one in issues.pulls(repository, "topic", "base")]
        assert True is issues.pull(repository, opened.number).can_merge
        assert issues.pulls(repository, "topic", "main") == ()
        with pytest.raises(Conflict, match="the pull request 'Merge'"):
            issues.open_pull(repository, "Merge", "nowhere", "base", "")


QUESTIONS: tuple[Callable[[GitHubRepository], object], ...] = (
    api.access,
    releases.releases,
    releases.latest,
    lambda repository: releases.release_of_tag(repository, "v1"),
    lambda repository: releases.assets(repository, 1),
    lambda repository: api.commit_of(repository, "v1"),
    lambda repository: runs.checks(repository, "main"),
    lambda repository: runs.runs(repository, "release.yml", "0" * 40),
    issues.issues,
    lambda repository: issues.pulls(repository, "a", "b"),
)


@pytest.mark.parametrize("fault", ["401", "403", "400", "lie", "truncate"])
def test_no_answer_is_never_no(served: Github, fault: str) -> None:
    """A question is answered or unanswered, whatever comes back; the token is in no text."""
    served.world.faults.order(f"GET /api/v3/* every {fault}")
    repository = GitHubRepository(NAME, served.world.api_url, served.world.uploads_url, Secret(served.token))
    repository.__dict__["http"] = _hasty(repository)
    for ask in QUESTIONS:
        with pytest.raises(Unanswered) as error:
            ask(repository)
        assert served.token not in f"{error.value} {error.value!r}"


@pytest.mark.parametrize("status", [403, 429])
def test_a_rate_limit_is_waited_out_as_github_asks(served: Github, repository: GitHubRepository, status: int) -> None:
    """Retry-After is heard with both statuses, and then the answer comes."""
    served.world.faults.order(f"GET /api/v3/repos/owner/contd 1 {status}=1")
    access = api.access(repository)
    assert access is not None
    assert len(served.world.ledger.requests()) == 2


def test_a_spent_rate_limit_is_unanswered(served: Github) -> None:
    """403 without permission left is not a missing scope."""
    served.forge.limits.put(Limits(id=1, remaining=0))
    repository = _with(served, served.token)
    repository.__dict__["http"] = _hasty(repository)
    with pytest.raises(Unanswered, match="answered 403: too many requests for now") as error:
        api.access(repository)
    assert not isinstance(error.value, Refused)


def test_an_error_is_one_of_ours(served: Github, repository: GitHubRepository) -> None:
    """What changes something is sent once, and ends in an error that a person can act on."""
    served.world.faults.order("POST /api/v3/* every 502")
    with pytest.raises(ReleaseError):
        issues.open_issue(repository, "t", "b")
    assert len(served.changes()) == 1


def _hasty(repository: GitHubRepository) -> Http:
    """A client that asks once."""
    from dataclasses import replace

    return replace(repository.http, attempts=1)


def _fill(served: Github, count: int) -> None:
    more = {"target_commitish": "main", "name": None, "body": None, "draft": True, "prerelease": False}
    for number in range(1, count + 1):
        served.place.shelf(Release).put(Release(id=number, created_at=NOON, tag_name=f"v{number}", **more))  # type: ignore[arg-type]
