"""One client for every registry: the sandbox's with either login, and Debian's docker-registry."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn
from urllib.parse import urljoin

import pytest
import requests
import stamina

from contd_release.errors import Conflict, Unanswered, Usage
from contd_release.process.redaction import Secret
from contd_release.sandbox.registry.api import Registry, RegistryRules
from contd_release.sandbox.world import World
from contd_release.tools.oci import referrers, upload
from contd_release.tools.oci.archive import Archive
from contd_release.tools.oci.login import Login
from contd_release.tools.oci.manifest import Descriptor, Manifest, index
from contd_release.tools.oci.referrers import Attachment
from contd_release.tools.oci.repository import OciRepository, Push

if TYPE_CHECKING:
    from image_bench import Images

pytestmark = pytest.mark.usefixtures("impatient", "alone")

KINDS = ["bearer", "basic", pytest.param("debian", marks=pytest.mark.integration)]


@dataclass(frozen=True)
class Place:
    """A registry, and who may push to it."""

    kind: str
    address: str
    login: Login

    def repository(self, path: str = "owner/app", login: Login | None = None) -> OciRepository:
        """A repository of it."""
        return OciRepository(self.address, path, login or self.login)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Each registry in turn."""
    if request.param == "debian":
        with_debian: Callable[[Path], Iterator[Place]] = debian
        yield from with_debian(tmp_path)
        return
    with World(tmp_path / "world") as world:
        world.part(Registry).rules = RegistryRules(login=request.param)
        yield Place(request.param, world.registry, Login("publisher", world.accounts.publisher.password))


def debian(folder: Path) -> Iterator[Place]:
    """docker-registry with one user, on this machine only."""
    from programs import needed

    needed("docker-registry", "docker-registry")
    needed("htpasswd", "apache2-utils")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    known = subprocess.run(("htpasswd", "-Bbn", "publisher", "a password"), capture_output=True, check=True)
    (folder / "htpasswd").write_bytes(known.stdout)
    config = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "registry")}, "delete": {"enabled": True}},
        "http": {"addr": f"127.0.0.1:{port}"},
        "auth": {"htpasswd": {"realm": "tests", "path": str(folder / "htpasswd")}},
    }
    (folder / "config.yml").write_text(json.dumps(config))
    argv = ("docker-registry", "serve", str(folder / "config.yml"))
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                requests.get(f"http://127.0.0.1:{port}/v2/", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield Place("debian", f"127.0.0.1:{port}", Login("publisher", Secret("a password")))
    finally:
        process.terminate()
        process.wait(10)


def pushed(repository: OciRepository, archive: Archive) -> Manifest:
    """Everything of an archive is in the registry, by digest."""
    for one in archive.top.manifests:
        image = archive.manifest(one.digest, one.media_type)
        for blob in (*image.layers, image.config):
            upload.upload(repository, archive.blob(blob))
        repository.put(image.digest, image)
    repository.put(archive.top.digest, archive.top)
    return archive.top


def test_nothing_is_there_at_first(place: Place) -> None:
    """An unknown repository is empty, and no error."""
    repository = place.repository()
    assert repository.digest("1.2.0") is None
    assert repository.manifest(f"sha256:{'0' * 64}") is None
    assert not repository.has(f"sha256:{'0' * 64}")
    assert repository.tags() == ()


def test_what_was_pushed_by_digest_can_be_named_and_read_back(place: Place, images: Images) -> None:
    """By digest first, then under a tag; bytes and media types come back as they were sent."""
    repository, archive = place.repository(), images.whole()
    top = pushed(repository, archive)
    assert top == repository.manifest(top.digest)
    assert repository.tags() == ()
    repository.put("1.2.0", top)
    repository.put("latest", top)
    assert top.digest == repository.digest("1.2.0") == repository.digest("latest")
    assert repository.tags() == ("1.2.0", "latest")
    image = repository.manifest(top.manifests[1].digest)
    assert image is not None
    assert archive.small(image.config.digest) == repository.blob(image.config.digest, 1 << 20)


def test_a_layer_is_downloaded_and_compared(place: Place, images: Images, tmp_path: Path) -> None:
    """What is downloaded is what its digest says."""
    repository, archive = place.repository(), images.whole()
    image = repository.manifest(pushed(repository, archive).manifests[0].digest)
    assert image is not None
    repository.download(image.layers[0].digest, tmp_path / "layer", image.layers[0].size)
    with archive.blob(image.layers[0]).open() as ours:
        assert ours.read() == (tmp_path / "layer").read_bytes()


def test_a_tag_is_moved_by_putting_the_same_bytes(place: Place, images: Images) -> None:
    """Tags are mutable: the client leaves it to its caller to look first."""
    repository = place.repository()
    first, second = pushed(repository, images.whole("a", "a")), pushed(repository, images.whole("b", "b"))
    repository.put("latest", first)
    repository.put("latest", second)
    assert second.digest == repository.digest("latest")


def test_deleted_by_digest(place: Place, images: Images) -> None:
    """A manifest is gone after it was deleted, and deleting it twice is no error."""
    repository = place.repository()
    top = pushed(repository, images.whole())
    assert repository.delete(top.digest)
    assert repository.manifest(top.digest) is None
    assert repository.delete(top.digest)


def test_a_tag_alone_is_not_deleted_where_the_registry_cannot(place: Place, images: Images) -> None:
    """A registry that deletes no tags is not made to delete what the tag names."""
    repository = place.repository()
    top = pushed(repository, images.whole())
    repository.put("latest", top)
    assert not repository.untag("latest")
    assert top.digest == repository.digest("latest")


def test_who_may_push(place: Place) -> None:
    """The push is probed without putting anything there."""
    assert Push.ALLOWED is place.repository().push()
    assert place.repository().tags() == ()


def test_a_wrong_password_is_no_answer(place: Place) -> None:
    """401 is not "absent", for no question."""
    wrong = place.repository(login=Login("publisher", Secret("wrong-password")))
    for ask in (lambda: wrong.digest("1.2.0"), wrong.tags, lambda: wrong.has(f"sha256:{'0' * 64}")):
        with pytest.raises(Unanswered, match="refused our credential"):
            ask()


def test_an_upload_that_is_there_is_spared(place: Place, images: Images) -> None:
    """The same blob twice is asked about, and not sent."""
    repository, archive = place.repository(), images.whole()
    pushed(repository, archive)
    image = archive.manifest(archive.top.manifests[0].digest, archive.top.manifests[0].media_type)
    blob = Unreadable(archive.blob(image.layers[0]))
    upload.upload(repository, blob)

    assert repository.has(image.layers[0].digest)


def test_an_upload_goes_on_where_the_registry_lost_it(place: Place, tmp_path: Path) -> None:
    """The registry says how far the upload came, and takes the rest."""
    repository, blob = place.repository(), OnDisk(tmp_path / "blob")
    begun = upload.begin(repository)
    with blob.open() as stream:
        half = stream.read(1 << 20)
    sent = repository.talk("pull,push", lambda door: door.send("PATCH", begun.location, data=half))
    assert sent.status == 202
    # Debian's registry signs the length into the location, so only the newest location is good.
    known = urljoin(begun.location, sent.headers["Location"])
    found = upload.resumed(repository, known)
    assert found is not None
    assert found.offset == 1 << 20
    upload.send(repository, blob, found)
    assert repository.has(blob.digest)
    assert upload.resumed(repository, known) is None


@dataclass(frozen=True)
class Unreadable:
    """A blob that fails when it is opened."""

    blob: upload.Blob

    @property
    def digest(self) -> str:
        """As it says."""
        return self.blob.digest

    @property
    def size(self) -> int:
        """As it says."""
        return self.blob.size

    def open(self) -> NoReturn:
        """Never."""
        pytest.fail("it is there already")


def test_a_large_upload_that_is_cut_goes_on_where_it_stopped(world: World, publisher: None, tmp_path: Path) -> None:
    """After a reset in the middle only the rest is sent."""
    repository = OciRepository.named(f"{world.registry}/owner/app")
    blob = OnDisk(tmp_path / "blob")
    world.faults.order("PATCH /v2/* 1 cut")
    upload.upload(repository, blob)
    assert repository.has(blob.digest)
    sent = [one for one in world.ledger.requests() if one.method == "PATCH"]
    assert [one.status for one in sent][-2:] == [0, 202]
    assert len([one for one in world.ledger.requests() if one.method == "POST" and one.status == 202]) == 1


class OnDisk:
    """Three megabytes."""

    def __init__(self, path: Path) -> None:
        import hashlib
        import random

        content = random.Random(1).randbytes(3 << 20)  # noqa: S311
        path.write_bytes(content)
        self.path, self.size = path, len(content)
        self.digest = f"sha256:{hashlib.sha256(content).hexdigest()}"

    def open(self) -> IO[bytes]:
        """The bytes."""
        return self.path.open("rb")


def test_retry_after_is_waited_for(world: World, publisher: None, images: Images) -> None:
    """A registry that is asked too often says how long to wait."""
    stamina.set_testing(False)
    repository = OciRepository.named(f"{world.registry}/owner/app")
    repository.push()
    world.faults.order("* /v2/* 1 429=1")
    began = time.monotonic()
    pushed(repository, images.whole())
    assert time.monotonic() - began >= 1


def test_other_bytes_under_a_digest_are_a_conflict(world: World, publisher: None, images: Images) -> None:
    """A registry that lies is found out, for manifests and blobs alike."""
    repository = OciRepository.named(f"{world.registry}/owner/app")
    top = pushed(repository, images.whole())
    for path in (world.directory / "registry").rglob("sha256-*"):
        if path.stat().st_size:
            path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(Conflict, match=f"has bytes with sha256:.* under {top.digest}"):
        repository.manifest(top.digest)
    image = Archive(images.folder / "whole.tar").manifest(top.manifests[0].digest, top.manifests[0].media_type)
    with pytest.raises(Conflict, match="has other bytes under"):
        repository.blob(image.config.digest, 1 << 20)


def test_anybody_may_read_what_is_public(world: World, publisher: None, images: Images) -> None:
    """Without a login a token for everybody is fetched, and it does not push."""
    top = pushed(OciRepository.named(f"{world.registry}/owner/app"), images.whole())
    anybody = OciRepository.named(f"{world.registry}/owner/app", anonymous=True)
    assert top == anybody.manifest(top.digest)
    assert Push.REFUSED is anybody.push()
    with pytest.raises(Unanswered, match="refused our credential"):
        anybody.put("latest", top)
    assert anybody.digest("latest") is None


def test_without_a_login_where_one_is_needed(world: World) -> None:
    """The error says what to set."""
    world.part(Registry).rules = RegistryRules(login="basic", public=False)
    with pytest.raises(Unanswered) as caught:
        OciRepository.named(f"{world.registry}/owner/app").digest("1.2.0")
    assert "wants a login, and there is none" in caught.value.what_is
    assert caught.value.type_next == "export CONTD_REGISTRY_USERNAME=… CONTD_REGISTRY_PASSWORD=…"


def test_who_has_a_login_is_never_taken_for_a_stranger(world: World, publisher: None, images: Images) -> None:
    """Where the registry did not say how to log in, nothing is asked without the login, now or later."""
    repository = OciRepository.named(f"{world.registry}/owner/app")
    world.faults.order("GET /v2/ 1-4 503")
    for _ in range(2):
        before = len(world.ledger.requests())
        try:
            assert repository.digest("1.2.0") is None
        except Unanswered:
            assert {"/v2/"} == {one.path for one in world.ledger.requests()[before:]}
    first = next(one.path for one in world.ledger.requests() if one.path != "/v2/")
    assert first.startswith("/v2/token?")


def test_tags_come_in_pages(world: World, publisher: None, images: Images) -> None:
    """A registry that lists a few tags at a time is asked until its end."""
    repository = OciRepository.named(f"{world.registry}/owner/app")
    top = pushed(repository, images.whole())
    names = [f"1.{number}.0" for number in range(7)]
    for name in names:
        repository.put(name, top)
    assert tuple(names) == repository.tags()
    url = repository.url("tags/list?n=3")
    token = repository.talk("pull", lambda door: door.ask(url))
    assert token.headers["Link"] == '</v2/owner/app/tags/list?n=3&last=1.2.0>; rel="next"'


@pytest.mark.parametrize(
    ("name", "registry", "path"),
    [
        ("ghcr.io/owner/app", "ghcr.io", "owner/app"),
        ("127.0.0.1:5000/app", "127.0.0.1:5000", "app"),
        ("registry:5000/app", "registry:5000", "app"),
        ("localhost:5000/a/b/c-d", "localhost:5000", "a/b/c-d"),
        ("docker.io/owner/app", "registry-1.docker.io", "owner/app"),
    ],
)
def test_names(name: str, registry: str, path: str) -> None:
    """A registry, and a path in it."""
    found = OciRepository.named(name)
    assert (registry, path) == (found.registry, found.path)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "app",
        "owner/app",
        "ghcr.io/",
        "ghcr.io/Owner/app",
        "ghcr.io/../app",
        "ghcr.io/a//b",
        "-x/app",
        "ghcr.io/app:1",
        "a b:5/app",
        "me@host:5/app",
        "me:x@ghcr.io/app",
        "host:port/app",
        "ghcr.io/app\n",
    ],
)
def test_what_is_no_name(name: str) -> None:
    """A name is refused before anything is asked of anybody."""
    with pytest.raises(Usage, match="does not name a repository"):
        OciRepository.named(name)


@pytest.mark.parametrize("reference", ["", "../x", "-x", "a b", "sha256:123", "x" * 129])
def test_what_is_no_reference(reference: str) -> None:
    """Neither a tag nor a digest."""
    with pytest.raises(Usage, match="is neither a tag nor a digest"):
        OciRepository("127.0.0.1:1", "app").digest(reference)


def test_a_registry_that_is_not_there_does_not_answer() -> None:
    """A refused connection is not "absent"."""
    with pytest.raises(Unanswered):
        OciRepository("127.0.0.1:1", "app").digest("1.2.0")


def test_secrets_do_not_show() -> None:
    """A repository, its login and its header print no password."""
    login = Login("me", Secret("a-password"))
    shown = f"{login!r} {login.header!r} {OciRepository('ghcr.io', 'app', login)!r}"
    assert "a-password" not in shown
    assert base64.b64encode(b"me:a-password").decode() not in shown


def test_equal_manifests_give_an_equal_index() -> None:
    """An index is bytes: order and spelling are ours."""
    listed = (Descriptor("m", f"sha256:{'a' * 64}", 1, "linux/arm/v7"),)
    said = json.loads(index(listed).content)
    assert said["manifests"][0]["platform"] == {"architecture": "arm", "os": "linux", "variant": "v7"}
    assert listed == index(listed).manifests


def test_bytes_that_are_no_manifest_are_no_answer() -> None:
    """Bytes that a registry or an archive gives are read with care."""
    for content in (b"", b"[]", b'{"layers": [{"digest": "x"}]}'):
        with pytest.raises(Unanswered):
            _ = Manifest(content, "m").layers


def test_what_is_attached_is_listed(place: Place, tmp_path: Path) -> None:
    """By the registry, or under a tag where it has no such list; other kinds are not in the answer."""
    there, subject = place.repository(), index(())
    there.put(subject.digest, subject)
    assert referrers.referrers(there, subject.digest, "application/x.a") == ()
    for kind, content in (("application/x.a", b"1"), ("application/x.b", b"2"), ("application/x.a", b"3")):
        referrers.attach(there, subject, Attachment(content, kind, {"said": content.decode()}))
    found = referrers.referrers(there, subject.digest, "application/x.a")
    assert {one.annotations["said"]: referrers.content(there, one, 9) for one in found} == {"1": b"1", "3": b"3"}
    assert [tag for tag in there.tags() if referrers.is_list(tag)] == [subject.digest.replace(":", "-")] * (
        place.kind == "debian"
    )
