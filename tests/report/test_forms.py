"""The report: everything is told, nothing that people wrote is markup, nothing comes from elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from release_story import story

from contd_release.records.samples import HealthVerdict, Rate, Sample
from contd_release.report import forms, words
from contd_release.report.rate_picture import BOTTOM, LEFT, RIGHT, TOP, plot
from contd_release.report.timeline import timeline

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></svg><iframe src=//evil.example>",
    "{{ 7 * 7 }}{% raw %}",
    "| a | b\n\n# head\n- [link](https://evil.example) ![x](https://evil.example/x.png) `code` @everyone",
    "<!-- <a href='javascript:alert(1)'>",
    "turned \u202e around, \x1b[31mred\x1b[0m, bell \x07",
    "[x]: https://evil.example\n[x] <https://evil.example> $a$ &lt;b&gt; ~~x~~ **b**",
]


class Seen(HTMLParser):
    """The elements of a page, and the values of their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


PLAIN = Seen(forms.html(story()))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_is_text_on_the_page(text: str) -> None:
    """The page has the very elements that it has with harmless words."""
    seen = Seen(forms.html(story(text)))

    assert PLAIN.elements == seen.elements
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in ("href", "src", "style")]


@given(st.text(max_size=60))
def test_no_text_becomes_an_element(text: str) -> None:
    """Whatever it is."""
    page = forms.html(story(text))

    assert PLAIN.elements == Seen(page).elements
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page)


def test_nothing_comes_from_elsewhere() -> None:
    """No script, no link, no font, no picture from outside; the page says so to the browser as well."""
    page = forms.html(story())

    assert not {"script", "link", "img", "iframe", "a", "use", "image"} & {*PLAIN.elements}
    assert not re.search(r"https?:|url\(|@import", page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_is_text_in_markdown(text: str) -> None:
    """Rendered, it has no link, no picture, no HTML and no head that is not ours."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    kinds = [Seen(rendered.render(forms.markdown(story(one)))).elements for one in ("some text", text)]

    assert kinds[0] == kinds[1]


def test_everything_is_told_in_each_form() -> None:
    """Digests, commit, verdict, proof, announcements, persons, retries: in HTML, Markdown and JSON."""
    told = story("some text")
    for form in (forms.html, forms.markdown, forms.as_json):
        page = form(told)
        for what in ("a" * 64, "c" * 64, "1" * 40, "2" * 64, "propose rollback"):
            assert what in page, (form, what)
    found = json.loads(forms.as_json(told))
    assert (
        found["schema"],
        found["verdict"],
        found["version"],
        len(found["samples"]),
        found["announcements"][0]["outcome"],
    ) == (1, "hold", "1.2.0", 6, "sent")


def test_an_empty_story_says_so() -> None:
    """A release that was only begun: each section says that there is nothing."""
    empty = replace(
        story(how="under way"), artifacts=(), places=(), rows=(), proofs=(), announcements=(), persons=(), retries=()
    )
    empty = replace(empty, timeline=timeline(()), samples=(), commit="", seal="", ended="")
    assert forms.html(empty).count('class="nothing"') == 9
    for what in ("none yet", "nothing is sealed", "Nobody has looked"):
        assert what in forms.html(empty)
        assert what in forms.markdown(empty)


def test_the_plot_breaks_where_there_was_no_data() -> None:
    """A look without a value stands on the axis, and no line goes through it."""
    found = plot([_sample(index, value) for index, value in enumerate((0.1, 0.2, None, 0.1))])
    assert found is not None

    assert [one.is_known for one in found.dots] == [True, True, False, True]
    assert (len(found.lines), found.dots[2].y) == (2, BOTTOM)
    assert all(LEFT <= one.x <= RIGHT and TOP <= one.y <= BOTTOM for one in found.dots)


def test_one_look_and_no_look() -> None:
    """One stands in the middle; without any value there is no plot."""
    found = plot([_sample(0, 0.0)])
    assert found is not None
    assert found.dots[0].x == (LEFT + RIGHT) / 2
    assert plot([Sample("1.2.0", "2027-01-15T08:00:00+00:00")]) is None


def _sample(index: int, value: float | None) -> Sample:
    rate = Rate(value, 0.1, 0.15) if value is not None else None
    return Sample("1.2.0", f"2027-01-15T08:0{index}:00+00:00", HealthVerdict.HOLD, rate=rate)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (10, "10 s"),
        (59.7, "1 min"),
        (61, "1 min 1 s"),
        (7380, "2 h 3 min"),
        (9e4, "1 d 1 h"),
    ],
)
def test_durations(seconds: float, expected: str) -> None:
    """In the two largest units."""
    assert expected == words.span(seconds)
