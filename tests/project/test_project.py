"""A project is read once, validated whole, and everything that is wrong with it is told at once."""

from __future__ import annotations

import re
import subprocess
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contd_release.errors import ReleaseError, Several, Usage
from contd_release.project import project
from contd_release.project.defaults import github_repository
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.rules import PROJECT, REF, is_public, is_safe_url
from contd_release.project.settings import Chart, Github, Image, Pypi, Settings
from contd_release.project.tables import OVERLAY

MINIMAL = '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname = "Contd.Release-x"\n'


def read(text: str = MINIMAL, other: str | None = None, origin: str = "") -> Project:
    """The project of a repository with these two files."""
    files = {"pyproject.toml": text, "contd-release.toml": other}
    return project.read(Path("/home/me/contd"), Path("/state"), files.get, lambda _: origin)


def ours(table: str) -> str:
    """A pyproject.toml with these settings."""
    return f"{MINIMAL}[tool.contd-release]\n{table}\n"


def refused(text: str, **others: str) -> str:
    """What is said of these settings."""
    with pytest.raises(ReleaseError) as caught:
        read(text, **others)
    assert all(isinstance(error, Usage) for error in getattr(caught.value, "errors", (caught.value,)))
    return str(caught.value)


@pytest.fixture(autouse=True)
def _no_overlay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OVERLAY, raising=False)


# Convention first.


def test_a_conventional_repository_needs_no_configuration() -> None:
    """A build system makes the index a channel and names the wheel, a GitHub remote makes GitHub one."""
    found = read(origin="git@github.com:Owner/contd.git")

    assert found.name == "Contd.Release-x"
    assert found.settings == Settings(pypi=Pypi(wheels=("py2.py3-none-any",)), github=Github("Owner/contd"))
    assert (News(), "hatchling.build", "") == (found.news, found.package.backend, found.package.description)


def test_a_repository_without_a_package_has_no_index() -> None:
    """Nothing is published that is not there; the name is the folder's."""
    found = read("")

    assert (found.name, found.settings.pypi, found.settings.github) == ("contd", None, None)


def test_images_and_charts_go_to_the_owner_of_the_remote() -> None:
    """In small letters, as registries want them."""
    found = read(
        ours("[tool.contd-release.image]\n[tool.contd-release.chart]\npath='helm/x'"),
        origin="https://github.com/Own/Er",
    )

    assert Image("ghcr.io/own/er") == found.settings.image
    assert Chart("helm/x", "oci://ghcr.io/own/charts") == found.settings.chart


def test_nobody_guesses_where_images_go_without_a_remote() -> None:
    """A missing name is told, for both at once."""
    text = refused(ours("[tool.contd-release.image]\n[tool.contd-release.chart]\npath='helm/x'"))

    assert "[tool.contd-release] image.name is missing" in text
    assert "[tool.contd-release] chart.registry is missing" in text


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:owner/na.me",
        "git@github.com:owner/na.me.git",
        "github.com:owner/na.me.git",
        "https://github.com/owner/na.me",
        "https://github.com/owner/na.me.git",
        "https://github.com/owner/na.me/",
        "https://token@github.com/owner/na.me.git",
        "https://user:pass@github.com/owner/na.me",
        "https://www.github.com/owner/na.me",
        "ssh://git@github.com/owner/na.me.git",
        "ssh://git@github.com:22/owner/na.me.git",
        "ssh://git@ssh.github.com:443/owner/na.me.git",
        "git://github.com/owner/na.me.git",
        "HTTPS://GitHub.com/owner/na.me",
    ],
)
def test_a_github_remote_is_recognised(url: str) -> None:
    """In every form that git accepts for it."""
    assert github_repository(url) == "owner/na.me"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/srv/git/contd.git",
        "https://gitlab.com/owner/name",
        "https://notgithub.com/owner/name",
        "https://evil.example/github.com/owner/name",
        "https://github.com.evil.example/owner/name",
        "https://evil.example/?github.com:owner/name",
        "https://evil.example#@github.com/owner/name/x",
        "evil@example.com:github.com/owner/name",
        "https://github.com/owner",
        "https://github.com/owner/name/tree/main",
        "https://github.com/../name",
        "https://github.com/owner/..",
        "https://github.com/-owner/name",
        "https://github.com/owner/name\n",
        "https://github.com/owner/na me",
        "https://github.com/owner/$(id)",
        "https://github.com/öwner/name",
        "ext::sh -c evil github.com:owner/name",
    ],
)
def test_another_remote_is_not_taken_for_github(url: str) -> None:
    """Neither another host nor a path, whatever they contain."""
    assert github_repository(url) == ""


@given(st.text(max_size=60))
def test_no_remote_leads_out_of_github(url: str) -> None:
    """What is recognised is an owner and a name, and nothing more."""
    found = github_repository(f"https://github.com/{url}")

    assert not found or set(found) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/")


# Names.


@pytest.mark.parametrize(
    ("name", "file_name", "index_name"),
    [("Contd.Release-x", "contd_release_x", "contd-release-x"), ("a", "a", "a"), ("A--B__c", "a_b_c", "a-b-c")],
)
def test_names_as_files_and_indexes_spell_them(name: str, file_name: str, index_name: str) -> None:
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    found = read(f'[project]\nname = "{name}"')

    assert (file_name, index_name) == (found.file_name, found.index_name)


def test_each_clone_has_its_own_cache() -> None:
    """Two clones of one project do not share checkouts."""
    one, other = (project.read(Path("/a"), Path(state), lambda _: None) for state in ("/one", "/two"))

    assert one.cache != other.cache
    assert one.cache == project.read(Path("/a"), Path("/one"), lambda _: None).cache


@pytest.mark.parametrize(
    "name", ["", "-x", "x-", "a b", "../x", "a/b", "a;id", "$(id)", "a\\nb", "ä", "x\\u0000", "-rf", ".", "a\\u202eb"]
)
def test_a_name_that_no_index_takes_is_refused(name: str) -> None:
    """The name becomes file names, folders and URLs."""
    text = refused(f'[project]\nname = "{name}"')

    assert text.startswith("[project] name is ")
    assert text.endswith(
        "\n  expected: at most 128 letters and digits with . _ - between them (PEP 508)"
        "\n  type:     $EDITOR pyproject.toml"
    )


# Layers.


def test_files_are_laid_over_each_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Our own file over pyproject.toml, the one that the environment names over both; tables key by key."""
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('publisher = "here"\n[pypi]\nindex = "http://127.0.0.1:8/simple/"\n')
    monkeypatch.setenv(OVERLAY, str(overlay))

    found = read(
        ours('publisher = "github-actions"\nremote = "upstream"\n[tool.contd-release.pypi]\nisolated = false'),
        '[pypi]\nrepository = "testpypi"\nindex = "https://test.example/simple/"',
    )

    expected = Pypi("testpypi", "http://127.0.0.1:8/simple/", ("py2.py3-none-any",), isolated=False)
    assert (found.settings.publisher, found.settings.remote, found.settings.pypi) == ("here", "upstream", expected)


def test_an_overlay_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A release is never pointed at the real world because a file is missing."""
    monkeypatch.setenv(OVERLAY, str(tmp_path / "gone"))

    assert (
        f"CONTD_RELEASE_CONFIG names {tmp_path}/gone: No such file or directory\n"
        "  expected: a TOML file of settings that are laid over those of the repository\n"
        "  type:     unset CONTD_RELEASE_CONFIG   (or correct the path)" == refused(MINIMAL)
    )


def test_an_overlay_that_is_no_text_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same for bytes."""
    (tmp_path / "bytes").write_bytes(b"\xff")
    monkeypatch.setenv(OVERLAY, str(tmp_path / "bytes"))

    assert f"CONTD_RELEASE_CONFIG names {tmp_path}/bytes: not UTF-8" in refused(MINIMAL)


@pytest.mark.parametrize("text", ["[", "a = ", "a" * 10, "[tool]\ntool = 1\n[tool]", "x = " + "[" * 5000])
def test_what_is_not_toml_is_told(text: str) -> None:
    """With the parser's own words."""
    said = refused(text)

    assert said.startswith("pyproject.toml is not TOML: ")
    assert said.endswith("\n  expected: valid TOML\n  type:     $EDITOR pyproject.toml")


@pytest.mark.parametrize(
    "text",
    ["tool = 3", "tool = []", "project = 3", "build-system = 1", "[tool]\ncontd-release = 7", "[tool]\ntowncrier = 1"],
)
def test_what_should_be_a_table_is_told(text: str) -> None:
    """A misplaced value is a message, not a traceback."""
    assert "\n  expected: a table\n" in refused(text)


def test_everything_is_told_at_once() -> None:
    """Wrong types, unknown keys, impossible values, the name and towncrier's table in one go."""
    text = refused(
        '[project]\nname = "a b"\n[tool.towncrier]\ndirectory = "../out"\n[tool.contd-release]\nmain = "-f"\n'
        'sign-tags = 1\nsign_tags = true\n[tool.contd-release.chart]\n[tool.contd-release.pypi]\nindex = "file:///x"'
    )

    assert [re.sub(r"known are .*", "known are", line) for line in text.splitlines() if line.startswith("[")] == [
        "[tool.contd-release] main is '-f'; expected a branch: letters, digits and . _ + - /",
        "[tool.contd-release] sign-tags is 1; expected true or false",
        "[tool.contd-release] pypi.index is 'file:///x'; expected https:// to a public host, "
        "without a password (http:// only for 127.0.0.1)",
        "[tool.contd-release] chart.path is missing; expected a string",
        "[tool.contd-release] has the unknown key sign_tags; known are",
        "[tool.towncrier] directory is '../out'; expected a path below the repository, without ..",
        "[project] name is 'a b'",
    ]


def test_several_tables_are_several_errors() -> None:
    """Each with what was expected and what to type."""
    with pytest.raises(Several) as caught:
        read('[project]\nname = "a b"\n[tool.contd-release]\nmain = 3')

    assert [Usage, Usage] == [type(error) for error in caught.value.errors]


# Hostile values.

CONTROLS = ["a\\nb", "a\\u001bb", "a\\u0000", "a\\u202eb", "a\\u0085b"]


@pytest.mark.parametrize("key", ["main", "website.branch"])
@pytest.mark.parametrize(
    "value",
    [
        "-f",
        "--force",
        "",
        "..",
        "a..b",
        "a b",
        "/a",
        "a/",
        "a//b",
        ".a",
        "a/.b",
        "a.lock",
        "a.",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "refs/heads/$(id)",
        "a;id",
        "a`id`",
        "a|b",
        "a\\\\b",
        "@{-1}",
        "a*",
        "a[b",
        "é",
        "a/-f",
        *CONTROLS,
    ],
)
def test_a_branch_that_could_be_something_else_is_refused(key: str, value: str) -> None:
    """Not an option, not a range, not a command, not another ref's name."""
    assert f"[tool.contd-release] {key} is " in refused(ours(f'{key} = "{value}"'))


@pytest.mark.parametrize("value", ["main", "master", "release/1.x", "v1.2", "a-b_c+d", "trunk.2"])
def test_a_plain_branch_is_fine(value: str) -> None:
    """What people call their branches."""
    assert value == read(ours(f'main = "{value}"')).settings.main


@given(st.text(min_size=1, max_size=12) | st.from_regex(r"[a-z./@{~^:-]{1,8}", fullmatch=True))
def test_whatever_we_take_for_a_branch_git_does_too(text: str) -> None:
    """Our list of what is allowed is within git's."""
    if REF.holds(text):
        assert (
            subprocess.run(("git", "check-ref-format", "--branch", text), check=False, capture_output=True).returncode
            == 0
        )


@pytest.mark.parametrize(
    "value", ["-o", "--upload-pack=id", "", "..", "a..b", "a b", "https://x/y", "ext::sh", "a/b", "a;b", ".", *CONTROLS]
)
def test_a_remote_is_a_name(value: str) -> None:
    """Neither an option nor an address."""
    assert "[tool.contd-release] remote is " in refused(ours(f'remote = "{value}"'))


URLS = [
    "file:///etc/passwd",
    "ftp://example.com/",
    "javascript:alert(1)",
    "http://example.com/",
    "http://localhost.example.com/",
    "http://127.0.0.1.nip.io/",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://0.0.0.0/",
    "https://[::]/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://10.1/",
    "https://user:CANARY@example.com/",
    "https://CANARY@example.com/",
    "https://",
    "https:///path",
    "//example.com",
    "example.com",
    "https://example.com:99999/",
    "https://example.com:x/",
    "https://[broken/",
    "https://exa mple.com/",
    "https://example.com\\\\@evil.example/",
    "-https://example.com",
    "https://example.com/\\n",
    "ht\\ttps://example.com/",
]


@pytest.mark.parametrize(
    "key", ["pypi.repository", "pypi.index", "github.api", "github.uploads", "monitor.prometheus", "website.url"]
)
@pytest.mark.parametrize("url", URLS)
def test_a_url_that_leads_astray_is_refused(key: str, url: str) -> None:
    """No file, no plain HTTP off this machine, no private network, no credential; and no credential in the message."""
    if (key, url) == ("pypi.repository", "example.com"):
        return  # That is a name of ~/.pypirc.

    text = refused(ours(f'{key} = "{url}"'))

    assert f"[tool.contd-release] {key} is " in text
    assert "CANARY" not in text


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/simple/",
        "https://example.com:8443/x?y=1",
        "http://127.0.0.1:8080/simple/",
        "http://localhost/",
        "http://[::1]:80/",
        "https://127.0.0.1/",
        "https://8.8.8.8/",
        "https://bücher.example/",
    ],
)
def test_a_url_to_a_public_host_or_this_machine_is_fine(url: str) -> None:
    """HTTPS to the world; the sandbox speaks plain HTTP on the loopback."""
    assert is_safe_url(url)
    assert url == (read(ours(f'pypi.index = "{url}"')).settings.pypi or Pypi()).index


@given(st.ip_addresses())
def test_no_private_address_is_public(address: object) -> None:
    """Whatever is not routed on the Internet is not reached from a configuration."""
    is_global = getattr(address, "is_global", None)
    assert not is_public(str(address)) or is_global


@pytest.mark.parametrize("private", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1"])
def test_no_private_address_is_public_behind_a_gateway(private: str) -> None:
    """An IPv6 address that is translated to a private IPv4 address: NAT64, 6to4, mapped."""
    inner = int(ip_address(private))
    for address in ((0x64FF9B << 96) | inner, (0x2002 << 112) | (inner << 80), (0xFFFF << 32) | inner):
        assert not is_public(str(IPv6Address(address))), IPv6Address(address)
    assert not is_public(f"64:ff9b:1::{inner:x}"[:12])
    assert is_public(str(IPv6Address((0x64FF9B << 96) | int(ip_address("8.8.8.8")))))
    assert is_public("2606:4700::1111")


def test_a_name_has_at_most_128_letters() -> None:
    """File systems take no longer ones, with a version and the tags of a wheel."""
    assert PROJECT.holds("a" * 128)
    assert not PROJECT.holds("a" * 129)


@pytest.mark.parametrize("key", ["image.dockerfile", "chart.path", "website.folder"])
@pytest.mark.parametrize("value", ["", "../x", "a/../b", "/etc", "-f", "a//b", "a\\\\b", *CONTROLS])
def test_a_path_stays_in_the_repository(key: str, value: str) -> None:
    """No way up, no root, no option."""
    assert f"[tool.contd-release] {key} is " in refused(ours(f'image.name = "ghcr.io/a/b"\n{key} = "{value}"'))


@pytest.mark.parametrize("value", [".", "docs", "./docs/", "helm/contd", "über uns/x.md"])
def test_a_path_in_the_repository_is_fine(value: str) -> None:
    """As people write it."""
    found = read(ours(f'website.folder = "{value}"')).settings.website

    assert found and value == found.folder


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("image.name", "ghcr.io/Owner/x"),
        ("image.name", "ghcr.io/x:latest"),
        ("image.name", "contd"),
        ("image.name", "-x/y"),
        ("image.name", "10.0.0.1:5000/x"),
        ("image.name", "https://ghcr.io/x"),
        ("image.name", "ghcr.io/../x"),
        ("image.platforms", ["linux"]),
        ("image.platforms", ["linux/amd64,linux/arm64"]),
        ("image.platforms", ["--push"]),
        ("image.base", "-v"),
        ("image.base", "a b"),
        ("image.prepare", ["make\\nid"]),
        ("chart.registry", "https://ghcr.io/charts"),
        ("chart.registry", "oci://"),
        ("chart.registry", "oci://ghcr.io/../x"),
        ("chart.registry", "oci://user:pw@ghcr.io/x"),
        ("chart.registry", "oci://192.168.0.1/x"),
        ("github.repository", "owner"),
        ("github.repository", "owner/name/x"),
        ("github.repository", "owner/.."),
        ("github.repository", "../name"),
        ("github.repository", "owner/name?x"),
        ("website.repository", "ext::sh -c id"),
        ("website.repository", "--upload-pack=id"),
        ("website.repository", "file:///x"),
        ("website.repository", "http://example.com/x.git"),
        ("website.repository", "https://user:CANARY@example.com/x.git"),
        ("website.repository", "git@-oProxyCommand=id:x"),
        ("website.repository", "ssh://-oProxyCommand=id/x"),
        ("website.repository", "../website"),
        ("pypi.wheels", ["py3-none-any/../x"]),
        ("pypi.wheels", ["py3"]),
        ("announce.discord", "https://discord.example/api/webhooks/1/CANARY"),
        ("announce.discord", "env:"),
        ("announce.discord", "env:A B"),
        ("proof", [""]),
        ("proof", ["nox\\n-s tests"]),
    ],
)
def test_other_values_that_cannot_be_are_refused(key: str, value: object) -> None:
    """Everything that ends up in a command, a request or a file name has its list of what is allowed."""
    spelled = "[" + ", ".join(f'"{one}"' for one in value) + "]" if isinstance(value, list) else f'"{value}"'
    path = 'chart.path = "x"\n' if key.startswith("chart") else ""

    text = refused(ours(f"{path}{key} = {spelled}"), origin="https://github.com/owner/name")

    assert f"[tool.contd-release] {key.partition('.discord')[0]} is " in text
    assert "CANARY" not in text


@pytest.mark.parametrize(
    "value",
    ["git@github.com:owner/web.git", "https://github.com/owner/web.git", "ssh://git@host:22/web", "/srv/web.git"],
)
def test_a_repository_for_the_website(value: str) -> None:
    """What git clones from without running anything else."""
    found = read(ours(f'website.repository = "{value}"')).settings.website

    assert found and value == found.repository


def test_announcements_are_named_and_their_urls_are_not_here() -> None:
    """A name, and the variable that holds the secret."""
    found = read(ours('announce = { discord = "env:CONTD_DISCORD" }'))

    assert found.settings.announce == {"discord": "env:CONTD_DISCORD"}


# towncrier's table.


def test_towncrier_is_asked_where_fragments_are() -> None:
    """Its own table says it; keys that we do not need are not our business."""
    found = read(
        MINIMAL + '[tool.towncrier]\ndirectory = "news/"\nfilename = "docs/NEWS.md"\ntemplate = "docs/notes/t.md"\n'
        'start_string = "<!-- here -->\\n"\ntitle_format = "# {version}"\nignore = ["README.md"]\nissue_format = "x"\n'
        '[[tool.towncrier.type]]\ndirectory = "added"\nname = "Added"\n[[tool.towncrier.type]]\ndirectory = "fixed"\n'
    )

    expected = News(
        "news/", "docs/NEWS.md", "<!-- here -->\n", "# {version}", ("added", "fixed"), ("README.md",), "docs/notes"
    )
    assert expected == found.news


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('directory = "/etc"', "directory is '/etc'; expected a path below the repository, without .."),
        ('filename = "../NEWS"', "changelog is '../NEWS'; expected a path below"),
        ('template = "../t.md"', "notes is '..'; expected a path below"),
        ("directory = 3", "directory is 3; expected a string"),
        ("ignore = 'x'", "ignore is 'x'; expected a list"),
        ("type = [{ directory = '../x' }]", "types is '../x'; expected the word that a fragment's file name has"),
    ],
)
def test_towncrier_values_that_cannot_be_are_refused(line: str, said: str) -> None:
    """A fragment's place and the changelog's are in the repository."""
    assert f"[tool.towncrier] {said}" in refused(f"{MINIMAL}[tool.towncrier]\n{line}")
