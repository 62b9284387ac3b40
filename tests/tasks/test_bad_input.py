"""
What is wrong with a call or a repository is named, with what was expected and what to type, and nothing is changed.
"""

# ruff: noqa: D103  (the name of an arrangement says what it is)
from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from syrupy.assertion import SnapshotAssertion

from contd_release.records import lock
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

MINOR = ("release", "--part", "minor", "--yes")


def stop(place: Place, *words: str) -> str:
    """The exit code, and what a person reads when a call stops, without what differs from run to run."""
    with place.untouched():
        said = place.say(*(words or MINOR))
    public = [line for line in said.out.splitlines() if line.startswith("public already")]
    text = "\n".join((f"exit code {said.code}", *public, said.err.strip()))
    text = re.sub(r"known are .*", "known are …", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "HOST", text.replace(str(place.directory), "PLACE"))
    return re.sub(r"\b[0-9a-f]{12,64}\b", "HASH", text)


# What each word of a call may not be.


@pytest.mark.parametrize(
    "words",
    [
        ("--part", "tiny"),
        ("--pre", "gamma"),
        ("--part", "minor", "--pre", "dev"),
        ("--part", "minor", "--final"),
        ("--final",),
        ("--pre", "rc"),
        ("--part", "minor", "--because", ""),
        ("--part", "minor", "--without-ci", " "),
        (),
    ],
    ids=" ".join,
)
def test_words_without_meaning(place: Place, words: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    """No such part, no such kind of pre-release, words that make no version: each says what would."""
    assert snapshot == stop(place, "release", *words)


def test_a_version_that_would_go_backwards(place: Place, snapshot: SnapshotAssertion) -> None:
    """After a release candidate comes no alpha."""
    for path in (".bumpversion.toml", "pyproject.toml", "contd/__init__.py"):
        place.replace(path, '"0.1.5"', '"0.2.0rc1"')
    place.replace("helm/contd/Chart.yaml", "0.1.5", "0.2.0-rc.1")
    place.publish()
    assert snapshot == stop(place, "release", "--pre", "a")


# Where a release can begin.


def unpushed(place: Place) -> None:
    place.write("new.txt", "")
    place.git("add", "new.txt")
    place.git("commit", "-qm", "Not pushed")


def behind(place: Place) -> None:
    place.publish("Theirs")
    place.git("reset", "-q", "--hard", "HEAD~1")


def beside(place: Place) -> None:
    behind(place)
    unpushed(place)


def elsewhere(place: Place) -> None:
    place.git("switch", "-qc", "feature")


def detached(place: Place) -> None:
    unpushed(place)
    place.git("checkout", "-q", "--detach")


def never_fetched(place: Place) -> None:
    at, tree = place.git("rev-parse", "main"), place.git("rev-parse", "main^{tree}")
    moved = place.git("commit-tree", tree, "-p", at, "-m", "Theirs", where=place.remote)
    place.git("update-ref", "refs/heads/main", moved, where=place.remote)


def without_remote(place: Place) -> None:
    place.git("remote", "remove", "origin")


def unreachable(place: Place) -> None:
    place.git("remote", "set-url", "origin", str(place.directory / "nowhere.git"))


def without_main(place: Place) -> None:
    place.git("update-ref", "-d", "refs/heads/main", where=place.remote)


def without_commit(place: Place) -> None:
    shutil.rmtree(place.clone)
    place.clone.mkdir()
    place.git("init", "-q")


def of_another_user(place: Place) -> None:
    if os.geteuid():
        pytest.skip("only root can give a clone to another user")
    for path in (place.clone, place.clone / ".git"):
        os.chown(path, 12345, 12345)


def without_git(place: Place) -> None:
    shutil.rmtree(place.clone / ".git")


@pytest.mark.parametrize(
    "arrange",
    [
        unpushed,
        behind,
        beside,
        elsewhere,
        detached,
        never_fetched,
        without_remote,
        unreachable,
        without_main,
        without_commit,
        without_git,
        of_another_user,
    ],
)
def test_a_clone_that_is_not_where_a_release_begins(
    place: Place, arrange: Callable[[Place], None], snapshot: SnapshotAssertion
) -> None:
    """Unpushed, behind, beside, on another branch, detached, without remote, main, commit or repository."""
    arrange(place)
    assert snapshot == stop(place, *MINOR)


# What the checks before the first change find.


def shallow(place: Place) -> None:
    place.publish("A second commit")
    shutil.rmtree(place.clone)
    place.git("clone", "-q", "--depth=1", place.remote.as_uri(), str(place.clone), where=place.directory)
    place.git("config", "user.name", "Ada")
    place.git("config", "user.email", "ada@example.com")


def tag_not_fetched(place: Place) -> None:
    place.git("tag", "-a", "v0.1.5", "-m", "Release v0.1.5", "main", where=place.remote)


def tag_here(place: Place) -> None:
    place.git("tag", "-a", "v0.2.0", "-m", "Mine")


def tag_there(place: Place) -> None:
    place.git("tag", "v0.2.0", "main", where=place.remote)


def branch_there(place: Place) -> None:
    place.git("branch", "release/v0.2.0", "main", where=place.remote)


def out_of_sync(place: Place) -> None:
    place.replace("helm/contd/Chart.yaml", 'appVersion: "0.1.5"', 'appVersion: "0.1.4"')
    place.replace("contd/__init__.py", '"0.1.5"', '"0.1.6"')
    place.publish()


def file_missing(place: Place) -> None:
    (place.clone / "helm/contd/Chart.yaml").unlink()
    place.publish()


def wrong_type(place: Place) -> None:
    place.write("newsfragments/15.improvement.md", "Better.\n")
    place.publish()


def shortened_type(place: Place) -> None:
    place.write("newsfragments/12.feat.md", "Better.\n")
    place.publish()


def misnamed(place: Place) -> None:
    place.write("newsfragments/notes.md", "Better.\n")
    place.publish()


def twice(place: Place) -> None:
    place.write("newsfragments/12.feature.rst", "The same.\n")
    place.publish()


def not_ascii(place: Place) -> None:
    place.write("newsfragments/+größer.feature.md", "Bigger.\n")
    place.publish()


def no_fragments(place: Place) -> None:
    for path in (place.clone / "newsfragments").glob("[+1]*.md"):
        path.unlink()
    place.publish()


def no_marker(place: Place) -> None:
    place.replace("CHANGELOG.md", "<!-- towncrier release notes start -->\n", "")
    place.publish()


def no_changelog(place: Place) -> None:
    (place.clone / "CHANGELOG.md").unlink()
    place.publish()


def section_there(place: Place) -> None:
    marker = "<!-- towncrier release notes start -->\n"
    place.replace("CHANGELOG.md", marker, f"{marker}\n## [0.2.0] - 2020-02-02\n\n- Once.\n")
    place.publish()


def fragment_is_a_link(place: Place) -> None:
    (place.clone / "newsfragments" / "17.feature.md").symlink_to("../README.md")
    place.publish()


def links_lead_outside(place: Place) -> None:
    (place.directory / "secret.txt").write_text("CaNaRy7\n", encoding="utf-8")
    (place.clone / "newsfragments" / "17.feature.md").symlink_to("../../secret.txt")
    (place.clone / "contd" / "absolute.py").symlink_to(place.directory / "secret.txt")
    (place.clone / "up").symlink_to("contd/..")
    (place.clone / "inside").symlink_to("up/up/README.md")
    (place.clone / "contd" / "through.py").symlink_to("../up/../secret.txt")
    (place.clone / "contd" / "git").symlink_to("../.git/config")
    (place.clone / "contd" / "circle").symlink_to("circle")
    place.publish()


def no_guide(place: Place) -> None:
    place.write("newsfragments/16.breaking.md", "Ledgers are files.\n")
    place.publish()


def guide_unwritten(place: Place) -> None:
    place.write("newsfragments/16.breaking.md", "Ledgers are files.\n")
    assert place.say("changelog", "--migration-guide").code == 0
    place.publish()


def nobody(place: Place) -> None:
    place.git("config", "--unset", "user.name")
    place.git("config", "--unset", "user.email")
    place.git("config", "user.useConfigOnly", "true")


def everything_wrong(place: Place) -> None:
    wrong_type(place)
    out_of_sync(place)
    tag_there(place)
    nobody(place)


@pytest.mark.parametrize(
    "arrange",
    [
        shallow,
        tag_not_fetched,
        tag_here,
        tag_there,
        branch_there,
        out_of_sync,
        file_missing,
        wrong_type,
        shortened_type,
        misnamed,
        twice,
        not_ascii,
        no_fragments,
        no_marker,
        no_changelog,
        section_there,
        fragment_is_a_link,
        links_lead_outside,
        no_guide,
        guide_unwritten,
        nobody,
        everything_wrong,
    ],
)
def test_what_stops_a_release_before_anything_is_changed(
    release: Place, world: World, arrange: Callable[[Place], None], snapshot: SnapshotAssertion
) -> None:
    """Every problem is told, all of them at once, and nothing was done: no worktree, no line in the journal."""
    arrange(release)
    assert snapshot == stop(release)
    assert not (release.state / "journal.jsonl").exists()
    assert [ref.removeprefix("refs/heads/") for ref in remotes.refs(release.remote) if "main" in ref] == ["main"]
    assert dict(world.ledger.effects()) == {}


def without_credentials(place: Place) -> None:
    place.env.pop("TWINE_PASSWORD")


def wrong_password(place: Place) -> None:
    place.env["TWINE_PASSWORD"] = "guessed"


def index_down(place: Place) -> None:
    place.env["CONTD_RELEASE_CONFIG"] = str(place.directory / "down.toml")
    text = '[pypi]\nrepository = "http://127.0.0.1:9/legacy/"\nindex = "http://127.0.0.1:9/simple/"\n'
    (place.directory / "down.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("arrange", [without_credentials, wrong_password, index_down])
def test_an_index_that_does_not_let_us_in(
    release: Place, arrange: Callable[[Place], None], snapshot: SnapshotAssertion
) -> None:
    """No credential, a wrong one, no answer: known before anything is changed, and the password is not told."""
    arrange(release)
    assert snapshot == stop(release)


@pytest.mark.parametrize("which", ["contd-0.2.0-py3-none-any.whl", "contd-0.2.0.tar.gz"])
def test_a_file_of_that_name_is_on_the_index(
    release: Place, upload: Callable[[str], None], which: str, snapshot: SnapshotAssertion
) -> None:
    """Another wheel or sdist under a name that this release needs is found before anything is changed."""
    upload(which)
    assert snapshot == stop(release)


# What the repository says about itself.


def unknown_keys(place: Place) -> None:
    place.replace("pyproject.toml", 'proof = ["python -c pass"]', 'prove = ["nox"]\nsign-tags = "yes"')
    place.replace("pyproject.toml", "isolated = false", "isolate = false")
    place.publish()


def not_toml(place: Place) -> None:
    place.replace("pyproject.toml", "[tool.contd-release]", "[tool.contd-release")
    place.publish()


def empty_proof(place: Place) -> None:
    place.replace("pyproject.toml", '"python -c pass"', '""')
    place.publish()


def without_bumpversion(place: Place) -> None:
    (place.clone / ".bumpversion.toml").unlink()
    place.publish()


def bumpversion_not_toml(place: Place) -> None:
    place.write(".bumpversion.toml", "[tool.bumpversion\n")
    place.publish()


def without_current_version(place: Place) -> None:
    place.replace(".bumpversion.toml", 'current_version = "0.1.5"\n', "")
    place.publish()


def odd_current_version(place: Place) -> None:
    place.replace(".bumpversion.toml", 'current_version = "0.1.5"', 'current_version = "0.1.5.post3"')
    place.publish()


def two_registries(place: Place) -> None:
    overlay = place.directory / "two.toml"
    chart = '[chart]\npath = "helm/contd"\nregistry = "oci://registry.example.com/charts"\n'
    overlay.write_text(f'[image]\nname = "ghcr.io/owner/contd"\n{chart}', encoding="utf-8")
    place.env.update(CONTD_RELEASE_CONFIG=str(overlay), CONTD_REGISTRY_PASSWORD="of one of them")


def _listed(place: Place, old: str, new: str) -> None:
    place.replace(".bumpversion.toml", old, new)
    place.publish()


def a_number_as_filename(place: Place) -> None:
    _listed(place, 'filename = "contd/__init__.py"', "filename = 7")


def a_search_that_is_no_pattern(place: Place) -> None:
    _listed(place, """search = '^__version__ = "{current_version}"'""", 'search = "(["')


def a_parse_that_is_no_pattern(place: Place) -> None:
    text = (place.clone / ".bumpversion.toml").read_text(encoding="utf-8")
    _listed(place, text[text.index("parse = ") : text.index("serialize")], 'parse = "(["\n')


def a_string_for_serialize(place: Place) -> None:
    _listed(
        place, 'serialize = ["{major}.{minor}.{patch}{pre_l}{pre_n}", "{major}.{minor}.{patch}"]', 'serialize = "x"'
    )


def a_glob(place: Place) -> None:
    _listed(place, 'filename = "contd/__init__.py"', 'glob = "contd/*.py"')


def bytes_in_bumpversion(place: Place) -> None:
    (place.clone / ".bumpversion.toml").write_bytes(b"# \xff\n[tool.bumpversion]\n")
    place.publish()


def bytes_in_our_configuration(place: Place) -> None:
    (place.clone / "contd-release.toml").write_bytes(bytes(range(256)))
    place.publish()


def bytes_in_pyproject(place: Place) -> None:
    path = place.clone / "pyproject.toml"
    path.write_bytes(path.read_bytes() + b"# \xe4\n")
    place.publish()


def unknown_keys_in_three_files(place: Place) -> None:
    unknown_keys(place)
    place.write("contd-release.toml", "publishing = 1\n")
    place.publish()
    (place.directory / "overlay.toml").write_text("[pypi]\nindx = 1\n", encoding="utf-8")
    place.env["CONTD_RELEASE_CONFIG"] = str(place.directory / "overlay.toml")


def overlay_missing(place: Place) -> None:
    place.env["CONTD_RELEASE_CONFIG"] = str(place.directory / "lost.toml")


@pytest.mark.parametrize(
    "arrange",
    [
        unknown_keys,
        not_toml,
        empty_proof,
        without_bumpversion,
        bumpversion_not_toml,
        without_current_version,
        odd_current_version,
        two_registries,
        a_number_as_filename,
        a_search_that_is_no_pattern,
        a_parse_that_is_no_pattern,
        a_string_for_serialize,
        a_glob,
        bytes_in_bumpversion,
        bytes_in_our_configuration,
        bytes_in_pyproject,
        unknown_keys_in_three_files,
        overlay_missing,
    ],
)
def test_a_configuration_that_says_nothing_sensible(
    place: Place, arrange: Callable[[Place], None], snapshot: SnapshotAssertion
) -> None:
    """Unknown keys, wrong types, files that are not TOML: key, value and what was expected, all at once."""
    arrange(place)
    assert snapshot == stop(place)


@pytest.mark.slow
def test_a_search_without_end(release: Place, snapshot: SnapshotAssertion) -> None:
    """A pattern that backtracks for ever is stopped and named."""
    release.replace("contd/__init__.py", '__version__ = "0.1.5"', f'__version__ = "0.1.5"\n{"a" * 60}')
    _listed(release, """search = '^__version__ = "{current_version}"'""", "search = '^((a|aa)+)+b?{current_version}$'")
    assert stop(release) == snapshot


def test_a_changelog_that_is_not_utf8(release: Place, snapshot: SnapshotAssertion) -> None:
    """The line with other bytes is named, and the exit code is 2."""
    path = release.clone / "CHANGELOG.md"
    path.write_bytes(path.read_bytes() + b"\n- Caf\xe9\n")
    release.publish()
    assert stop(release) == snapshot


# What the words of the call do not fit to.


def test_a_part_that_is_too_small(release: Place, snapshot: SnapshotAssertion) -> None:
    """A feature asks for a minor release."""
    assert snapshot == stop(release, "release", "--part", "patch", "--yes")


def test_a_part_that_is_too_small_with_a_reason(release: Place) -> None:
    """A reason is enough, and it is told."""
    said = release.say("check", "--part", "patch", "--because", "nobody uses it yet")
    assert said.code == 0, said.text
    said = release.say("plan", "--part", "patch", "--because", "nobody uses it yet")
    assert "ask for minor; patch because nobody uses it yet" in said.out


def test_a_release_that_is_under_way(release: Place, snapshot: SnapshotAssertion) -> None:
    """Another part than that of the release under way begins nothing."""
    base = release.git("rev-parse", "HEAD")
    begun = {"entry": "Begun", "version": "0.2.0", "previous": "0.1.5", "base": base, "epoch": 1_800_000_000}
    journal = release.state / "journal.jsonl"
    journal.parent.mkdir()
    journal.write_text(json.dumps(begun | {"at": "2027-01-15T08:00:00+00:00", "because": ""}) + "\n", encoding="utf-8")
    assert snapshot == stop(release, "release", "--part", "major", "--yes")


def test_another_release_runs_here(release: Place, snapshot: SnapshotAssertion) -> None:
    """The lock of the clone is held by a process that lives."""
    with lock.held(release.state / "lock"):
        said = stop(release)
    assert snapshot == said.replace(str(os.getpid()), "NUMBER")


@pytest.mark.parametrize(
    "words",
    [("abort",), ("verify",), ("status", "--version", "0.3.0"), ("verify", "--version", "0.3.0"), ("publish",)],
    ids=" ".join,
)
def test_nothing_to_do_it_to(release: Place, words: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    """Tasks that need a release under way, or one that was made here, say so."""
    assert snapshot == stop(release, *words)


@pytest.mark.parametrize(
    "words",
    [("news", ""), ("news", "Better", "--type", "novelty"), ("news", "Better", "--issue", "../12"), ("changelog",)],
    ids=lambda words: " ".join(words) or "empty",
)
def test_fragments_that_cannot_be(place: Place, words: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    """No text, no such type, an issue that is a path; a draft with a misnamed fragment beside the others."""
    if words == ("changelog",):
        place.write("newsfragments/notes.md", "Lost.\n")
    assert snapshot == stop(place, *words)


def test_no_migration_guide_where_nothing_breaks(place: Place, snapshot: SnapshotAssertion) -> None:
    """There is nothing to migrate from."""
    assert snapshot == stop(place, "changelog", "--migration-guide")


def test_a_migration_guide_is_never_overwritten(place: Place, snapshot: SnapshotAssertion) -> None:
    """A guide that somebody wrote stays."""
    no_guide(place)
    place.write("docs/migrations/v0.2.md", "Mine.\n")
    assert snapshot == stop(place, "changelog", "--migration-guide")
