"""Whatever the headers of a registry say, they lead nowhere else and end with no traceback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from odd_server import Odd, serving

from contd_release.errors import ReleaseError, Unanswered
from contd_release.tools.http import Reply
from contd_release.tools.oci import upload
from contd_release.tools.oci.token import authorization
from contd_release.tools.oci.upload import Bytes

VALUES = (
    *("", "x", "\t", "<>", "<", "<\x1b[2J>", "<http://[>", "<http://10.0.0.1/x>", "<file:///etc/passwd>"),
    *(
        "<//host:port/>",
        "<https://example.invalid:99999/>",
        "<http://user:password@127.0.0.1/>",
        "a" * 60_000,
        "9" * 60_000,
    ),
)


@pytest.fixture(name="odd", scope="module")
def _odd() -> Iterator[Odd]:
    with serving() as odd:
        yield odd


@pytest.mark.parametrize("value", VALUES)
def test_the_next_page_of_tags_is_on_the_registry(odd: Odd, value: str) -> None:
    """A link that leads elsewhere, or nowhere, is no answer; one that is empty or cut off ends the list."""
    odd.body, odd.headers = b'{"tags": ["1.0.0"]}', {"Link": value}
    leads = value.startswith("<") and len(value) > 2
    if leads:
        with pytest.raises(Unanswered) as raised:
            odd.repository().tags()
        _is_short(raised.value)
    else:
        assert odd.repository().tags() == ("1.0.0",)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", ["Location", "Range", "Docker-Content-Digest", "WWW-Authenticate", "Retry-After"])
def test_no_header_ends_with_a_traceback(odd: Odd, name: str, value: str) -> None:
    """Each header that the client reads, in each reply that it gets."""
    where = value.strip("<>")
    repository = odd.repository()
    reads: tuple[Callable[[], object], ...] = (
        lambda: repository.digest("1.0.0"),
        lambda: upload.begin(repository),
        lambda: upload.resumed(repository, f"{odd.url}v2/x"),
        lambda: upload.send(repository, Bytes(b"x"), upload.Upload(where)),
    )
    outcomes: list[str] = []
    for status in (200, 202, 204, 401):
        odd.body, odd.headers, odd.status = b"", {name: where}, status
        for read in reads:
            try:
                outcomes.append(str(read()))
            except ReleaseError as error:
                _is_short(error)
                outcomes.append(type(error).__name__)
    odd.status = 200
    assert len(outcomes) == 4 * len(reads)
    # A refused login is never an answer.
    assert set(outcomes[-len(reads) :]) <= {"Refused", "Unanswered", "Usage"}


def _is_short(error: ReleaseError) -> None:
    assert len(str(error)) < 600, str(error)[:1000]
    assert str(error).replace("\n", "").isprintable(), repr(str(error))


@pytest.mark.parametrize("token", ["a\r\nX-Admin: yes", "caf\u00e9", "a\x00b"])
def test_a_token_that_no_header_can_carry_is_no_answer(odd: Odd, token: str) -> None:
    """A realm cannot put another header into our requests."""
    odd.body, odd.headers = json.dumps({"token": token}).encode(), {}
    challenged = Reply(odd.url, 401, {"WWW-Authenticate": f'Bearer realm="{odd.url}token"'}, b"")
    with pytest.raises(Unanswered, match="a token that no header can carry"):
        authorization(challenged, odd.url, "repository:owner/app:pull", None)
