"""A page of a package index is read by type, in JSON and in HTML; an odd one is no answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from odd_server import Odd, serving

from contd_release.errors import Unanswered
from contd_release.tools import pypi

LINK = f'<a href="/files/a.whl#sha256={"a" * 64}">a.whl</a>'


@pytest.fixture(name="odd", scope="module")
def _odd() -> Iterator[Odd]:
    with serving() as odd:
        yield odd


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (f"<!DOCTYPE html><html><body>{LINK}</body></html>", ["a.whl"]),
        ("<!DOCTYPE html><html><body></body></html>", []),
        (f"{LINK}<br>{LINK.replace('a.whl', 'b.whl')}", ["a.whl", "b.whl"]),
        (f'<meta name="pypi:repository-version" content="1.3">{LINK}', ["a.whl"]),
        ("<a>no address</a>", []),
        ('<a href="http://[/a.whl">a.whl</a>', ["a.whl"]),
    ],
)
def test_a_page_is_read(odd: Odd, body: str, names: list[str]) -> None:
    """The files are the links of the page."""
    odd.body, odd.headers = body.encode(), {"Content-Type": "text/html"}
    assert sorted(pypi.files(odd.project)) == names


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        "ok",
        "null",
        '{"files": []}',
        '<meta name="pypi:repository-version" content="2.0">',
        f'<meta name="pypi:repository-version" content="{"9" * 5000}">',
        '<meta name="pypi:repository-version" content="\x1b]0;x\x07">',
        f'<a href="/files/a.whl#sha256={"a" * 63}">a.whl</a>',
        '<a href="/files/a.whl#sha256=\x1b[2J">a.whl</a>',
        f"{LINK}<a href='/files/",
        f"{LINK}<!-- ",
        "<![CDATA[",
        "<![if",
    ],
)
def test_an_odd_page_is_no_answer(odd: Odd, body: str) -> None:
    """An empty page, other text, a version to come, a digest that is none, a page that is cut off."""
    odd.body, odd.headers = body.encode(), {"Content-Type": "text/html"}
    with pytest.raises(Unanswered) as raised:
        pypi.files(odd.project)
    assert len(str(raised.value)) < 400
    assert str(raised.value).replace("\n", "").isprintable()


def test_a_page_of_html_has_a_limit_of_its_own(odd: Odd) -> None:
    """The parser of HTML is slow on odd pages; two megabytes are ten thousand files."""
    odd.body, odd.headers = f"{LINK}{' ' * (2 << 20)}".encode(), {"Content-Type": "text/html"}
    with pytest.raises(Unanswered, match="sent more than 2097152 bytes of HTML"):
        pypi.files(odd.project)
