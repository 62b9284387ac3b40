"""
What protects a branch or a tag on GitHub: rulesets, and the older branch protection.

https://docs.github.com/rest/repos/rules, https://docs.github.com/rest/branches/branch-protection
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from contd_release.tools.github.api import GitHubRepository, pages
from contd_release.tools.github.replies import answered
from contd_release.tools.http import Node, Reply

# Which rules refuse a push of the release commit to a branch that is there.
_PUSHED: Final = frozenset(
    "pull_request required_status_checks update merge_queue required_signatures required_deployments workflows "
    "code_scanning restrictions unknown".split()
)
_NEVER_FREE: Final = "Upgrade to GitHub"


@dataclass(frozen=True)
class Rule:
    """
    One rule.

    Args:
        kind: in GitHub's words, such as `pull_request`; `unknown` for a protection that our token may not read.
        source: where it stands, for people: `ruleset "main"`.
        approvals: how many approving reviews it asks for.
        checks: the checks that have to pass.
        is_bypassed: whether it does not bind us.
        pattern: what the name of a tag must be like, where the rule is about that.
        is_negated: whether the name must not be like the pattern.
    """

    kind: str
    source: str
    approvals: int = 0
    checks: tuple[str, ...] = ()
    is_bypassed: bool = False
    pattern: str = ""
    is_negated: bool = False

    @property
    def refuses_push(self) -> bool:
        """Whether a push of one commit to a branch that is there is refused."""
        return self.kind in _PUSHED and not self.is_bypassed

    def __str__(self) -> str:
        asks = [f"{self.approvals} review{'s' * (self.approvals != 1)}"] if self.approvals else []
        asks += [f"checks {', '.join(self.checks)}"] if self.checks else []
        words = f"{self.kind.replace('_', ' ')} ({self.source})" + (f": {', '.join(asks)}" if asks else "")
        return f"{words}, which our token may bypass" if self.is_bypassed else words


@dataclass(frozen=True)
class _Ruleset:
    """A ruleset, as far as it is about a ref: its rules, and whether they bind us."""

    name: str
    is_bypassed: bool
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    rules: tuple[Node, ...]

    def is_about(self, ref: str) -> bool:
        return any(_fits(one, ref) for one in self.include) and not any(_fits(one, ref) for one in self.exclude)


def of_branch(repository: GitHubRepository, branch: str) -> tuple[Rule, ...]:
    """The rules for a branch, which need not be there."""
    url = f"/rules/branches/{quote(branch, safe='/')}"
    found = tuple(pages(repository, url, lambda node: node)) if _has_any(repository, url) else ()
    known = {number: _ruleset(repository, number) for number in {_number(one) for one in found}}
    return (*(_rule(one, known[_number(one)]) for one in found), *_older(repository, branch))


def of_tag(repository: GitHubRepository, tag: str) -> tuple[Rule, ...]:
    """The rules for a new tag of this name."""
    if not _has_any(repository, "/rulesets"):
        return ()
    listed = pages(repository, "/rulesets", lambda node: node, targets="tag")
    numbers = [one.at("id").whole() for one in listed if one.text_of("enforcement") == "active"]
    rulesets = [found for number in numbers if (found := _ruleset(repository, number))]
    meant = [one for one in rulesets if one.is_about(f"refs/tags/{tag}")]
    return tuple(_rule(rule, ruleset) for ruleset in meant for rule in ruleset.rules)


def refusing_tag(rules: tuple[Rule, ...], tag: str) -> tuple[Rule, ...]:
    """Those of the rules that refuse a new tag of this name."""

    def refuses(rule: Rule) -> bool:
        name = _compiled(rule.pattern) if rule.kind == "tag_name_pattern" else None
        is_refused = rule.kind == "creation" or (name and bool(name.search(tag)) is rule.is_negated)
        return bool(is_refused) and not rule.is_bypassed

    return tuple(rule for rule in rules if refuses(rule))


def _has_any(repository: GitHubRepository, below: str) -> bool:
    """Whether a list of rules has any; an older server has no such list, nor has a private repository that is free."""
    reply = repository.http.ask(repository.path(below), params={"per_page": "1"})
    if reply.status == 404 or _is_never_free(reply):
        return False
    return any(answered(reply, below.lstrip("/")).node().items())


def _is_never_free(reply: Reply) -> bool:
    """Whether GitHub refuses because the repository's plan has no protection at all."""
    return reply.status == 403 and _NEVER_FREE in reply.said()


def _ruleset(repository: GitHubRepository, number: int) -> _Ruleset | None:
    """A ruleset; None where our token does not see it."""
    reply = repository.http.ask(repository.path(f"/rulesets/{number}"))
    if reply.status in (403, 404):
        return None
    found = answered(reply, f"ruleset {number}").node()
    conditions, rules = found.get("conditions"), found.get("rules")
    ref = conditions.get("ref_name") if conditions else None
    may = found.text_of("current_user_can_bypass") in ("always", "exempt")
    include, exclude = (_texts(ref.get(name) if ref else None) for name in ("include", "exclude"))
    return _Ruleset(found.text_of("name"), may, include, exclude, tuple(rules.items()) if rules else ())


def _rule(found: Node, ruleset: _Ruleset | None) -> Rule:
    parameters = found.get("parameters")
    checks = parameters.get("required_status_checks") if parameters else None
    approvals = parameters.get("required_approving_review_count") if parameters else None
    return Rule(
        kind=found.at("type").text(),
        source=f'ruleset "{ruleset.name}"' if ruleset else "a ruleset",
        approvals=approvals.whole() if approvals else 0,
        checks=tuple(one.at("context").text() for one in checks.items()) if checks else (),
        is_bypassed=ruleset is not None and ruleset.is_bypassed,
        pattern=_expression(parameters) if parameters and parameters.get("pattern") else "",
        is_negated=_flag(parameters, "negate"),
    )


def _older(repository: GitHubRepository, branch: str) -> Iterator[Rule]:
    """The branch protection, as far as our token may read it: what an administrator's may, in full."""
    url, source = f"/branches/{quote(branch, safe='/')}", "branch protection"
    reply = repository.http.ask(repository.path(url))
    if reply.status == 404 or _is_never_free(reply):
        return
    branch_found = answered(reply, f"branch {branch}").node()
    if not branch_found.at("protected").flag() or not _flag(branch_found.get("protection"), "enabled"):
        return
    reply = repository.http.ask(repository.path(f"{url}/protection"))
    if reply.status in (403, 404):
        checks = branch_found.at("protection").get("required_status_checks")
        yield Rule("unknown", f"{source}, which our token may not read", checks=_contexts(checks))
        return
    found = answered(reply, f"the protection of {branch}").node()
    # Only administrators may read it.
    is_bypassed = not _flag(found.get("enforce_admins"), "enabled")
    if checks := found.get("required_status_checks"):
        yield Rule("required_status_checks", source, checks=_contexts(checks), is_bypassed=is_bypassed)
    if reviews := found.get("required_pull_request_reviews"):
        count = reviews.get("required_approving_review_count")
        is_ours = is_bypassed or _names_us(repository, reviews.get("bypass_pull_request_allowances"))
        yield Rule("pull_request", source, count.whole() if count else 0, is_bypassed=is_ours)
    if pushers := found.get("restrictions"):
        is_ours = is_bypassed or _names_us(repository, pushers)
        yield Rule("restrictions", f"{source}, for {_names(pushers)} only", is_bypassed=is_ours)
    if _flag(found.get("lock_branch"), "enabled"):
        yield Rule("update", f"{source}, locked", is_bypassed=is_bypassed)


def _names_us(repository: GitHubRepository, actors: Node | None) -> bool:
    """
    Whether our account is one of those that a protection names.

    Its teams are not asked about, and a token of an app does not say which one it is: then a pull request is opened.
    """
    logins = _texts_at(actors, "users", "login")
    if not logins:
        return False
    reply = repository.http.ask("user")
    if reply.status in (403, 404):
        return False
    return answered(reply, "our account").node().at("login").text().lower() in map(str.lower, logins)


def _names(actors: Node) -> str:
    teams = (f"team {one}" for one in _texts_at(actors, "teams", "slug"))
    apps = (f"app {one}" for one in _texts_at(actors, "apps", "slug"))
    return ", ".join((*_texts_at(actors, "users", "login"), *teams, *apps)) or "administrators"


def _texts_at(found: Node | None, kind: str, name: str) -> tuple[str, ...]:
    """A text of each element of a list in an object."""
    listed = found.get(kind) if found else None
    return tuple(one.text_of(name) for one in listed.items()) if listed else ()


def _contexts(checks: Node | None) -> tuple[str, ...]:
    return _texts(checks.get("contexts")) if checks else ()


def _texts(found: Node | None) -> tuple[str, ...]:
    return tuple(one.text() for one in found.items()) if found else ()


def _flag(found: Node | None, name: str) -> bool:
    flag = found.get(name) if found else None
    return flag is not None and flag.flag()


def _number(rule: Node) -> int:
    number = rule.get("ruleset_id")
    return number.whole() if number else 0


def _fits(pattern: str, ref: str) -> bool:
    """Whether a pattern of a ruleset, as Ruby's fnmatch reads it, is about a whole ref."""
    if pattern == "~ALL":
        return True
    # A run of stars is one, or a long one would be tried in more ways than there is time for.
    words = re.findall(r"(?:\*\*/)+|\*{2,}|\*|\?|\[[^\]]*\]|.", pattern)
    expression = _compiled("".join(map(_wildcard, words)))
    return expression is not None and expression.fullmatch(ref) is not None


def _wildcard(word: str) -> str:
    """A part of a pattern as a regular expression: a wildcard, a set of characters in brackets, or a character."""
    if word[:2] == "**":
        return "(?:.*/)?" if word.endswith("/") else ".*"
    if word[:1] == "[" and word[1:]:
        is_negated = word[1] in "!^"
        those = "".join(one if one == "-" else re.escape(one) for one in word[1 + is_negated : -1])
        return f"[^{those}]" if is_negated else f"[{those}]"
    return {"*": "[^/]*", "?": "[^/]"}.get(word, re.escape(word))


def _expression(parameters: Node) -> str:
    """The pattern of a name as a regular expression."""
    text, operator = parameters.text_of("pattern"), parameters.text_of("operator")
    plain = re.escape(text)
    return {"starts_with": f"^{plain}", "ends_with": f"{plain}$", "contains": plain, "regex": text}.get(operator, "")


def _compiled(expression: str) -> re.Pattern[str] | None:
    """
    None if Python cannot read the expression, or reads it in another way.

    GitHub's are RE2's. One that is not read refuses nothing here, and is about no name.
    """
    if "[:" in expression:
        return None
    try:
        return re.compile(expression)
    except (re.error, OverflowError, RecursionError):
        return None
