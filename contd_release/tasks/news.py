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
        from contd_release.console import reporting
        from contd_release.prepare.fragments import add
        from contd_release.procedures.selection import here

        path = add(here(), text, type, issue)
        reporting(as_json=False).says(f"{path} is written, of type {type}; commit it with the change")
