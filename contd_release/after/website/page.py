"""The page of one release: no script, nothing fetched from elsewhere, tags in the notes shown as text."""

from __future__ import annotations

from html import escape
from typing import Final

from contd_release.after.website.record import Record
from contd_release.tools.markup import markdown

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<link rel="alternate" type="application/atom+xml" href="../feed.xml" title="Releases">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }}
code {{ font-size: .9em; overflow-wrap: anywhere }}
.withdrawn {{ border-left: .3rem solid #c33; padding: .2rem 1rem }}
</style>
</head>
<body>
<h1>{title}</h1>
<p><time datetime="{date}">{date}</time>{source}</p>
{withdrawn}{notes}{artifacts}</body>
</html>
"""


def html(project: str, record: Record) -> str:
    """The page."""
    source = f' · <a href="{escape(record.link)}">source</a>' if record.link.startswith("https://") else ""
    rows = "".join(f"<li><code>{escape(one.name)}<br>sha256 {escape(one.sha256)}</code></li>\n"
                   for one in record.artifacts)  # fmt: skip
    withdrawn = f'<div class="withdrawn">\n<p>Withdrawn.</p>\n{markdown.html(record.withdrawn)}</div>\n'
    return _PAGE.format(
        title=escape(markdown.seen(f"{project} {record.version}")),
        date=escape(record.date),
        source=source,
        withdrawn=withdrawn if record.withdrawn else "",
        notes=markdown.html(record.notes),
        artifacts=f"<h2>Files</h2>\n<ul>\n{rows}</ul>\n" if rows else "",
    )
