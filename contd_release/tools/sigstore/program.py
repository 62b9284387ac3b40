"""
Signs one statement with sigstore, in a process of its own.

sigstore-python waits for its servers without a limit, so the process that calls this one ends it. This file imports
nothing of this package.

It reads a JSON object on standard input, with the `statement`, the identity `token` and the paths `trusted_root` and
`signing_config` of a sigstore instance, and prints a bundle. Both paths are empty for the public instance.

https://sigstore.github.io/sigstore-python/api/sign
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    """Sign what standard input says."""
    logging.disable(logging.CRITICAL)
    asked = json.load(sys.stdin)
    from sigstore.dsse import Statement
    from sigstore.oidc import IdentityToken
    from sigstore.sign import SigningContext

    context = SigningContext.from_trust_config(_instance(asked))
    with context.signer(IdentityToken(asked["token"])) as signer:
        bundle = signer.sign_dsse(Statement(asked["statement"].encode()))
    sys.stdout.write(bundle.to_json())
    return 0


def _instance(asked: dict[str, str]) -> Any:
    from sigstore.models import ClientTrustConfig

    if not asked["trusted_root"]:
        return ClientTrustConfig.production()
    parts = {
        "mediaType": ClientTrustConfig.ClientTrustConfigType.CONFIG_0_1.value,
        "trustedRoot": json.loads(Path(asked["trusted_root"]).read_bytes()),
        "signingConfig": json.loads(Path(asked["signing_config"]).read_bytes()),
    }
    return ClientTrustConfig.from_json(json.dumps(parts))


if __name__ == "__main__":
    sys.exit(main())
