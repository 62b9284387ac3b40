"""Where the login for a registry is kept: the environment, docker's files, and docker's credential helpers."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from contd_release.errors import ReleaseError, Unanswered, Usage
from contd_release.process.redaction import Secret
from contd_release.tools.oci import login as oci_login
from contd_release.tools.oci.login import Login

HUB = "https://index.docker.io/v1/"
NOT_FOUND = "print('credentials not found in native keychain'); sys.exit(1)"
Helper: TypeAlias = Callable[[str, str], None]


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Helper:
    """Put a program docker-credential-NAME on the PATH that runs this code; it notes how it was called."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")

    def written(name: str, code: str) -> None:
        path = programs / f"docker-credential-{name}"
        lines = (
            f"#!{sys.executable}",
            "import json, os, sys, time",
            "server = sys.stdin.read()",
            f"open({str(tmp_path / 'asked')!r}, 'a').write(json.dumps([{name!r}, *sys.argv[1:], server]) + chr(10))",
            code,
        )
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        path.chmod(0o755)

    return written


def answering(username: str, password: str) -> str:
    """The code of a helper that knows every server."""
    return f"print(json.dumps({{'ServerURL': server, 'Username': {username!r}, 'Secret': {password!r}}}))"


def configured(folder: Path, **keys: object) -> dict[str, str]:
    """An environment with docker's configuration file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(keys), encoding="utf-8")
    return {"DOCKER_CONFIG": str(folder)}


def asked(tmp_path: Path) -> list[list[str]]:
    """How the helpers were called: name, arguments, standard input."""
    path = tmp_path / "asked"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_logins(tmp_path: Path) -> None:
    """The environment first, GitHub's token for GitHub's registry only, then the files of docker and its kin."""
    auth = base64.b64encode(b"kept:in-a-file").decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"https://ghcr.io": {"auth": auth}, "a.example": {}}}))
    home = {"DOCKER_CONFIG": str(tmp_path)}
    assert Login("kept", Secret("in-a-file")) == oci_login.login("ghcr.io", home)
    assert Login("token", Secret("gh")) == oci_login.login("ghcr.io", home | {"GITHUB_TOKEN": "gh"})
    assert Login("me", Secret("x")) == oci_login.login(
        "ghcr.io", {"CONTD_REGISTRY_USERNAME": "me", "CONTD_REGISTRY_PASSWORD": "x", "GITHUB_TOKEN": "gh"}
    )
    assert oci_login.login("registry.example", home | {"GITHUB_TOKEN": "gh"}) is None
    assert oci_login.login("a.example", home) is None


def test_a_broken_file_of_logins_is_told(tmp_path: Path) -> None:
    """A file that cannot be read is no "no login"."""
    (tmp_path / "auth.json").write_text("{")
    with pytest.raises(Usage, match=r"auth\.json cannot be read"):
        oci_login.login("ghcr.io", {"REGISTRY_AUTH_FILE": str(tmp_path / "auth.json")})


def test_the_store_is_asked(helper: Helper, tmp_path: Path) -> None:
    """`credsStore` has every login; the server goes to its standard input, and Docker Hub has a name of its own."""
    helper("chest", answering("me", "from-the-chest"))
    env = configured(tmp_path, credsStore="chest", auths={"registry.example": {}})
    assert oci_login.login("registry.example:5000", env) == Login("me", Secret("from-the-chest"))
    assert oci_login.login("registry-1.docker.io", env) == Login("me", Secret("from-the-chest"))
    assert asked(tmp_path) == [["chest", "get", "registry.example:5000"], ["chest", "get", HUB]]


def test_a_helper_of_one_registry_comes_first(helper: Helper, tmp_path: Path) -> None:
    """`credHelpers` names the helper of a registry, and `credsStore` the one of all others."""
    helper("chest", answering("me", "from-the-chest"))
    helper("cloud", answering("robot", "from-the-cloud"))
    env = configured(tmp_path, credsStore="chest", credHelpers={"registry.example": "cloud", HUB: "cloud"})
    assert oci_login.login("registry.example", env) == Login("robot", Secret("from-the-cloud"))
    assert oci_login.login("other.example", env) == Login("me", Secret("from-the-chest"))
    assert oci_login.login("registry-1.docker.io", env) == Login("robot", Secret("from-the-cloud"))


def test_the_environment_comes_before_a_helper(helper: Helper, tmp_path: Path) -> None:
    """A login in the environment is taken without a question."""
    helper("chest", answering("me", "from-the-chest"))
    env = configured(tmp_path, credsStore="chest") | {"CONTD_REGISTRY_PASSWORD": "x", "CONTD_REGISTRY_USERNAME": "ci"}
    assert oci_login.login("registry.example", env) == Login("ci", Secret("x"))
    assert asked(tmp_path) == []


def test_a_helper_that_has_none_leaves_it_to_the_files(helper: Helper, tmp_path: Path) -> None:
    """The login in the same file is next, then the next file; without one there is no login."""
    helper("chest", NOT_FOUND)
    auth = base64.b64encode(b"kept:in-a-file").decode()
    env = configured(tmp_path / "docker", credsStore="chest", auths={"ghcr.io": {"auth": auth}})
    assert oci_login.login("ghcr.io", env) == Login("kept", Secret("in-a-file"))
    assert oci_login.login("registry.example", env) is None
    configured(tmp_path / ".docker", auths={"registry.example": {"auth": auth}})
    assert oci_login.login("registry.example", env | {"HOME": str(tmp_path)}) == Login("kept", Secret("in-a-file"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('the keychain is locked'); sys.exit(1)", "ended with 1 for ghcr.io: the keychain is locked"),
        ("print('the keychain is locked', file=sys.stderr); sys.exit(2)", "ended with 2 for ghcr.io: the keychain"),
        ("print('canary-5678')", "ended with 0 for ghcr.io"),
        ("print(json.dumps({'Username': 'me', 'Secret': ['canary-5678']}))", "ended with 0 for ghcr.io"),
        ("print(json.dumps(['canary-5678']))", "ended with 0 for ghcr.io"),
        ("print(json.dumps({'Username': 'me', 'Secret': ''}))", "ended with 0 for ghcr.io"),
        ("time.sleep(60)", "docker-credential-chest get did not end within"),
    ],
)
def test_a_helper_that_does_not_answer(
    helper: Helper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    """R3: a helper that fails, hangs or answers something else is no "no login"; what it printed is not shown."""
    monkeypatch.setattr(oci_login, "_HELPER_SECONDS", 1.0 if "sleep" in code else 30.0)
    helper("chest", code)
    with pytest.raises(Unanswered) as raised:
        oci_login.login("ghcr.io", configured(tmp_path, credsStore="chest"))
    assert said in str(raised.value)
    assert "canary" not in str(raised.value)


def test_a_helper_that_is_not_there(tmp_path: Path) -> None:
    """A configuration that was copied from another machine is not read as "no login"."""
    with pytest.raises(Unanswered, match="docker-credential-nowhere is not there"):
        oci_login.login("ghcr.io", configured(tmp_path, credsStore="nowhere"))


@pytest.mark.parametrize("keys", [{"credsStore": "../chest"}, {"credsStore": 7}, {"credHelpers": {"ghcr.io": ["a"]}}])
def test_what_names_no_helper(tmp_path: Path, keys: dict[str, object]) -> None:
    """Only a plain name becomes a program's."""
    with pytest.raises(Usage, match="as a credential helper"):
        oci_login.login("ghcr.io", configured(tmp_path, **keys))


@pytest.mark.parametrize("keys", [{"auths": [1]}, {"credHelpers": "cloud"}])
def test_a_file_of_another_shape(tmp_path: Path, keys: dict[str, object]) -> None:
    """It is refused by its name."""
    with pytest.raises(ReleaseError, match=r"config\.json cannot be read"):
        oci_login.login("ghcr.io", configured(tmp_path, **keys))


def test_an_identity_token_is_refused(helper: Helper, tmp_path: Path) -> None:
    """It is neither a user name nor a password, and the error does not show it."""
    helper("chest", answering("<token>", "canary-5678"))
    with pytest.raises(Usage, match="identity token") as raised:
        oci_login.login("ghcr.io", configured(tmp_path, credsStore="chest"))
    assert "canary" not in str(raised.value)


def test_a_helper_gets_the_variables_of_its_cloud(
    helper: Helper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs them to say who asks; another secret of the environment it does not get."""
    for name in ("AWS_SECRET_ACCESS_KEY", "MY_TOKEN"):
        monkeypatch.setenv(name, f"value of {name}")
    helper("cloud", "print(json.dumps({'Username': 'AWS', 'Secret': ' '.join(n for n in os.environ if '_' in n)}))")
    found = oci_login.login("ghcr.io", {**os.environ, **configured(tmp_path, credHelpers={"ghcr.io": "cloud"})})
    assert found
    assert "AWS_SECRET_ACCESS_KEY" in found.password.reveal().split()
    assert "MY_TOKEN" not in found.password.reveal().split()
