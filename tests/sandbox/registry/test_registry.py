"""
The sandbox's registry speaks the distribution specification, and third parties work against it.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from contd_release.sandbox.registry.api import Registry, RegistryRules
from contd_release.sandbox.world import World
from contd_release.tools.oci.archive import Archive
from contd_release.tools.oci.manifest import INDEX, MANIFEST
from contd_release.tools.oci.repository import OciRepository

if TYPE_CHECKING:
    from image_bench import Images

pytestmark = pytest.mark.usefixtures("impatient", "alone")

EMPTY = b"{}"
NONE = f"sha256:{'0' * 64}"


class Client:
    """Plain requests as the publisher."""

    def __init__(self, world: World, path: str = "owner/app") -> None:
        self.world, self.base = world, f"{world.url}/v2/{path}"
        self.auth = ("publisher", world.accounts.publisher.password.reveal())

    def __call__(self, method: str, url: str, data: bytes | None = None, **headers: str) -> requests.Response:
        """The answer to one request."""
        target = url if "://" in url else f"{self.world.url}{url}" if url.startswith("/") else f"{self.base}/{url}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(method, target, data=data, headers=named, auth=self.auth, timeout=10)

    def blob(self, content: bytes) -> str:
        """Put a blob; its digest."""
        digest = digest_of(content)
        assert self("POST", f"blobs/uploads/?digest={digest}", content).status_code == 201
        return digest

    def manifest(self, reference: str = "", **more: object) -> dict[str, Any]:
        """Put a manifest of one small blob; its descriptor."""
        config = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": self.blob(EMPTY), "size": 2}
        said = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [config], **more}
        content = json.dumps(said).encode()
        reply = self("PUT", f"manifests/{reference or digest_of(content)}", content, Content_Type=MANIFEST)
        assert reply.status_code == 201, reply.text
        return {"mediaType": MANIFEST, "digest": digest_of(content), "size": len(content)}


@pytest.fixture
def client(world: World) -> Client:
    """The publisher, whom Basic credentials are enough for."""
    world.part(Registry).rules = RegistryRules(login="basic")
    return Client(world)


def digest_of(content: bytes) -> str:
    """As registries spell it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def code(reply: requests.Response) -> tuple[int, str]:
    """The status and the specification's error code."""
    return reply.status_code, reply.json()["errors"][0]["code"]


def test_it_says_that_it_is_a_registry(client: Client) -> None:
    """end-1."""
    assert client("GET", "/v2/").status_code == 200


def test_a_blob_whole_in_one_request_and_in_two(client: Client) -> None:
    """end-4b, end-4a with end-6: monolithic uploads."""
    digest = client.blob(b"one request")
    assert client("GET", f"blobs/{digest}").content == b"one request"
    begun = client("POST", "blobs/uploads/")
    assert begun.status_code == 202
    other = digest_of(b"two requests")
    done = client("PUT", f"{begun.headers['Location']}?digest={other}", b"two requests")
    assert (201, f"/v2/owner/app/blobs/{other}") == (done.status_code, done.headers["Location"])
    assert client("GET", done.headers["Location"]).content == b"two requests"


def test_a_blob_in_chunks_that_can_be_resumed(client: Client) -> None:
    """end-5, end-13: chunks come in order; one that does not fit is told where to go on."""
    where = client("POST", "blobs/uploads/").headers["Location"]
    first = client("PATCH", where, b"01234", Content_Range="0-4")
    assert (first.status_code, first.headers["Range"]) == (202, "0-4")
    wrong = client("PATCH", where, b"789", Content_Range="7-9")
    assert (wrong.status_code, wrong.headers["Range"]) == (416, "0-4")
    asked = client("GET", where)
    assert (asked.status_code, asked.headers["Range"]) == (204, "0-4")
    client("PATCH", asked.headers["Location"], b"56789", Content_Range="5-9")
    digest = digest_of(b"0123456789")
    assert client("PUT", f"{where}?digest={digest}").status_code == 201
    assert code(client("GET", where)) == (404, "BLOB_UPLOAD_UNKNOWN")


def test_an_upload_with_another_digest_is_refused(client: Client) -> None:
    """Nothing is kept under a digest that it does not have."""
    assert code(client("POST", f"blobs/uploads/?digest={NONE}", b"x")) == (400, "DIGEST_INVALID")
    assert client("HEAD", f"blobs/{NONE}").status_code == 404


def test_an_upload_is_cancelled(client: Client) -> None:
    """A cancelled upload is unknown."""
    where = client("POST", "blobs/uploads/").headers["Location"]
    assert client("DELETE", where).status_code == 204
    assert code(client("PATCH", where, b"x")) == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_part_of_a_blob(client: Client) -> None:
    """end-2 with Range (RFC 9110)."""
    digest = client.blob(b"0123456789")
    part = client("GET", f"blobs/{digest}", Range="bytes=2-4")
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert client("GET", f"blobs/{digest}", Range="bytes=20-").status_code == 416
    head = client("HEAD", f"blobs/{digest}")
    assert ("10", digest) == (head.headers["Content-Length"], head.headers["Docker-Content-Digest"])


def test_a_blob_is_mounted_from_another_repository(client: Client) -> None:
    """end-11: what another repository has is not sent again; what it has not begins an upload."""
    digest = client.blob(b"shared")
    elsewhere = Client(client.world, "owner/other")
    assert elsewhere("HEAD", f"blobs/{digest}").status_code == 404
    assert elsewhere("POST", f"blobs/uploads/?mount={digest}&from=owner/app").status_code == 201
    assert elsewhere("GET", f"blobs/{digest}").content == b"shared"
    assert elsewhere("POST", f"blobs/uploads/?mount={NONE}&from=owner/app").status_code == 202


def test_manifests_by_tag_and_digest(client: Client) -> None:
    """end-3, end-7: the same bytes and media type under both."""
    put = client.manifest("1.2.0")
    by_tag, by_digest = client("GET", "manifests/1.2.0"), client("GET", f"manifests/{put['digest']}")
    assert by_tag.content == by_digest.content
    assert (MANIFEST, put["digest"]) == (by_tag.headers["Content-Type"], by_tag.headers["Docker-Content-Digest"])
    head = client("HEAD", "manifests/1.2.0")
    assert (str(put["size"]), b"") == (head.headers["Content-Length"], head.content)
    assert code(client("GET", "manifests/1.3.0")) == (404, "MANIFEST_UNKNOWN")


def test_a_manifest_that_is_not_accepted_is_not_seen(client: Client) -> None:
    """As docker-registry has it: a client that forgets a media type finds nothing."""
    client.manifest("1.2.0")
    assert client("GET", "manifests/1.2.0", Accept=INDEX).status_code == 404
    assert client("GET", "manifests/1.2.0", Accept=f"{INDEX}, {MANIFEST}").status_code == 200


def test_what_is_no_manifest_is_refused(client: Client) -> None:
    """Broken JSON, another media type than said, missing blobs, another digest, too large."""
    put = client.manifest()
    dangling = json.dumps({"layers": [{"digest": NONE}]}).encode()
    other = json.dumps({"mediaType": INDEX}).encode()
    assert code(client("PUT", "manifests/x", b"{", Content_Type=MANIFEST)) == (400, "MANIFEST_INVALID")
    assert code(client("PUT", "manifests/x", other, Content_Type=MANIFEST)) == (400, "MANIFEST_INVALID")
    assert code(client("PUT", "manifests/x", dangling, Content_Type=MANIFEST)) == (404, "MANIFEST_BLOB_UNKNOWN")
    assert code(client("PUT", f"manifests/{NONE}", b"{}", Content_Type=MANIFEST)) == (400, "DIGEST_INVALID")
    assert code(client("PUT", "manifests/x", b" " * (5 << 20), Content_Type=MANIFEST)) == (413, "SIZE_INVALID")
    missing = json.dumps({"manifests": [put, {**put, "digest": NONE}]}).encode()
    assert code(client("PUT", "manifests/x", missing, Content_Type=INDEX)) == (404, "MANIFEST_BLOB_UNKNOWN")


def test_tags_in_pages(client: Client) -> None:
    """end-8a, end-8b: sorted, `n` at a time, with a link to the rest."""
    assert code(client("GET", "tags/list")) == (404, "NAME_UNKNOWN")
    for tag in ("b", "a", "c"):
        client.manifest(tag)
    assert client("GET", "tags/list").json() == {"name": "owner/app", "tags": ["a", "b", "c"]}
    page = client("GET", "tags/list?n=2")
    assert page.json()["tags"] == ["a", "b"]
    rest = client("GET", page.links["next"]["url"])
    assert (rest.json()["tags"], rest.links) == (["c"], {})
    assert client("GET", "tags/list?n=0").json()["tags"] == []


def test_referrers(client: Client) -> None:
    """end-12: what has a subject is found from it, and who put it is told so."""
    subject = client.manifest("1.2.0")
    listed = client("GET", f"referrers/{subject['digest']}")
    assert (listed.headers["Content-Type"], listed.json()["manifests"]) == (INDEX, [])
    config = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(EMPTY), "size": 2}
    sbom = {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/spdx+json", "config": config}
    content = json.dumps({**sbom, "layers": [config], "subject": subject, "annotations": {"a": "b"}}).encode()
    put = client("PUT", f"manifests/{digest_of(content)}", content, Content_Type=MANIFEST)
    assert subject["digest"] == put.headers["OCI-Subject"]
    (found,) = client("GET", f"referrers/{subject['digest']}").json()["manifests"]
    assert (digest_of(content), "application/spdx+json", {"a": "b"}) == (
        found["digest"],
        found["artifactType"],
        found["annotations"],
    )
    filtered = client("GET", f"referrers/{subject['digest']}?artifactType=other")
    assert (filtered.json()["manifests"], filtered.headers["OCI-Filters-Applied"]) == ([], "artifactType")


def test_deleted(client: Client) -> None:
    """end-9, end-10: by digest, with the tags that name it; by tag not at all."""
    put = client.manifest("1.2.0")
    assert code(client("DELETE", "manifests/1.2.0")) == (405, "UNSUPPORTED")
    assert client("DELETE", f"manifests/{put['digest']}").status_code == 202
    assert code(client("GET", "manifests/1.2.0")) == (404, "MANIFEST_UNKNOWN")
    assert client("GET", "tags/list").json()["tags"] == []
    assert client("DELETE", f"blobs/{digest_of(EMPTY)}").status_code == 202
    assert code(client("GET", f"blobs/{digest_of(EMPTY)}")) == (404, "BLOB_UNKNOWN")


def test_read_only_and_without_deleting(client: Client) -> None:
    """What the rules forbid is 405."""
    put = client.manifest("1.2.0")
    client.world.part(Registry).rules = RegistryRules(login="basic", deletes=False)
    assert code(client("DELETE", f"manifests/{put['digest']}")) == (405, "UNSUPPORTED")
    client.world.part(Registry).rules = RegistryRules(login="basic", read_only=True)
    assert code(client("POST", "blobs/uploads/")) == (405, "UNSUPPORTED")
    assert client("GET", "manifests/1.2.0").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v2/../accounts.json",
        "/v2/a/../../accounts/manifests/x",
        "/v2/%2e%2e/manifests/x",
        "/v2/a/manifests/..%2f..%2fx",
        "/v2/A/manifests/x",
        "/v2/_blobs/manifests/x",
        "/v2/a//b/manifests/x",
        "/v2/a/blobs/sha256:../../x",
        "/v2/a/manifests/.x",
        "/v2/nothing",
    ],
)
def test_names_lead_nowhere_else(client: Client, path: str) -> None:
    """Neither a repository's name nor a tag nor a digest is a way out of the folder."""
    session = requests.Session()
    prepared = session.prepare_request(requests.Request("GET", client.world.url, auth=client.auth))
    prepared.url = f"{client.world.url}{path}"
    assert session.send(prepared, timeout=10).status_code in (400, 404)


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    """Blobs, manifests, tags, half an upload and tokens are there when the world comes back."""
    with World(tmp_path / "kept") as world:
        world.part(Registry).rules = RegistryRules(login="basic")
        client = Client(world)
        put = client.manifest("1.2.0")
        where = client("POST", "blobs/uploads/").headers["Location"]
        client("PATCH", where, b"half")
        token = client("GET", "/v2/token?scope=repository:owner/app:pull").json()["token"]
    with World(tmp_path / "kept") as again:
        again.part(Registry).rules = RegistryRules(login="basic")
        client = Client(again)
        assert put["digest"] == client("HEAD", "manifests/1.2.0").headers["Docker-Content-Digest"]
        assert client("GET", where).headers["Range"] == "0-3"
        again.part(Registry).rules = RegistryRules()
        bearer = {"Authorization": f"Bearer {token}"}
        url = f"{again.url}/v2/owner/app/manifests/1.2.0"
        assert requests.get(url, headers=bearer, timeout=5).status_code == 200


def test_tokens_are_good_for_what_they_name(world: World) -> None:
    """A token for one repository or one verb opens nothing else, and a made-up one nothing at all."""
    client = Client(world)
    first = requests.get(f"{world.url}/v2/owner/app/tags/list", timeout=5)
    assert first.status_code == 401
    assert f'Bearer realm="{world.url}/v2/token",service="{world.registry}",' in first.headers["WWW-Authenticate"]
    assert 'scope="repository:owner/app:pull"' in first.headers["WWW-Authenticate"]
    token = client("GET", "/v2/token?scope=repository:owner/app:pull").json()["token"]

    def status(method: str, path: str, letter: str) -> int:
        bearer = {"Authorization": f"Bearer {letter}"}
        return requests.request(method, f"{world.url}/v2/{path}", headers=bearer, timeout=5).status_code

    assert status("GET", "owner/app/tags/list", token) == 404
    assert status("POST", "owner/app/blobs/uploads/", token) == 401
    assert status("GET", "owner/other/tags/list", token) == 401
    for forged in (f"{token[:-1]}{'0' if token[-1] != '0' else '1'}", "x", "x.y", ""):
        assert status("GET", "owner/app/tags/list", forged) == 401


def test_a_wrong_password_gets_no_token(world: World) -> None:
    """401, and not a token for nobody."""
    reply = requests.get(f"{world.url}/v2/token", auth=("publisher", "wrong"), timeout=5)
    assert code(reply) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("login", ["basic", "bearer"])
@pytest.mark.integration
def test_skopeo(world: World, images: Images, tmp_path: Path, login: Any, skopeo: None) -> None:
    """Copied in, inspected, copied out, deleted: digests are kept, and only who may push pushes."""
    world.part(Registry).rules = RegistryRules(login=login)
    whole, name = images.whole(), f"docker://{world.registry}/owner/app:1.2.0"
    creds = f"publisher:{world.accounts.publisher.password.reveal()}"
    source = f"oci-archive:{whole.path}:1.2.0"
    assert run("skopeo", "copy", "--all", "--dest-tls-verify=false", source, name).returncode != 0
    assert (
        run("skopeo", "copy", "--all", "--dest-tls-verify=false", "--dest-creds", creds, source, name).returncode == 0
    )
    # An htpasswd has nobody who may read without a login, and skopeo cannot imagine one that does.
    reading = ("--creds", creds) if login == "basic" else ()
    told = run("skopeo", "inspect", "--raw", "--tls-verify=false", *reading, name)
    assert whole.top.content.decode() == told.stdout
    back, source_login = tmp_path / "back.tar", ("--src-creds", creds) if reading else ()
    out = run("skopeo", "copy", "--all", "--src-tls-verify=false", *source_login, name, f"oci-archive:{back}:1.2.0")
    assert out.returncode == 0, out.stderr
    assert whole.top.digest == Archive(back).top.digest
    assert run("skopeo", "delete", "--tls-verify=false", "--creds", creds, name).returncode == 0
    assert run("skopeo", "inspect", "--raw", "--tls-verify=false", *reading, name).returncode != 0


@pytest.mark.integration
def test_buildah(world: World, images: Images, tmp_path: Path, buildah: None) -> None:
    """buildah pulls a base from it, and pushes what it built on it."""
    creds = f"publisher:{world.accounts.publisher.password.reveal()}"
    own = ("--root", str(tmp_path / "root"), "--runroot", str(tmp_path / "run"), "--storage-driver", "vfs")
    base, made = f"{world.registry}/owner/base:1", f"{world.registry}/owner/app:1.2.0"
    archive = f"oci-archive:{images.one().path}"
    steps = [
        ("pull", archive),
        ("build", "--isolation", "chroot", "--tls-verify=false", "--tag", made, str(tmp_path)),
        ("push", "--tls-verify=false", "--creds", creds, made),
    ]
    pulled = run("buildah", *own, *steps[0])
    assert pulled.returncode == 0, pulled.stderr
    first = run(
        "buildah", *own, "push", "--tls-verify=false", "--creds", creds, pulled.stdout.split()[-1], f"docker://{base}"
    )
    assert first.returncode == 0, first.stderr
    (tmp_path / "Dockerfile").write_text(f"FROM {base}\nLABEL made=yes\n")
    for step in steps[1:]:
        done = run("buildah", *own, *step)
        assert done.returncode == 0, done.stderr
    assert OciRepository.named(f"{world.registry}/owner/app", anonymous=True).digest("1.2.0")


@pytest.mark.integration
def test_the_helm_sdk(world: World, tmp_path: Path) -> None:
    """A chart is pushed, listed and pulled, with a login and without."""
    pytest.importorskip("helm_python", reason="the Helm SDK is not here: pip install 'contd-release[helm]'")
    password = world.accounts.publisher.password.reveal()
    # The SDK is not fork-safe, so it gets a process of its own.
    script = tmp_path / "charts.py"
    script.write_text(HELM)
    done = run(sys.executable, "-P", str(script), world.registry, str(tmp_path), stdin=password)
    assert (done.returncode, done.stdout) == (0, "['1.2.0'] 1.2.0\n"), done.stderr


HELM = """
import sys
from pathlib import Path

import helm_python as helm

registry, folder, password = sys.argv[1], Path(sys.argv[2]), sys.stdin.read()
chart = folder / "demo"
chart.mkdir()
(chart / "Chart.yaml").write_text("apiVersion: v2\\nname: demo\\nversion: 1.2.0\\n")
packed = helm.package(str(chart), destination=str(folder))
client = helm.RegistryClient(plain_http=True, credentials_file=str(folder / "logins.json"))
client.login(registry, "publisher", password, plain_http=True)
client.push(packed, f"oci://{registry}/charts", plain_http=True)
tags = list(client.tags(f"{registry}/charts/demo"))
out = folder / "out"
out.mkdir()
client.pull(f"oci://{registry}/charts/demo", version="1.2.0", destination=str(out), plain_http=True)
print(tags, next(out.iterdir()).name.removeprefix("demo-").removesuffix(".tgz"))
"""


def run(*argv: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """What a program said and how it ended."""
    return subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False, timeout=120)
