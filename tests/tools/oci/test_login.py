"""The login of a registry goes to that registry, and to a place for tokens that somebody of ours has named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import token_server
from token_server import TokenServer

from contd_release.errors import Unanswered
from contd_release.process.redaction import Secret
from contd_release.tools.helm import registry
from contd_release.tools.oci import login, token
from contd_release.tools.oci.login import Login
from contd_release.tools.oci.repository import OciRepository

PASSWORD = "CaNaRy7 horse"
ENVIRON = {"CONTD_REGISTRY_USERNAME": "me", "CONTD_REGISTRY_PASSWORD": PASSWORD}


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TokenServer, TokenServer]]:
    """A registry that we have a login for, and another server on this machine."""
    monkeypatch.delenv("CONTD_REGISTRY_REALM", raising=False)
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    with token_server.serving() as ours, token_server.serving() as other:
        monkeypatch.setenv("CONTD_REGISTRY", ours.host)
        yield ours, other


def test_a_token_comes_from_the_registry_itself(servers: tuple[TokenServer, TokenServer]) -> None:
    """The usual case: the place for tokens has the registry's own origin."""
    ours, _ = servers
    assert OciRepository.named(f"{ours.host}/owner/app").digest("1.2.0") is None
    assert {"Basic", "Bearer"} == ours.credentials


def test_the_login_goes_to_no_other_host(servers: tuple[TokenServer, TokenServer]) -> None:
    """A registry that names another place for tokens is told nothing, and neither is that place."""
    ours, other = servers
    ours.realm = lambda _: f"http://{other.host}/token"
    with pytest.raises(Unanswered) as error:
        OciRepository.named(f"{ours.host}/owner/app").digest("1.2.0")
    assert (
        f"http://{ours.host} sends us to http://{other.host} for a token, which may not get the login\n"
        f"  expected: a place for tokens on http://{ours.host} itself\n"
        f"  type:     export CONTD_REGISTRY_REALM=http://{other.host}   (if you trust it with the login)"
    ) == str(error.value)
    assert ([], set()) == (other.seen, ours.credentials)


@pytest.mark.parametrize("realm", ["", "nonsense", "http://example.com/token", "https://[", "file:///etc/passwd"])
def test_a_realm_that_is_no_address_is_no_answer(servers: tuple[TokenServer, TokenServer], realm: str) -> None:
    """Nor is plain HTTP to another machine."""
    ours, _ = servers
    ours.realm = lambda _: realm or " "
    with pytest.raises(Unanswered):
        OciRepository.named(f"{ours.host}/owner/app").digest("1.2.0")
    with pytest.raises(Unanswered):
        OciRepository.named(f"{ours.host}/owner/app", anonymous=True).digest("1.2.0")


def test_another_host_that_a_person_has_named(
    servers: tuple[TokenServer, TokenServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a GitLab of one's own needs it."""
    ours, other = servers
    ours.realm = lambda _: f"http://{other.host}/token"
    monkeypatch.setenv("CONTD_REGISTRY_REALM", f"http://{other.host}/anything")
    assert OciRepository.named(f"{ours.host}/owner/app").digest("1.2.0") is None
    assert ({"Basic"}, {"Bearer"}) == (other.credentials, ours.credentials)


def test_everybody_may_ask_anywhere(servers: tuple[TokenServer, TokenServer]) -> None:
    """Without a login there is nothing to lose."""
    ours, other = servers
    ours.realm = lambda _: f"http://{other.host}/token"
    assert OciRepository.named(f"{ours.host}/owner/app", anonymous=True).digest("1.2.0") is None
    assert (set(), {"Bearer"}) == (other.credentials, ours.credentials)


@pytest.mark.slow
def test_helm_cannot_be_sent_elsewhere(servers: tuple[TokenServer, TokenServer], tmp_path: Path) -> None:
    """It gets a token of ours: a registry that names another place to helm alone learns no password through it."""
    pytest.importorskip("helm_python", reason="the extra `helm` is not installed")
    ours, other = servers
    ours.realm = lambda agent: "" if agent.startswith("contd-release") else f"http://{other.host}/token"
    with pytest.raises(Unanswered):
        registry.pulled(f"oci://{ours.host}/charts/contd", "1.2.0", tmp_path, anonymous=False)
    assert any("/manifests/1.2.0" in path for path, _ in ours.seen)
    assert set() == other.credentials


@pytest.mark.parametrize(
    ("host", "realm", "is_trusted"),
    [
        ("ghcr.io", "https://ghcr.io/token", True),
        ("ghcr.io", "https://GHCR.io:443/token", True),
        ("ghcr.io", "https://ghcr.io:8443/token", False),
        ("ghcr.io", "http://ghcr.io/token", False),
        ("ghcr.io", "https://ghcr.io.example.com/token", False),
        ("ghcr.io", "https://ghcr.io@example.com/token", False),
        ("registry-1.docker.io", "https://auth.docker.io/token", True),
        ("quay.io", "https://auth.docker.io/token", False),
        ("registry.gitlab.com", "https://gitlab.com/jwt/auth", True),
        ("registry.example.com:5050", "https://registry.example.com:5050/jwt", True),
        ("127.0.0.1:5000", "http://127.0.0.1:5000/token", True),
        ("127.0.0.1:5000", "http://127.0.0.1:5001/token", False),
    ],
)
def test_places_for_tokens(host: str, realm: str, is_trusted: bool) -> None:
    """Scheme, host and port have to be the registry's, or those that it is known for."""
    assert is_trusted is token.is_trusted(realm, _url(host), {})
    assert token.is_trusted(realm, _url(host), {"CONTD_REGISTRY_REALM": "https://elsewhere.example.com"}) is is_trusted


def test_the_password_is_for_one_registry(tmp_path: Path) -> None:
    """`CONTD_REGISTRY` says for which; the others have their own logins, or none."""
    ours = Login("me", Secret(PASSWORD))
    environ = ENVIRON | {"CONTD_REGISTRY": "docker.io", "HOME": str(tmp_path), "GITHUB_TOKEN": "t"}
    assert ours == login.login("registry-1.docker.io", environ)
    assert login.login("registry.example.com", environ) is None
    assert Login("token", Secret("t")) == login.login("ghcr.io", environ)
    assert ours == login.login("registry.example.com", ENVIRON)


def _url(host: str) -> str:
    return f"{'http' if host.startswith('127.') else 'https'}://{host}/v2/"


def test_helm_has_the_token(servers: tuple[TokenServer, TokenServer]) -> None:
    """`registrytoken` in the file of logins, which goes before the password."""
    ours, _ = servers
    there = registry.repository(f"oci://{ours.host}/charts/contd")
    assert f'"registrytoken": "{token_server.TOKEN}"' in registry.logins(there, "pull").reveal()
