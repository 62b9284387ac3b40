"""twine's login: as twine itself finds it, in its variables, ~/.pypirc or the keyring."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.credentials import Credential as Found
from keyring.credentials import SimpleCredential

from contd_release.errors import Unanswered, Usage
from contd_release.process.action import Running
from contd_release.process.redaction import Secret
from contd_release.tools import twine
from contd_release.tools.twine import Credential

URL = "https://packages.example/legacy/"
OURS = f"""\
[distutils]
index-servers = ours

[ours]
repository = {URL}
"""


class Ring(KeyringBackend):
    """A keyring with the login of one URL."""

    # A keyring is known to all tests of this process once its class is made; this one is never chosen by itself.
    priority = -2

    def get_password(self, service: str, username: str) -> str | None:
        """The password of its user."""
        return "from-the-ring" if (service, username) == (URL, "ringed") else None

    def get_credential(self, service: str, username: str | None) -> Found | None:
        """Its user and the password."""
        return SimpleCredential("ringed", "from-the-ring") if service == URL else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Nothing is written."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a ~/.pypirc, an environment without a login, and a network that is away."""
    for name in ("TWINE_USERNAME", "TWINE_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def ring() -> Iterator[None]:
    """The keyring of this process has the login of one URL."""
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


def test_the_variables_come_first(home: Path, monkeypatch: pytest.MonkeyPatch, ring: None) -> None:
    """They hide what ~/.pypirc and the keyring have."""
    (home / ".pypirc").write_text(f"{OURS}username = me\npassword = from-the-file\n", encoding="utf-8")
    monkeypatch.setenv("TWINE_USERNAME", "ci")
    monkeypatch.setenv("TWINE_PASSWORD", "from-a-variable")
    assert twine.credential("ours") == Credential("ci", Secret("from-a-variable"))


def test_the_file_is_next(home: Path, ring: None) -> None:
    """A section, and its login; PyPI's user is always the one of tokens."""
    text = f"{OURS}username = me\npassword = from-the-file\n\n[pypi]\npassword = a-token\n"
    (home / ".pypirc").write_text(text.replace("= ours", "= ours pypi"), encoding="utf-8")
    assert twine.credential("ours") == Credential("me", Secret("from-the-file"))
    assert twine.credential("pypi") == Credential("__token__", Secret("a-token"))


def test_the_old_section_of_logins_is_read(home: Path) -> None:
    """`[server-login]` has the login of every server, as twine reads it."""
    (home / ".pypirc").write_text(f"{OURS}\n[server-login]\nusername = me\npassword = old\n", encoding="utf-8")
    assert twine.credential("ours") == Credential("me", Secret("old"))


def test_the_keyring_is_last(home: Path, ring: None) -> None:
    """It has the user name, too, also for a repository that is a URL."""
    (home / ".pypirc").write_text(OURS, encoding="utf-8")
    assert twine.credential("ours") == Credential("ringed", Secret("from-the-ring"))
    assert twine.credential(URL) == Credential("ringed", Secret("from-the-ring"))


def test_no_login(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None if nothing has it; a password without a user name is none for an index other than PyPI."""
    assert twine.credential(URL) is None
    monkeypatch.setenv("TWINE_PASSWORD", "alone")
    assert twine.credential(URL) is None


def test_no_answer_about_trusted_publishing_is_no_answer() -> None:
    """R3: without a login twine asks PyPI for one, and a network that is away does not say "none"."""
    with pytest.raises(Unanswered, match="trusted publishing"):
        twine.credential("pypi")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "Missing 'ours' section from ~/.pypirc"),
        (OURS.replace("= ours", "= others").encode(), "Missing 'ours' section from ~/.pypirc"),
        (b"[distutils]\nindex-servers = ours\n[ours]\nusername = me\n", "the section has no repository"),
        (b"[ours\npassword = canary-5678", "Malformed configuration in ~/.pypirc"),
        (b"\xff\xfe\x00canary-5678", "Unable to read configuration file"),
    ],
)
def test_what_twine_does_not_know(home: Path, text: bytes, said: str) -> None:
    """A section that is missing or broken is named, and nothing of the file is shown."""
    (home / ".pypirc").write_bytes(text)
    for question in (twine.credential, twine.upload_url):
        with pytest.raises(Usage) as raised:
            question("ours")
        assert said in raised.value.what_is
        assert "canary" not in str(raised.value)


def test_where_twine_uploads(home: Path) -> None:
    """A URL is itself, a section has its own, and PyPI needs no section."""
    (home / ".pypirc").write_text(OURS, encoding="utf-8")
    assert twine.upload_url("ours") == twine.upload_url(URL) == URL
    assert twine.upload_url("pypi").endswith("/legacy/")


def test_an_upload_gets_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment and masked, with what a job needs that may publish without a password."""
    monkeypatch.setenv("TWINE_PASSWORD", "canary-5678")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary-9012")
    command = twine.upload(Path("contd-1.2.0.tar.gz"), "ours")
    assert {"TWINE_PASSWORD", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"} <= {*command.env}
    assert "canary" not in str(command)


def test_a_warning_stops_nothing_and_is_shown(tmp_path: Path) -> None:
    """An index takes a package whose page is empty; a person reads it once, however many files have it."""
    wheels = [tmp_path / f"tide-1.0-{tag}-none-any.whl" for tag in ("py2", "py3")]
    for wheel in wheels:
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in (("METADATA", "Name: tide\nVersion: 1.0\n"), ("WHEEL", ""), ("RECORD", "")):
                archive.writestr(f"tide-1.0.dist-info/{name}", f"Metadata-Version: 2.1\n{text}")
    told: list[str] = []
    twine.Check(wheels).run(Running(tmp_path / "log", tell=told.append))
    assert told == [
        "warning: twine: `long_description_content_type` missing. defaulting to `text/x-rst`.",
        "warning: twine: `long_description` missing.",
    ]
