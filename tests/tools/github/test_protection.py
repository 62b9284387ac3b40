"""The patterns of GitHub's rulesets: which names they are about."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from odd_server import Odd, serving

from contd_release.tools.github import protection


@pytest.fixture(name="odd", scope="module")
def _odd() -> Iterator[Odd]:
    with serving() as odd:
        yield odd


def refusing(odd: Odd, include: str, **parameters: object) -> bool:
    """Whether a ruleset refuses the tag v1.2.0: its patterns of names, and the pattern that tags must have."""
    kind = "tag_name_pattern" if parameters else "creation"
    ruleset = {
        "name": "ours",
        "conditions": {"ref_name": {"include": [include], "exclude": []}},
        "rules": [{"type": kind, "parameters": parameters}],
    }
    odd.body = json.dumps([{"id": 7, "enforcement": "active"}]).encode()
    odd.others = {"/rulesets/7": json.dumps(ruleset).encode()}
    return bool(protection.refusing_tag(protection.of_tag(odd.github, "v1.2.0"), "v1.2.0"))


@pytest.mark.parametrize(
    ("include", "is_about"),
    [
        ("~ALL", True),
        ("refs/tags/*", True),
        ("refs/tags/v[0-9]*", True),
        ("refs/tags/v[!0-9]*", False),
        ("refs/tags/v[^0-9]*", False),
        ("refs/tags/v[^a-z]*", True),
        ("refs/**/v*", True),
        ("refs/heads/*", False),
        ("refs/tags/[z-a]*", False),
        ("refs/tags/[]*", False),
        ("refs/tags/[[:alpha:]", False),
        ("**/" * 1000 + "x", False),
        ("refs/tags/" + "*" * 1000 + "x", False),
        ("refs/tags/" + "*." * 3 + "*0", False),
    ],
)
def test_the_names_that_a_ruleset_is_about(odd: Odd, include: str, is_about: bool) -> None:
    """As Ruby's fnmatch reads them, in no time; one that cannot be read is about no name."""
    assert refusing(odd, include) is is_about


@pytest.mark.parametrize(
    ("pattern", "negate", "is_refused"),
    [
        (r"^v\d", False, False),
        (r"^release-", False, True),
        (r"(?i)^V", False, False),
        (r"(?i)^V", True, True),
        (r"(?i)^x", True, False),
        ("[z-a]", False, False),
        ("^[[:alpha:]]", False, False),
        ("(", True, False),
        ("a{99999999999999999999}", False, False),
        ("(" * 5000 + ")" * 5000, False, False),
    ],
)
def test_what_the_name_of_a_tag_must_be_like(odd: Odd, pattern: str, negate: bool, is_refused: bool) -> None:
    """A pattern that Python cannot read refuses nothing here: GitHub says so when the tag is pushed."""
    assert refusing(odd, "~ALL", operator="regex", pattern=pattern, negate=negate) is is_refused
