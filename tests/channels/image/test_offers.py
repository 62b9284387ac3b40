"""The image's tags, as `invoke watch` compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.channels.image import channel as image
from contd_release.channels.offer import Offer

if TYPE_CHECKING:
    from image_bench import Bench

pytestmark = pytest.mark.usefixtures("impatient", "alone")


def test_every_tag_is_listed_with_its_digest(bench: Bench) -> None:
    """The version, and the tags that move, which state no version."""
    assert list(image.offers(bench.release.project)) == []
    digest = bench.seal().artifacts[0].digest
    bench.walk("stage", "publish", "promote")
    assert sorted(image.offers(bench.release.project)) == sorted(
        [Offer("image", tag, digest) for tag in ("1", "1.2", "latest")] + [Offer("image", "1.2.0", digest, "1.2.0")]
    )
