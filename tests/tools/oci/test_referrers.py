"""Whatever a registry lists as attached to a digest, it is an answer or none, and never a traceback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from odd_server import Odd, serving

from contd_release.errors import ReleaseError, Unanswered
from contd_release.tools.github import attestations
from contd_release.tools.oci import referrers

DIGEST = f"sha256:{'a' * 64}"
KIND = "application/x.a"
BODIES = (
    *(b"", b"[]", b"null", b"3", b"{}", b"[" * 100_000, b'{"manifests": 3}', b'{"manifests": [null]}'),
    *(b'{"manifests": [{"digest": 3}]}', b'{"manifests": [{"digest": "x", "annotations": 3}]}'),
    *(b'{"attestations": 3}', b'{"attestations": [3]}'),
)


@pytest.fixture(name="odd", scope="module")
def _odd() -> Iterator[Odd]:
    with serving() as odd:
        yield odd


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:40].decode())
def test_a_list_of_another_shape_is_no_answer(odd: Odd, body: bytes) -> None:
    """Neither "nothing is attached" nor a traceback; the same holds for GitHub's list of attestations."""
    odd.body, odd.headers = body, {}
    for ask in (
        lambda: referrers.referrers(odd.repository(), DIGEST, KIND),
        lambda: attestations.bundles(odd.github, DIGEST),
    ):
        with pytest.raises(Unanswered) as raised:
            ask()
        assert len(str(raised.value)) < 1000


@pytest.mark.parametrize("digest", ["", "../../x", "sha512:1", "sha256:" + "A" * 64])
def test_an_entry_that_names_no_digest_is_not_fetched(odd: Odd, digest: str) -> None:
    """What a list names becomes a part of an address only if it is a digest."""
    with pytest.raises(ReleaseError, match="is not a digest we can check"):
        referrers.content(odd.repository(), referrers.Referrer(digest, KIND, {}), 9)


def test_the_next_page_is_on_the_registry(odd: Odd) -> None:
    """A link that leads elsewhere is no answer."""
    odd.body, odd.headers = b'{"manifests": []}', {"Link": "<http://10.0.0.1/x>"}
    with pytest.raises(Unanswered):
        referrers.referrers(odd.repository(), DIGEST, KIND)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_not_an_empty_list(odd: Odd, status: int) -> None:
    """A registry that does not let us look has not said that nothing is attached."""
    odd.body, odd.headers, odd.status = b"{}", {}, status
    try:
        with pytest.raises(Unanswered):
            referrers.referrers(odd.repository(), DIGEST, KIND)
    finally:
        odd.status = 200
