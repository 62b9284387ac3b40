"""The forms of a report: one HTML page with nothing outside it, Markdown, and JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Final

from contd_release.report import words
from contd_release.report.rate_picture import plot
from contd_release.report.story import Story
from contd_release.report.timeline_picture import picture

if TYPE_CHECKING:
    from jinja2 import Environment

SCHEMA: Final = 1


def html(story: Story) -> str:
    """The page. Everything that people wrote is text in it, never markup."""
    template = _environment().get_template("report.html.jinja")
    return template.render(story=story, timeline=picture(story.timeline), plot=plot(story.samples))


def markdown(story: Story) -> str:
    """The same as Markdown, without the pictures."""
    return _environment().get_template("report.md.jinja").render(story=story)


def as_json(story: Story) -> str:
    """The same for machines."""
    document = asdict(story) | {"schema": SCHEMA, "verdict": story.verdict}
    document["rows"] = [asdict(one.seen) | {"channel": one.channel, "name": one.name, "built": one.built,
                                        "verdict": one.seen.verdict.value} for one in story.rows]  # fmt: skip
    document["samples"] = [asdict(one) | {"verdict": one.verdict.value} for one in story.samples]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@cache
def _environment() -> Environment:
    """The templates; everything but Markdown, which has its own filter, escapes by itself."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    found = Environment(
        loader=PackageLoader("contd_release", "report/templates"),
        autoescape=select_autoescape(("html.jinja", "svg.jinja"), ("md.jinja",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {"span": words.span, "visible": words.visible, "cell": words.cell, "cut": words.cut}
    return found
