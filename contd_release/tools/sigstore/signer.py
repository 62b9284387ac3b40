"""
The signer of a file: the workflow that its certificate names.

https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ISSUER: Final = "https://token.actions.githubusercontent.com"
LONGEST: Final = 200
_FULCIO: Final = "1.3.6.1.4.1.57264.1."
_CONFIG: Final = re.compile(r"https://github\.com/([^/]+/[^/]+)/\.github/workflows/([^/@]+)@(.+)")


@dataclass(frozen=True)
class Signer:
    """
    Who signed, as a certificate says it.

    Args:
        repository: `OWNER/NAME` on GitHub; the whole address elsewhere.
        workflow: its file in `.github/workflows`.
        issuer: the service that vouched for the workflow.
    """

    repository: str
    workflow: str
    commit: str
    issuer: str = ISSUER

    def __str__(self) -> str:
        where = "" if self.issuer == ISSUER else f", by {self.issuer or 'no issuer'}"
        what = f"{self.workflow or 'no workflow'} of {self.repository or 'no repository'}"
        return f"{what[:LONGEST]} at {self.commit[:12]}{where[:LONGEST]}"

    def is_same(self, other: Signer) -> bool:
        """Whether both are one workflow at one commit; GitHub knows a repository in any spelling of capital letters."""
        return (self.repository.lower(), self.workflow, self.commit, self.issuer) == (
            other.repository.lower(),
            other.workflow,
            other.commit,
            other.issuer,
        )


def signer_of(found: Mapping[str, str]) -> Signer:
    """The signer that the extensions of a certificate name, by object identifier."""
    claims = {key.removeprefix(_FULCIO): value for key, value in found.items()}
    config = _CONFIG.fullmatch(claims.get("18", ""))
    repository = claims.get("12", "").removeprefix("https://github.com/")
    # The file of the workflow and the code that it builds are of one repository, unless somebody else's file signed.
    workflow = f"{config[2]}" if config and config[1] == repository else claims.get("18", "")
    return Signer(repository, workflow, claims.get("13", ""), claims.get("8", ""))
