"""
How a registry wants a login: itself, or as a token from a place that it names, its realm.

A realm elsewhere would learn the password, so it has to be the registry's own, a well-known or a named one.
https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final

from contd_release.errors import Unanswered
from contd_release.process.redaction import Secret
from contd_release.project.rules import is_safe_url
from contd_release.tools.http import Http, Limits, Refused, Reply, origin, refused
from contd_release.tools.oci.login import PASSWORD, USERNAME, Login

REALM: Final = "CONTD_REGISTRY_REALM"
_WELL_KNOWN: Final = {
    "https://registry-1.docker.io": "https://auth.docker.io",
    "https://registry.gitlab.com": "https://gitlab.com",
}
# A token goes into a header, of which servers read some thousand bytes.
_LIMITS: Final = Limits(size=1 << 16, seconds=60)
_PARAMETER: Final = re.compile(r'(\w+)="([^"]*)"')
_EXPORT: Final = f"export {USERNAME}=… {PASSWORD}=…"


def authorization(challenged: Reply, registry: str, scope: str, who: Login | None) -> Secret:
    """
    What to send as `Authorization` after this 401, for a scope such as `repository:owner/app:pull`.

    Args:
        registry: the URL of the registry that was asked.

    Raises:
        Refused: the registry wants a login that we do not have, or refuses the one we have.
        Unanswered: it does not say, or names a place that may not get the login.
    """
    kind, _, rest = challenged.headers.get("WWW-Authenticate", "").partition(" ")
    said = dict(_PARAMETER.findall(rest))
    if kind.lower() == "bearer" and said.get("realm"):
        _refuse_elsewhere(said["realm"], registry, has_login=who is not None)
        return Secret(f"Bearer {_token(said['realm'], said.get('service', ''), scope, who)}")
    if who is None:
        raise Refused(
            f"{origin(challenged.url)} wants a login, and there is none for {scope}",
            expected=f"{USERNAME} and {PASSWORD} in the environment, or a login that docker keeps",
            type_next=_EXPORT,
        )
    return who.header


def is_trusted(realm: str, registry: str, environ: Mapping[str, str] | None = None) -> bool:
    """
    Whether a place for tokens may get the login of a registry.

    Args:
        realm: its URL.
        registry: the URL of the registry.
    """
    named = (os.environ if environ is None else environ).get(REALM, "")
    ours = origin(registry)
    return is_safe_url(realm) and origin(realm) in {ours, _WELL_KNOWN.get(ours), origin(named)}


def _refuse_elsewhere(realm: str, registry: str, *, has_login: bool) -> None:
    if not is_safe_url(realm):
        raise Unanswered(
            f"{origin(registry)} sends us to {origin(realm) or 'no host'} for a token",
            expected="https:// to a public host",
        )
    if has_login and not is_trusted(realm, registry):
        raise Unanswered(
            f"{origin(registry)} sends us to {origin(realm)} for a token, which may not get the login",
            expected=f"a place for tokens on {origin(registry)} itself",
            type_next=f"export {REALM}={origin(realm)}   (if you trust it with the login)",
        )


def _token(realm: str, service: str, scope: str, who: Login | None) -> str:
    http = Http(realm, headers={"Authorization": who.header} if who else {}, limits=_LIMITS)
    reply = http.ask(realm, params={"scope": scope} | ({"service": service} if service else {}))
    refused(reply, scope, type_next=_EXPORT)
    found = reply.node() if reply.status == 200 else None
    token = (found.text_of("token") or found.text_of("access_token")) if found else ""
    if not token:
        raise Unanswered(f"{reply.url} answered {reply.status} without a token", expected=f"a token for {scope}")
    if not (token.isascii() and token.isprintable()):
        raise Unanswered(f"{reply.url} answered with a token that no header can carry", expected="letters and digits")
    return token
