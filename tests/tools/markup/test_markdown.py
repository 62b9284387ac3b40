"""Anybody's Markdown, as text that does nothing but be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contd_release.tools.markup import markdown

HOSTILE = st.lists(
    st.sampled_from(
        ["@everyone", "@here", "<@123456>", "<@&1>", "<!channel>", "<!here|here>", "\uff20ada", "@ada@example.org",
         "<script>alert(1)</script>", "[x](javascript:alert(1))", "[x](JaVa\nScript:1)", "![i](https://evil/x.png)",
         "<img src=x onerror=1>", "\u202e", "\u2066", "\x1b[2J", "\x00", "&lt;b&gt;", "`", "```", "\n", "- ", "# ",
         "> ", "**", "_", "[", "](", ")", "\\", "<https://a/>", "https://a/@everyone", "data:text/html,x", "1. ", "\t",
         "[https://good](https://evil)", "\r", "{{ 7*7 }}", "${HOME}", "$(id)", "ada", "é", "漢", "🎉"]
    )
).map("".join)  # fmt: skip
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@given(HOSTILE)
def test_chats_call_nobody(notes: str) -> None:
    """Whatever is put together: no mention, no tag, no hidden character is left, as plain text and as Markdown."""
    for text in (markdown.plain(notes), markdown.chat(notes), markdown.quiet(notes)):
        assert not re.search(r"[@\uff20](everyone|here)", text)
        assert not re.search(r"(?<![\w/])[@\uff20]\w", text)
        assert not re.search(r"<[@!#&a-zA-Z/]", text)
        assert not UNSEEN.search(text)


@given(HOSTILE)
def test_pages_run_nothing(notes: str) -> None:
    """Whatever is put together: the HTML has only the tags of prose, and only harmless addresses."""
    html = markdown.html(notes)

    tags = set(re.findall(r"</?([a-zA-Z][a-zA-Z0-9]*)", html))
    assert tags <= {"p", "ul", "ol", "li", "strong", "em", "code", "pre", "a", "br", "hr", "blockquote",
                    "h1", "h2", "h3", "h4", "h5", "h6"}  # fmt: skip
    assert not re.search(r"href=\"(?!https?:|mailto:|[^:\"]*\")", html)
    assert not re.search(r"<[^>]* on\w+=", html)
    assert not UNSEEN.search(html)


@given(st.text())
def test_any_text_is_taken(notes: str) -> None:
    """No text breaks the three ways of writing it."""
    assert isinstance(markdown.plain(notes) + markdown.chat(notes) + markdown.html(notes), str)


WRITTEN = [
    # notes, plain, chat
    ("### Added\n\n- One\n- Two\n", "Added\n\n- One\n- Two", "**Added**\n\n- One\n- Two"),
    ("- One\n\n  more\n- Two\n  - Inner\n", "- One\n  more\n- Two\n  - Inner", "- One\n  more\n- Two\n  - Inner"),
    ("1. One\n2. Two\n", "1. One\n2. Two", "1. One\n2. Two"),
    ("See [the guide](https://a.b/c_d).", "See the guide (https://a.b/c_d).", "See the guide (https://a.b/c_d)."),
    ("[https://good](https://evil)", "https://good (https://evil)", "https://good (https://evil)"),
    ("<https://a.b/c>", "https://a.b/c", "https://a.b/c"),
    ("`List<int>` and **bold** and *it*", "List<\u200bint> and bold and it", "`List<\u200bint>` and **bold** and it"),
    ("snake_case and 2 \\* 3", "snake_case and 2 * 3", "snake\\_case and 2 \\* 3"),
    ("Mail ada@example.org", "Mail ada@example.org", "Mail ada@example.org"),
    ("Thanks @ada, @everyone!", "Thanks @\u200bada, @\u200beveryone!", "Thanks @\u200bada, @\u200beveryone!"),
    (
        "@everyone@everyone<https://a/>",
        "@\u200beveryone@\u200beveryonehttps://a/",
        "@\u200beveryone@\u200beveryonehttps://a/",
    ),
    ("a < b && c > d", "a < b && c > d", "a < b && c > d"),
    ("```python\n@app\nx = `1`\n```\n", "@\u200bapp\nx = `1`", "```\n@\u200bapp\nx = `1`\n```"),
    ("[x](javascript:alert)", "[x](javascript:alert)", "\\[x\\](javascript:alert)"),
    ("\\# no heading\n\n\\- no list", "# no heading\n\n- no list", "\\# no heading\n\n\\- no list"),
    ("", "", ""),
]


@pytest.mark.parametrize(("notes", "plain", "chat"), WRITTEN)
def test_notes_read_well(notes: str, plain: str, chat: str) -> None:
    """What contributors write is readable at both kinds of places."""
    assert (plain, chat) == (markdown.plain(notes), markdown.chat(notes))


@pytest.mark.parametrize(
    ("notes", "shown"),
    [
        ("Thanks, @ada and @owner/team!", "Thanks, @\u200bada and @\u200bowner/team!"),
        ("`@decorated` and @ada", "`@decorated` and @\u200bada"),
        ("```python\n@decorated\ndef f(): ...\n```\n@ada", "```python\n@decorated\ndef f(): ...\n```\n@\u200bada"),
        ("\\`@ada`", "\\`@\u200bada`"),
        ("`a\n@ada`", "`a\n@\u200bada`"),
        ("write to a@example.com, <details>", "write to a@example.com, <details>"),
        ("left\u202eright\u2066 \x1b[2J", "leftright [2J"),
        ("_@ada_ and either/@ada", "_@\u200bada_ and either/@\u200bada"),
        ("&#64;ada &#x40;ada &commat;ada", "&#64;\u200bada &#x40;\u200bada &commat;\u200bada"),
        ("https://medium.com/@ada, [a](https://b.org)@ada", "https://medium.com/@ada, [a](https://b.org)@\u200bada"),
        ("https://@ada", "https://@\u200bada"),
    ],
)
def test_the_markdown_itself_notifies_no_person(notes: str, shown: str) -> None:
    """GitHub makes no mentions in code; all else is kept."""
    assert markdown.calling_nobody(notes) == shown


@pytest.mark.parametrize(
    "notes",
    [
        '<a title="`">@ada</a> `x`',
        "<div>\n```\n@ada\n```\n</div>",
        "```\ncode\n````\n@ada\n```\nx\n```",
        "<https://a.org/`> @ada `",
        "`a\nb` @ada `c`",
    ],
)
def test_what_only_looks_like_code_notifies_no_person(notes: str) -> None:
    """GitHub shows these mentions as text; every `@` has an invisible space behind it."""
    assert markdown.calling_nobody(notes) == notes.replace("@", "@\u200b")
