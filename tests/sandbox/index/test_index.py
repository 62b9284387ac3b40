"""The package index answers as PyPI does."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import requests
from pypi_simple import PyPISimple

from contd_release.sandbox.index.admission import IndexRules
from contd_release.sandbox.index.api import Index
from contd_release.sandbox.world import World

Make: TypeAlias = Callable[..., Path]
Upload: TypeAlias = Callable[..., requests.Response]
JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}


def get(world: World, path: str, **words: Any) -> requests.Response:
    """A question to this world."""
    return requests.get(f"{world.url}{path}", timeout=5, **words)


def test_the_same_bytes_again_are_fine_and_change_nothing(world: World, upload: Upload, make_wheel: Make) -> None:
    """200, twice; stored once."""
    wheel = make_wheel("1.0.0")
    assert [upload(wheel).status_code for _ in range(2)] == [200, 200]
    assert {f"file {wheel.name}": 1} == world.ledger.effects()


def test_other_bytes_under_a_name_that_is_taken(world: World, upload: Upload, make_wheel: Make) -> None:
    """400, with the reason in the status line, and the first file stays."""
    upload(wheel := make_wheel("1.0.0"))
    first = wheel.read_bytes()
    reply = upload(make_wheel("1.0.0", says="something else"))
    assert reply.status_code == 400
    assert reply.reason.startswith(f"File already exists ('{wheel.name}', with blake2_256 hash '")
    url = get(world, "/simple/contd-demo/", headers=JSON).json()["files"][0]["url"]
    assert first == requests.get(url, timeout=5).content


def test_the_same_content_under_another_name(upload: Upload, make_wheel: Make) -> None:
    """400: one content has one name."""
    upload(wheel := make_wheel("1.0.0"))
    other = wheel.with_name("contd_demo-1.0.0-py2.py3-none-any.whl")
    wheel.rename(other)
    assert upload(other).reason.startswith("File already exists")


def test_a_deleted_name_is_burned(world: World, upload: Upload, make_wheel: Make) -> None:
    """400 for ever, even for the same bytes, and the file is no longer listed."""
    upload(wheel := make_wheel("1.0.0"))
    world.part(Index).delete(wheel.name)
    assert upload(wheel).reason == "This filename has already been used, use a different version."
    assert get(world, "/simple/contd-demo/", headers=JSON).json()["files"] == []
    assert get(world, "/pypi/contd-demo/1.0.0/json").status_code == 404


def test_one_sdist_for_one_release(upload: Upload, make_sdist: Make) -> None:
    """400 for a second one under another spelling."""
    assert upload(make_sdist("1.0.0")).status_code == 200
    assert upload(make_sdist("1.0", name="contd_demo")).reason == "Only one sdist may be uploaded per release."


@pytest.mark.parametrize("account", ["stranger", "nobody", "reader", "narrow"])
def test_who_may_not_upload(world: World, make_wheel: Make, upload: Upload, account: str) -> None:
    """403 for a wrong password, for none, and for a token that may do something else; the reasons differ."""
    accounts = world.accounts
    known = {"reader": accounts.reader, "narrow": accounts.narrow}
    reasons = {
        "reader": "The user 'reader' isn't allowed to upload to project 'contd-demo'.",
        "narrow": "The user 'narrow' isn't allowed to upload to project 'contd-demo'.",
    }
    wheel = make_wheel("1.0.0")
    if account == "nobody":
        reply = requests.post(world.upload_url, data={":action": "file_upload"}, timeout=5)
    else:
        reply = upload(wheel, known.get(account, replace(accounts.publisher, user="stranger")))
    expected = reasons.get(account, "Invalid or non-existent authentication information.")
    assert (403, expected) == (reply.status_code, reply.reason)
    assert not world.ledger.effects()


def test_a_narrow_token_may_upload_its_own_project(world: World, make_wheel: Make, upload: Upload) -> None:
    """The scope is a project's."""
    assert upload(make_wheel("1.0.0", name="elsewhere"), world.accounts.narrow).status_code == 200


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({":action": "submit"}, "Invalid value for :action or name. Error: This field is required."),
        ({"name": ""}, "Invalid value for :action or name. Error: This field is required."),
        ({"version": "1.0.1"}, "File name 'contd_demo-1.0.0-py3-none-any.whl' does not fit 'contd-demo' 1.0.1."),
        ({"version": "one"}, "'one' is an invalid value for Version."),
        ({"version": "1.0.0+here"}, "The use of local versions in '1.0.0+here' is not allowed."),
        ({"name": "other"}, "File name 'contd_demo-1.0.0-py3-none-any.whl' does not fit 'other' 1.0.0."),
        ({"filetype": "sdist"}, "'contd_demo-1.0.0-py3-none-any.whl' is no 'sdist'."),
        ({"sha256_digest": ""}, "Include at least one message digest."),
        (
            {"sha256_digest": "0" * 64},
            "The digest supplied does not match a digest calculated from the uploaded file.",
        ),
        (
            {"md5_digest": "0" * 32},
            "The digest supplied does not match a digest calculated from the uploaded file.",
        ),
        ({"filename": "contd_demo-1.0.0.exe"}, "Invalid file name: "),
        ({"filename": "../contd_demo-1.0.0-py3-none-any.whl"}, "Cannot upload a file with '/' or '\\' in its name."),
    ],
)
def test_what_does_not_fit_together_is_refused(
    world: World, upload: Upload, make_wheel: Make, fields: dict[str, str], reason: str
) -> None:
    """400 with the reason, and nothing stored."""
    reply = upload(make_wheel("1.0.0"), **fields)
    assert reply.status_code == 400
    assert reply.reason.startswith(reason)
    assert not world.ledger.effects()


def test_a_login_can_be_tried_without_a_file(world: World) -> None:
    """400 to who may log in, 403 to who may not: this is how a release finds out before it publishes."""
    form = {":action": "file_upload", "protocol_version": "1", "name": "contd-demo"}
    passwords = {"publisher": world.accounts.publisher.password.reveal(), "reader": "wrong"}
    tries = [requests.post(world.upload_url, data=form, auth=one, timeout=5) for one in passwords.items()]
    assert [(one.status_code, one.reason) for one in tries] == [
        (400, "Upload payload does not have a file."),
        (403, "Invalid or non-existent authentication information."),
    ]


def test_what_is_in_the_file_counts(upload: Upload, make_wheel: Make) -> None:
    """400 for a wheel that holds another project's metadata, and for one that is no wheel."""
    wheel = make_wheel("1.0.0", info="other")
    assert "of 'other', not of 'contd-demo'" in upload(wheel).reason
    wheel.write_bytes(b"no wheel")
    assert upload(wheel).reason.startswith("Invalid distribution file: ")
    sdist = wheel.with_name("contd_demo-1.0.0.tar.gz")
    sdist.write_bytes(b"no sdist")
    assert upload(sdist).reason.startswith("Invalid distribution file: ")


def test_too_large(world: World, upload: Upload, make_wheel: Make) -> None:
    """400 for a file or a project beyond its limit."""
    wheel = make_wheel("1.0.0")
    world.part(Index).rules = IndexRules(largest=100)
    assert upload(wheel).reason == "File too large. Limit for project 'contd-demo' is 0 MB."
    world.part(Index).rules = IndexRules(room=wheel.stat().st_size)
    assert upload(wheel).status_code == 200
    assert upload(make_wheel("1.1.0")).reason == "Project size too large. Limit for project 'contd-demo' is 0 GB."


def test_too_late(world: World, upload: Upload, make_wheel: Make, make_sdist: Make) -> None:
    """400 for a file that comes to a release after two weeks; the same bytes again are fine even then."""
    assert upload(wheel := make_wheel("1.0.0")).status_code == 200
    world.part(Index).rules = IndexRules(window=0)
    assert upload(make_sdist("1.0.0")).reason == "Files can no longer be added to contd-demo 1.0.0."
    assert upload(wheel).status_code == 200
    assert upload(make_wheel("1.1.0")).status_code == 200


def test_the_listing_in_json(world: World, upload: Upload, make_wheel: Make) -> None:
    """PEP 691, with the metadata file of PEP 658, sizes and versions."""
    upload(wheel := make_wheel("1.0.0", requires=">=3.8"), requires_python=">=3.8")
    reply = get(world, "/simple/contd-demo/", headers=JSON)
    assert reply.headers["Content-Type"] == "application/vnd.pypi.simple.v1+json"
    (file,) = reply.json()["files"]
    metadata = requests.get(f"{file['url']}.metadata", timeout=5)
    assert {"sha256": hashlib.sha256(metadata.content).hexdigest()} == file["core-metadata"]
    assert "Requires-Python: >=3.8" in metadata.text
    assert {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()} == file["hashes"]
    assert (wheel.name, ">=3.8", wheel.stat().st_size, False) == (
        file["filename"],
        file["requires-python"],
        file["size"],
        file["yanked"],
    )
    assert reply.json()["versions"] == ["1.0.0"]
    assert get(world, "/simple/", headers=JSON).json()["projects"] == [{"name": "contd-demo"}]


@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/vnd.pypi.simple.v1+html", ""])
def test_the_listing_in_html(world: World, upload: Upload, make_wheel: Make, accept: str) -> None:
    """PEP 503 to everybody who does not ask for JSON."""
    upload(make_wheel("1.0.0"), requires_python="<4,>=3.8")
    reply = get(world, "/simple/contd-demo/", headers={"Accept": accept})
    assert reply.headers["Content-Type"].split(";")[0] in ("text/html", "application/vnd.pypi.simple.v1+html")
    assert 'data-requires-python="&lt;4,&gt;=3.8"' in reply.text


@pytest.mark.parametrize("accept", ["application/vnd.pypi.simple.v1+json", "text/html"])
def test_a_library_reads_both_listings_alike(world: World, upload: Upload, make_wheel: Make, accept: str) -> None:
    """pypi-simple finds the same in JSON and in HTML."""
    upload(wheel := make_wheel("1.0.0"), requires_python=">=3.8")
    world.part(Index).yank("contd-demo", "1.0.0", 'it "burns"')
    with PyPISimple(world.index_url) as client:
        (package,) = client.get_project_page("contd-demo", accept=accept).packages
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    found = (package.filename, package.version, package.digests["sha256"], package.requires_python)
    assert (wheel.name, "1.0.0", digest, ">=3.8") == found
    assert (package.is_yanked, package.yanked_reason, package.has_metadata) == (True, 'it "burns"', True)


def test_names_are_normalised(world: World, upload: Upload, make_wheel: Make) -> None:
    """Another spelling is sent to the right one; a project that is not there is 404."""
    upload(make_wheel("1.0.0"))
    reply = get(world, "/simple/Contd._Demo/", allow_redirects=False)
    assert (reply.status_code, reply.headers["Location"]) == (301, "/simple/contd-demo/")
    assert get(world, "/simple/contd-demo").status_code == 200
    assert get(world, "/simple/nothing-here/").status_code == 404
    assert get(world, "/pypi/nothing-here/json").json() == {"message": "Not Found"}


def test_files_are_served_in_parts_and_cached(world: World, upload: Upload, make_wheel: Make) -> None:
    """HEAD has the size, Range a piece, If-None-Match nothing new."""
    upload(wheel := make_wheel("1.0.0"))
    url = get(world, "/pypi/contd-demo/json").json()["urls"][0]["url"]
    head = requests.head(url, timeout=5)
    assert str(wheel.stat().st_size) == head.headers["Content-Length"]
    piece = requests.get(url, headers={"Range": "bytes=2-5"}, timeout=5)
    assert (206, wheel.read_bytes()[2:6]) == (piece.status_code, piece.content)
    assert requests.get(url, headers={"If-None-Match": head.headers["ETag"]}, timeout=5).status_code == 304
    assert requests.get(url.replace("contd_demo", "contd_dem0"), timeout=5).status_code == 404


def test_yanked_by_a_person_on_the_page(world: World, upload: Upload, make_wheel: Make) -> None:
    """The page asks for a login, yanks a whole release for a reason, and takes it back; the JSON API shows it."""
    upload(make_wheel("1.0.0"))
    page = f"{world.url}/manage/project/contd-demo/release/1.0.0/"
    login = ("publisher", world.accounts.publisher.password.reveal())
    assert requests.get(page, timeout=5).status_code == 401
    assert requests.get(page, auth=("reader", world.accounts.reader.password.reveal()), timeout=5).status_code == 403
    assert "Released" in requests.get(page, auth=login, timeout=5).text
    done = requests.post(page, data={"do": "yank", "reason": "<it burns>"}, auth=login, timeout=5)
    assert "Yanked: &lt;it burns&gt;" in done.text
    info = get(world, "/pypi/contd-demo/1.0.0/json").json()
    assert (info["info"]["yanked"], info["urls"][0]["yanked_reason"]) == (True, "<it burns>")
    requests.post(page, data={"do": "unyank"}, auth=login, timeout=5)
    assert get(world, "/pypi/contd-demo/1.0.0/json").json()["info"]["yanked"] is False
    assert requests.post(page, data={"do": "eat"}, auth=login, timeout=5).status_code == 400
    other = {"do": "delete", "file": "other-1.0.0.tar.gz"}
    assert requests.post(page, data=other, auth=login, timeout=5).status_code == 400
    assert list(world.ledger.effects())[1:] == ["yank contd-demo 1.0.0", "unyank contd-demo 1.0.0"]


def test_the_json_api_tells_the_newest_final(world: World, upload: Upload, make_wheel: Make) -> None:
    """A pre-release is told only when it is asked for, or alone."""
    for version in ("1.0.0", "1.10.0", "1.9.0", "2.0.0rc1"):
        upload(make_wheel(version))
    page = get(world, "/pypi/contd-demo/json").json()
    assert page["info"]["version"] == "1.10.0"
    assert list(page["releases"]) == ["1.0.0", "1.9.0", "1.10.0", "2.0.0rc1"]
    assert get(world, "/pypi/contd-demo/2.0.0rc1/json").json()["info"]["version"] == "2.0.0rc1"
    assert get(world, "/pypi/contd-demo/3.0/json").status_code == 404
    assert get(world, "/pypi/contd-demo/nonsense/json").status_code == 404


def test_an_index_may_lag(world: World, upload: Upload, make_wheel: Make) -> None:
    """A file is listed some time after it was stored."""
    world.part(Index).rules = replace(world.part(Index).rules, lag=0.5)
    upload(make_wheel("1.0.0"))
    assert get(world, "/simple/contd-demo/", headers=JSON).json()["files"] == []
    time.sleep(0.6)
    assert len(get(world, "/simple/contd-demo/", headers=JSON).json()["files"]) == 1


def test_an_index_may_ask_readers_to_log_in(world: World, upload: Upload, make_wheel: Make) -> None:
    """401 without a login, on the listing and on the files."""
    upload(make_wheel("1.0.0"))
    url = get(world, "/pypi/contd-demo/json").json()["urls"][0]["url"]
    world.part(Index).rules = replace(world.part(Index).rules, is_protected=True)
    reader = ("reader", world.accounts.reader.password.reveal())
    for address in (world.index_url, url):
        assert requests.get(address, timeout=5).status_code == 401
        assert requests.get(address, auth=("reader", "wrong"), timeout=5).status_code == 401
        assert requests.get(address, auth=reader, timeout=5).status_code == 200


def test_eight_at_once_store_once(world: World, upload: Upload, make_wheel: Make) -> None:
    """The same file from eight sides is one effect, and a success for all."""
    wheel = make_wheel("1.0.0")
    ready = threading.Barrier(8)

    def one(_: int) -> int:
        ready.wait()
        return upload(wheel).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(8))) == [200] * 8
    assert {f"file {wheel.name}": 1} == world.ledger.effects()


def test_eight_different_files_under_one_name(world: World, upload: Upload, make_wheel: Make) -> None:
    """One of them gets the name; the others are told."""
    wheel = make_wheel("1.0.0")
    folders = [wheel.parent / str(number) for number in range(8)]
    wheels = []
    for folder in folders:
        folder.mkdir()
        wheels.append(make_wheel("1.0.0", says=folder.name).rename(folder / wheel.name))
    with ThreadPoolExecutor(8) as pool:
        assert sorted(reply.status_code for reply in pool.map(upload, wheels)) == [200] + [400] * 7
    assert {f"file {wheel.name}": 1} == world.ledger.effects()


def test_what_was_published_is_there_after_a_restart(world: World, upload: Upload, make_wheel: Make) -> None:
    """Files, yanks, burned names and rules outlive the process."""
    upload(make_wheel("1.0.0"))
    upload(burned := make_wheel("1.1.0"))
    world.part(Index).yank("contd-demo", "1.0.0", "it burns")
    world.part(Index).delete(burned.name)
    world.part(Index).rules = IndexRules(largest=12345)
    before = get(world, "/simple/contd-demo/").text
    world.stop()
    with World(world.directory) as again:
        assert before == get(again, "/simple/contd-demo/").text
        named = again.part(Index).distributions.named(burned.name)
        assert named is not None
        assert named.is_deleted
        assert IndexRules(largest=12345) == again.part(Index).rules
