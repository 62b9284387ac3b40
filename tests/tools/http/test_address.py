"""Where a reply may lead: to public hosts over HTTPS, and on this machine only from this machine."""

from __future__ import annotations

import pytest

from contd_release.errors import Unanswered
from contd_release.tools.http import safely_joined

HERE, PUBLIC = "http://127.0.0.1:8080/a/b", "https://index.example/a/b"


@pytest.mark.parametrize(
    ("target", "location", "to"),
    [
        (PUBLIC, "c", "https://index.example/a/c"),
        (PUBLIC, "https://files.example/c", "https://files.example/c"),
        (HERE, "/c", "http://127.0.0.1:8080/c"),
        (HERE, "https://files.example/c", "https://files.example/c"),
    ],
)
def test_a_reply_leads_to_a_safe_place(target: str, location: str, to: str) -> None:
    """A path on the same host, another public host, or this machine if it is this machine that answered."""
    assert safely_joined(target, location) == to


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("http://127.0.0.1:8080/c", "http://127.0.0.1:8080"),
        ("http://localhost/c", "http://localhost"),
        ("https://[::1]/c", "https://[::1]"),
        ("http://files.example/c", "http://files.example"),
        ("https://10.0.0.1/c", "https://10.0.0.1"),
        ("file:///etc/passwd", "nowhere"),
        ("https://files.example/\x1b[2J", "https://files.example"),
        ("https://files.example/c\rd", "https://files.example"),
        (f"https://files.example/{'c' * 8000}", "https://files.example"),
    ],
)
def test_a_reply_that_leads_elsewhere_is_no_answer(location: str, shown: str) -> None:
    """A public host leads neither into this machine nor into a private network, and its URL is one that can be sent."""
    with pytest.raises(Unanswered) as caught:
        safely_joined(PUBLIC, location)
    assert caught.value.what_is == f"https://index.example redirected to {shown}"
