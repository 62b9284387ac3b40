"""What the sandbox's GitHub knows: one frozen record for each thing it keeps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Record:
    """Anything that has an id; an id is given out once."""

    id: int = 0
    created_at: str = ""
    login: str = ""


@dataclass(frozen=True, kw_only=True)
class Release(Record):
    """A release or a draft; `latest` is higher the later someone asked that it be the latest."""

    tag_name: str
    target_commitish: str
    name: str | None
    body: str | None
    draft: bool
    prerelease: bool
    immutable: bool = False
    published_at: str | None = None
    latest: int = 0


@dataclass(frozen=True, kw_only=True)
class Asset(Record):
    """A file of a release; its state is `starter` when the upload was interrupted."""

    release: int
    name: str
    label: str | None
    content_type: str
    size: int
    digest: str | None
    state: str
    downloads: int = 0


@dataclass(frozen=True, kw_only=True)
class Burned(Record):
    """A tag name that an immutable release had: it is never given out again."""

    tag_name: str


@dataclass(frozen=True, kw_only=True)
class Attestation(Record):
    """
    A signed statement about files.

    Args:
        digests: `sha256:…` of each of them.
        kind: its predicate type.
        bundle: the sigstore bundle, as JSON.
    """

    digests: tuple[str, ...]
    kind: str
    bundle: str


@dataclass(frozen=True, kw_only=True)
class Check(Record):
    """A check run of a commit."""

    sha: str
    name: str
    status: str = "completed"
    conclusion: str | None = "success"


@dataclass(frozen=True, kw_only=True)
class Status(Record):
    """A commit status, as older services set it."""

    sha: str
    state: str
    context: str = "default"
    description: str | None = None
    target_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Run(Record):
    """One run of a workflow file."""

    workflow: str
    head_sha: str
    head_branch: str
    event: str = "push"
    status: str = "queued"
    conclusion: str | None = None
    attempt: int = 1


@dataclass(frozen=True, kw_only=True)
class Job(Record):
    """One job of a run."""

    run: int
    name: str
    status: str = "queued"
    conclusion: str | None = None
    attempt: int = 1


@dataclass(frozen=True, kw_only=True)
class Issue(Record):
    """An issue."""

    number: int
    title: str
    body: str | None = None
    state: str = "open"
    labels: tuple[str, ...] = ()
    locked: bool = False


@dataclass(frozen=True, kw_only=True)
class Milestone(Record):
    """A milestone, and how many of its issues are open and closed."""

    number: int
    title: str
    state: str = "open"
    open_issues: int = 0
    closed_issues: int = 0


@dataclass(frozen=True, kw_only=True)
class Comment(Record):
    """A comment on an issue or a pull request."""

    number: int
    body: str


@dataclass(frozen=True, kw_only=True)
class Label(Record):
    """A label of the repository."""

    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pull(Record):
    """A pull request from one branch of the repository into another."""

    number: int
    title: str
    head: str
    base: str
    head_sha: str
    base_sha: str
    body: str | None = None
    state: str = "open"
    draft: bool = False
    labels: tuple[str, ...] = ()
    merged_sha: str = ""


@dataclass(frozen=True, kw_only=True)
class Review(Record):
    """A review of a pull request by `login`: `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`."""

    number: int
    state: str = "APPROVED"
    body: str = ""
    commit_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Ruleset(Record):
    """
    Rules for branches or for tags.

    Args:
        target: `branch` or `tag`.
        include: patterns of whole refs, `~DEFAULT_BRANCH` or `~ALL`.
        rules: as the API has them: `{"type": "pull_request", "parameters": {…}}`.
        bypass: the logins that the rules do not bind.
    """

    name: str
    target: str = "branch"
    include: tuple[str, ...] = ("~DEFAULT_BRANCH",)
    exclude: tuple[str, ...] = ()
    rules: tuple[dict[str, object], ...] = ()
    enforcement: str = "active"
    bypass: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Protection(Record):
    """
    The protection of one branch, the older of the two ways that GitHub has.

    Args:
        approvals: how many approving reviews a pull request needs; None where no pull request is needed.
        checks: the names of the checks that have to pass.
        is_readable: whether our token may read it, as that of an administrator may.
        admins: whether administrators are bound as well.
        bypass: the logins that may push without a pull request.
        pushers: the logins that may push at all; None where everybody may who may write.
    """

    branch: str = "main"
    approvals: int | None = 0
    checks: tuple[str, ...] = ()
    is_readable: bool = True
    admins: bool = True
    bypass: tuple[str, ...] = ()
    pushers: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Reaction(Record):
    """Someone's reaction to a release."""

    release: int
    content: str


@dataclass(frozen=True, kw_only=True)
class GitHubRules(Record):
    """
    The settings of a repository, and which faults the forge has.

    Args:
        green: commits without checks count as checked and good.
        digests: assets have their digest, as they do since 2025.
        dispatches: a dispatched workflow starts a run.
    """

    private: bool = False
    immutable_releases: bool = False
    green: bool = False
    digests: bool = True
    dispatches: bool = True


@dataclass(frozen=True, kw_only=True)
class Limits(Record):
    """
    How many requests are still allowed, and what is said afterwards.

    Args:
        fine_grained: tokens do not state their scopes.
        retry_after: seconds that the refusal asks to wait; 0 for none.
    """

    remaining: int = 4999
    fine_grained: bool = False
    status: int = 403
    retry_after: int = 0
