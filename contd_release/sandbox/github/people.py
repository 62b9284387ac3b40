"""People and repositories as the sandbox's GitHub describes them: mostly links."""

from __future__ import annotations

from typing import Final

from contd_release.sandbox.github.store import StoredRepository
from contd_release.sandbox.github.wire import Json

_LONG_AGO: Final = "2020-01-01T00:00:00Z"
_USER_LINKS = ("events followers following gists organizations received_events repos starred subscriptions").split()
_REPOSITORY_LINKS = (
    "archive assignees blobs branches collaborators comments commits compare contents contributors deployments "
    "downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels "
    "languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams "
    "trees"
).split()


def user(root: str, login: str) -> Json:
    """A person, in short."""
    url = f"{root}/api/v3/users/{login}"
    return {
        "login": login,
        "id": _number(login),
        "node_id": f"U_{login}",
        "avatar_url": f"{root}/github/{login}.png",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{root}/github/{login}",
        "type": "User",
        "site_admin": False,
        **{f"{name}_url": f"{url}/{name}" for name in _USER_LINKS},
    }


def whole_user(root: str, login: str) -> Json:
    """A person, as `GET /user` describes it."""
    unset = ("bio", "blog", "company", "email", "hireable", "location", "name")
    none = ("followers", "following", "public_gists", "public_repos")
    return (
        user(root, login)
        | dict.fromkeys(unset)
        | dict.fromkeys(none, 0)
        | {"created_at": _LONG_AGO, "updated_at": _LONG_AGO, "user_view_type": "public"}
    )


def repository(root: str, place: StoredRepository) -> Json:
    """A repository, in short."""
    owner, _, name = place.name.partition("/")
    url = f"{root}/api/v3/repos/{place.name}"
    return {
        "id": _number(place.name),
        "node_id": f"R_{name}",
        "name": name,
        "full_name": place.name,
        "owner": user(root, owner),
        "private": place.rules().private,
        "html_url": f"{root}/github/{place.name}",
        "description": None,
        "fork": False,
        "url": url,
        **{f"{link}_url": f"{url}/{link}" for link in _REPOSITORY_LINKS},
    }


def whole_repository(root: str, place: StoredRepository, default_branch: str, *, may_write: bool) -> Json:
    """A repository, as `GET /repos/OWNER/NAME` describes it to an account."""
    url = f"{root}/github/{place.name}"
    none = "forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count".split()
    no = "has_downloads has_projects has_wiki has_pages has_discussions archived disabled".split()
    return (
        repository(root, place)
        | dict.fromkeys([*none, "network_count", "subscribers_count"], 0)
        | dict.fromkeys(no, False)
        | dict.fromkeys(("homepage", "language", "mirror_url", "license"))
        | dict.fromkeys(("pushed_at", "created_at", "updated_at"), _LONG_AGO)
        | {"has_issues": True, "default_branch": default_branch}
        | {"clone_url": f"{url}.git", "git_url": f"{url}.git", "ssh_url": f"{url}.git", "svn_url": url}
        | {"permissions": {"admin": False, "push": may_write, "pull": True}}
    )


def _number(name: str) -> int:
    return int.from_bytes(name.encode()[:6].ljust(6, b"\0"), "big")
