"""A news fragment for what you just changed."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge


@task(
    positional=["text"],
    help={
        "text": "what changed, in a sentence for users",
        "type": "breaking, security, feature, bugfix, deprecation, removal, doc or misc",
        "issue": "the number of the issue or pull request",
    },
)
def news(c: Context, text: str, type: str = "feature", issue: str = "") -> None:  # noqa: A002
    """Add a changelog fragment: `invoke news "…" --type bugfix --issue 12`."""
    with edge():
        from contd_release.procedures.news import add_fragment

        add_fragment(text, type, issue)
