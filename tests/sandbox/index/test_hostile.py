"""Whatever is sent to the index, it answers, and nothing leaves its folder."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as some
from werkzeug.test import Client

from contd_release.sandbox.accounts import Accounts
from contd_release.sandbox.index.api import Index

HOSTILE = ("../x", "a\r\nX-Evil: 1", "1.0.0+l", "ü-1", "../../contd_demo-1.0.0.tar.gz", "..\\a-1.tar.gz", ".a-1.tar.gz")
FITTING = ("contd-demo", "1.0.0", "sdist", "bdist_wheel", "contd_demo-1.0.0.tar.gz")
WORDS = some.text(max_size=12) | some.sampled_from((*HOSTILE, *FITTING))


@settings(max_examples=150, deadline=None)
@given(some.dictionaries(some.sampled_from(["name", "version", "filetype", "pyversion"]), WORDS), WORDS, some.binary())
def test_no_upload_breaks_it(fields: dict[str, str], filename: str, content: bytes) -> None:
    """Each is refused with a reason on one line, and no file is made outside the index's folder."""
    with TemporaryDirectory() as folder:
        accounts = Accounts.of(Path(folder))
        client = Client(Index(Path(folder) / "index", accounts))
        login = b64encode(f"__token__:{accounts.publisher.password.reveal()}".encode()).decode()
        form: dict[str, object] = {
            ":action": "file_upload",
            "sha256_digest": hashlib.sha256(content).hexdigest(),
            **fields,
        }
        reply = client.post(
            "/legacy/",
            data={**form, "content": (BytesIO(content), filename)},
            headers={"Authorization": f"Basic {login}"},
        )
        assert reply.status_code == 400
        assert reply.status.isascii()
        assert "\n" not in reply.status
        assert "X-Evil" not in reply.headers
        assert [one.name for one in Path(folder).rglob("*")] == ["accounts.json"]


@settings(max_examples=100, deadline=None)
@given(some.sampled_from(["simple", "packages", "pypi", "manage/project"]), some.lists(WORDS, max_size=4))
def test_no_path_breaks_it(prefix: str, words: list[str]) -> None:
    """What is not there is 404, or a way to where it would be."""
    with TemporaryDirectory() as folder:
        client = Client(Index(Path(folder), Accounts.of(Path(folder))))
        reply = client.get("/" + "/".join([prefix, *words]))
        assert reply.status_code in (200, 301, 308, 401, 404)
        assert reply.status_code != 200 or prefix == "simple"
