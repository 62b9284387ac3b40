"""A news fragment for what you just changed, and the check that a pull request has one."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.process.edge import edge
from contd_release.tasks.optional import WithOptionalWord


@task(
    klass=WithOptionalWord,
    positional=["text"],
    help={
        "text": "what changed, in a sentence for users; on a terminal it is asked for when absent",
        "type": "breaking, security, feature, bugfix, deprecation, removal, doc or misc; feature when absent",
        "issue": "the number of the issue or pull request",
        "from-pr": "take text, type and number from this pull request on GitHub: its title and its labels",
        "check": "write nothing; check that this branch adds a fragment, and show what the changelog will say",
        "since": "with --check: the branch that the pull request goes into, such as origin/main",
        "optional": "with --check: the branch may add none",
    },
)
def news(
    c: Context,
    text: str = "",
    type: str = "",  # noqa: A002
    issue: str = "",
    from_pr: str = "",
    check: bool = False,
    since: str = "",
    optional: bool = False,
) -> None:
    """Add a changelog fragment: `invoke news "…" --type bugfix --issue 12`."""
    with edge():
        if check:
            from contd_release.procedures.news.pull_request import check as check_fragments

            check_fragments(since, is_optional=optional)
        else:
            from contd_release.procedures.news.news import Wanted, add_fragment

            add_fragment(Wanted(text, type, issue), from_pr)
