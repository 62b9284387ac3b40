"""
What protects branches and tags in the sandbox's GitHub: rulesets, and the older branch protection.

Pushes to the bare remote keep them as well, and so does the merge of a pull request.
https://docs.github.com/rest/repos/rules, https://docs.github.com/rest/branches/branch-protection
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from werkzeug.wrappers import Response

from contd_release.sandbox import remotes
from contd_release.sandbox.github.git import commit_of, head
from contd_release.sandbox.github.people import user
from contd_release.sandbox.github.records import Check, Protection, Pull, Review, Ruleset, Status
from contd_release.sandbox.github.refs import commit_shape
from contd_release.sandbox.github.store import StoredRepository
from contd_release.sandbox.github.wire import Asked, Json, Refusal, Route, missing, page, reply

# The account that pushes: a push to a bare repository beside us does not say who it is.
_PUSHER: Final = "publisher"
_NOT_ALLOWED: Final = "You're not authorized to push to this branch."
_BY_PULL: Final = "Changes must be made through a pull request."
# What each rule says to a push that it refuses, and which pushes those are.
_PUSHES: Final = {
    "pull_request": ("update", _BY_PULL),
    "required_status_checks": ("update", "Required status checks are expected."),
    "update": ("update", "Cannot update this protected ref."),
    "creation": ("creation", "Cannot create ref due to creations being restricted."),
    "deletion": ("deletion", "Cannot delete this protected ref."),
}


def guard(place: StoredRepository) -> None:
    """Let the bare remote refuse the pushes that the rules forbid now."""
    if place.remote.is_dir():
        remotes.guard(place.remote, tuple(_guards(place)))


def lacking(place: StoredRepository, pull: Pull, method: str = "") -> list[str]:
    """What a pull request lacks to be merged, in GitHub's words."""
    approvals, checks, methods = _required(place, pull.base)
    states = {one.login: one.state for one in place.shelf(Review) if one.number == pull.number}
    given = sum(state == "APPROVED" for login, state in states.items() if login != pull.login)
    found = []
    if given < approvals:
        found.append(f"At least {approvals} approving review is required by reviewers with write access.")
    passed = {one.name for one in place.shelf(Check) if (one.sha, one.conclusion) == (pull.head_sha, "success")}
    passed |= {one.context for one in place.shelf(Status) if (one.sha, one.state) == (pull.head_sha, "success")}
    found += [f'Required status check "{name}" is expected.' for name in sorted(checks - passed)]
    if method and method not in methods:
        found.append(f"Merge method {method} is not allowed on this repository.")
    return found


def _required(place: StoredRepository, branch: str) -> tuple[int, set[str], set[str]]:
    """The reviews, the checks and the ways of merging that a branch asks for."""
    approvals, checks, methods = 0, set[str](), {"merge", "squash", "rebase"}
    for ruleset in _of_branch(place, branch):
        for rule in ruleset.rules:
            parameters: Any = rule.get("parameters", {})
            approvals = max(approvals, parameters.get("required_approving_review_count", 0))
            checks |= {one["context"] for one in parameters.get("required_status_checks", ())}
            methods &= set(parameters.get("allowed_merge_methods", methods))
    if protection := _protection(place, branch):
        approvals = max(approvals, protection.approvals or 0)
        checks |= set(protection.checks)
    return approvals, checks, methods


def _guards(place: StoredRepository) -> Iterator[remotes.Guard]:
    default = f"refs/heads/{head(place)}"
    for ruleset in place.shelf(Ruleset):
        if ruleset.enforcement != "active" or _PUSHER in ruleset.bypass:
            continue
        named = {"~DEFAULT_BRANCH": default, "~ALL": f"refs/{'tags' if ruleset.target == 'tag' else 'heads'}/*"}
        exclude = tuple(named.get(one, one) for one in ruleset.exclude)
        for pattern in ruleset.include:
            for rule in ruleset.rules:
                if found := _PUSHES.get(str(rule["type"])):
                    yield remotes.Guard(found[0], named.get(pattern, pattern), "GH013", found[1], exclude)
    for one in place.shelf(Protection):
        needs = (one.approvals is not None and _PUSHER not in one.bypass) or one.checks
        if needs and one.admins:
            why = _PUSHES["required_status_checks"][1] if one.approvals is None else _BY_PULL
            yield remotes.Guard("update", f"refs/heads/{one.branch}", "GH006", why)
        if one.pushers is not None and _PUSHER not in one.pushers and one.admins:
            yield remotes.Guard("update", f"refs/heads/{one.branch}", "GH006", _NOT_ALLOWED)


def _of_branch(place: StoredRepository, branch: str) -> list[Ruleset]:
    """The active rulesets for a branch, which need not be there."""
    ref, default = f"refs/heads/{branch}", head(place)

    def is_meant(patterns: tuple[str, ...]) -> bool:
        names = {"~ALL": True, "~DEFAULT_BRANCH": branch == default}
        return any(names.get(one, fnmatchcase(ref, one)) for one in patterns)

    return [
        one
        for one in place.shelf(Ruleset)
        if (one.target, one.enforcement) == ("branch", "active") and is_meant(one.include) and not is_meant(one.exclude)
    ]


def _protection(place: StoredRepository, branch: str) -> Protection | None:
    return next((one for one in place.shelf(Protection) if fnmatchcase(branch, one.branch)), None)


def _rules(asked: Asked) -> Response:
    found = []
    for one in _of_branch(asked.place, asked.path["branch"]):
        source = {"ruleset_source_type": "Repository", "ruleset_source": asked.place.name, "ruleset_id": one.id}
        found += [{**rule, **source} for rule in one.rules]
    return page(asked, found)


def _rulesets(asked: Asked) -> Response:
    wanted = asked.request.args.get("targets", "branch,tag,push").split(",")
    return page(asked, [_short(asked, one) for one in asked.place.shelf(Ruleset) if one.target in wanted])


def _ruleset(asked: Asked) -> Response:
    found = asked.place.shelf(Ruleset).get(asked.number("ruleset_id"))
    if found is None:
        raise missing()
    conditions = {"ref_name": {"include": found.include, "exclude": found.exclude}}
    may = "always" if asked.login in found.bypass else "never"
    return reply(
        _short(asked, found) | {"conditions": conditions, "rules": found.rules, "current_user_can_bypass": may}
    )


def _short(asked: Asked, ruleset: Ruleset) -> Json:
    return {
        "id": ruleset.id,
        "name": ruleset.name,
        "target": ruleset.target,
        "source_type": "Repository",
        "source": asked.place.name,
        "enforcement": ruleset.enforcement,
        "node_id": f"RRS_{ruleset.id}",
        "_links": {"self": {"href": f"{asked.api}/rulesets/{ruleset.id}"}, "html": {"href": f"{asked.web}/rules"}},
        "created_at": ruleset.created_at,
        "updated_at": ruleset.created_at,
    }


def _branch(asked: Asked) -> Response:
    name = asked.path["branch"]
    commit, found = commit_of(asked.place, f"refs/heads/{name}"), _protection(asked.place, name)
    if commit is None:
        raise Refusal(404, "Branch not found")
    checks = _checks(asked, found) if found and found.checks else {"contexts": [], "checks": []}
    level = {"enforcement_level": "everyone" if found and found.checks else "off"}
    return reply(
        {
            "name": name,
            "commit": commit_shape(asked, commit),
            "_links": {"html": f"{asked.web}/tree/{name}", "self": f"{asked.api}/branches/{name}"},
            "protected": found is not None or bool(_of_branch(asked.place, name)),
            "protection": {"enabled": found is not None, "required_status_checks": checks | level},
            "protection_url": f"{asked.api}/branches/{name}/protection",
        }
    )


def _protected(asked: Asked) -> Response:
    found = _protection(asked.place, asked.path["branch"])
    if found is None:
        raise Refusal(404, "Branch not protected")
    if not found.is_readable:
        raise missing()
    url = f"{asked.api}/branches/{found.branch}/protection"
    shape: Json = {"url": url, "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": found.admins}}
    if found.checks:
        shape["required_status_checks"] = _checks(asked, found)
    if found.approvals is not None:
        shape["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": False,
            "require_code_owner_reviews": False,
            "required_approving_review_count": found.approvals,
        }
        if found.bypass:
            shape["required_pull_request_reviews"]["bypass_pull_request_allowances"] = _actors(asked, found.bypass)
    if found.pushers is not None:
        links = {f"{one}_url": f"{url}/restrictions/{one}" for one in ("users", "teams", "apps")}
        shape["restrictions"] = {"url": f"{url}/restrictions", **links, **_actors(asked, found.pushers)}
    return reply(shape)


def _actors(asked: Asked, logins: tuple[str, ...]) -> Json:
    return {"users": [user(asked.root, one) for one in logins], "teams": [], "apps": []}


def _checks(asked: Asked, protection: Protection) -> Json:
    url = f"{asked.api}/branches/{protection.branch}/protection/required_status_checks"
    checks = [{"context": one, "app_id": None} for one in protection.checks]
    return {"url": url, "strict": True, "contexts": list(protection.checks), "checks": checks}


ROUTES = (
    Route("GET", "/rules/branches/<path:branch>", _rules),
    Route("GET", "/rulesets", _rulesets),
    Route("GET", "/rulesets/<int:ruleset_id>", _ruleset),
    Route("GET", "/branches/<path:branch>/protection", _protected),
    Route("GET", "/branches/<path:branch>", _branch),
)
