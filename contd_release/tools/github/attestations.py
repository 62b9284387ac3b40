"""
The attestations that GitHub keeps for a file.

https://docs.github.com/rest/repos/attestations
"""

from __future__ import annotations

import json
from typing import Final

from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.replies import answered
from contd_release.tools.http import MEBIBYTE, Budget, Limits

# What `actions/attest` states of a build; https://slsa.dev/spec/v1.1/provenance
PROVENANCE: Final = "https://slsa.dev/provenance/v1"
_MOST: Final = "100"
_LIST: Final = Limits(size=8 * MEBIBYTE, total=16 * MEBIBYTE, pages=1)


def bundles(repository: GitHubRepository, digest: str) -> tuple[bytes | None, ...]:
    """
    The sigstore bundles about how a digest was built, newest first; None for each that GitHub lists without its bytes.

    Raises:
        Unanswered: GitHub did not say.
    """
    url = repository.path(f"/attestations/{digest}")
    params = {"per_page": _MOST, "predicate_type": PROVENANCE}
    reply = repository.http.ask(url, params=params, budget=Budget(_LIST))
    if reply.status == 404:
        return ()
    listed = answered(reply, f"the attestations of {digest[:19]}").node().at("attestations").items()
    found = [one.get("bundle") for one in listed]
    return tuple(json.dumps(one.value).encode() if one else None for one in found)
