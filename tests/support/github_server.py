"""
The sandbox's GitHub on a free port, with one repository whose remote is a real bare git repository.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from github_contract import Contract
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from contd_release.sandbox.forge import Forge
from contd_release.sandbox.forge_store import Place

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

NAME = "owner/contd"
CANARY = "ghp_canary0123456789abcdefghijklmnop"
READER = "ghp_reader0123456789abcdefghijklmnop"


@dataclass(frozen=True)
class Account:
    """
    Somebody who may write everywhere, read everywhere, or is nobody.
    """

    user: str
    verbs: tuple[str, ...]

    def may(self, part: str, verb: str, name: str) -> bool:
        """
        Whether they may.
        """
        return verb in self.verbs


@dataclass(frozen=True)
class Accounts:
    """
    The one who publishes, the one who reads, and everybody without a token.
    """

    def who(self, authorization: str | None) -> Account | None:
        """
        The account of a token.
        """
        known = {
            None: Account("", ()),
            f"Bearer {CANARY}": Account("owner", ("read", "write")),
            f"Bearer {READER}": Account("reader", ("read",)),
        }
        return known.get(authorization)


@dataclass
class Faults:
    """
    What happens to the next requests whose method and path begin so: `("POST /uploads/", "drop")`.
    """

    forge: Forge
    orders: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        line = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        for order in self.orders:
            if line.startswith(order[0]):
                self.orders.remove(order)
                return self._go_wrong(order[1], environ, start_response)
        return self.forge(environ, start_response)

    def _go_wrong(self, how: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """
        `502`: the request is carried out and the answer lost; `cut`: half of the body arrives; else a status.
        """
        if how in ("502 after", "reset after"):
            Response.from_app(self.forge, environ, buffered=True)
            if how == "reset after":
                raise ConnectionAbortedError
            return Response("{}", 502)(environ, start_response)
        if how == "cut":
            from io import BytesIO

            half = Request(environ).stream.read(int(environ["CONTENT_LENGTH"]) // 2)
            Response.from_app(self.forge, {**environ, "wsgi.input": BytesIO(half)}, buffered=True)
            raise ConnectionAbortedError
        Request(environ).get_data()
        return Response('{"message": "as ordered"}', int(how), content_type="application/json")(environ, start_response)


class _Quiet(WSGIRequestHandler):
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """
        Say nothing.
        """


@dataclass(frozen=True)
class Github:
    """
    A served forge: its address, its repository, and what was said.
    """

    url: str
    forge: Forge
    contract: Contract
    faults: Faults
    clone: Path

    @property
    def place(self) -> Place:
        """
        What the forge knows of the repository.
        """
        return self.forge.place(NAME)

    def git(self, *words: str) -> str:
        """
        Run git in the clone.
        """
        return git(self.clone, *words)

    def mutating(self) -> list[str]:
        """
        What asked for a change.
        """
        return [f"{method} {path}" for method, path in self.contract.mutating()]


def git(folder: Path, *words: str) -> str:
    """
    What git prints, in an environment of its own.
    """
    names = {f"GIT_{role}_{what}": "t@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}
    ended = subprocess.run(("git", *words), cwd=folder, env=own | names, check=True, capture_output=True, text=True)
    return ended.stdout.strip()


def remote(folder: Path, bare: Path) -> Path:
    """
    A clone with one commit, pushed to a bare repository.
    """
    bare.parent.mkdir(parents=True)
    git(folder, "init", "-q", "--bare", "-b", "main", str(bare))
    clone = folder / "clone"
    git(folder, "init", "-q", "-b", "main", str(clone))
    (clone / "README.md").write_text("contd\n")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "Begin")
    git(clone, "remote", "add", "origin", str(bare))
    git(clone, "push", "-q", "origin", "main")
    return clone


@contextmanager
def serving(folder: Path) -> Iterator[Github]:
    """
    A forge that listens; afterwards every exchange must have been valid.
    """
    forge = Forge(folder / "forge", Accounts(), folder / "git")
    clone = remote(folder, folder / "git" / f"{NAME}.git")
    faults = Faults(forge)
    contract = Contract(faults)
    server = make_server("127.0.0.1", 0, contract, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Github(f"http://127.0.0.1:{server.port}", forge, contract, faults, clone)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert [] == contract.broken
