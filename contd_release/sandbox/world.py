"""A world: parts, accounts, a ledger and faults in one folder, served on one port."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeAlias, TypeVar

from filelock import FileLock, Timeout
from werkzeug.exceptions import NotFound

from contd_release.errors import Conflict
from contd_release.sandbox import chat, metrics
from contd_release.sandbox.accounts import Accounts
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.control import PREFIX, Control
from contd_release.sandbox.faults import Faults
from contd_release.sandbox.github import api as forge
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.index import api as index
from contd_release.sandbox.index.api import Index
from contd_release.sandbox.ledger import Ledger
from contd_release.sandbox.metrics import Metrics
from contd_release.sandbox.registry.api import Registry
from contd_release.sandbox.server import HOST, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PartType = TypeVar("PartType")
Factory: TypeAlias = "Callable[[Path, Accounts], WSGIApplication]"

# A part keeps its state in a folder of its name, and sees the whole path of a request.
PARTS: Final[Mapping[str, tuple[Factory, tuple[str, ...]]]] = {
    "index": (Index, index.PREFIXES),
    "registry": (Registry, ("/v2/",)),
    "forge": (Forge, forge.PREFIXES),
    "chat": (Chat, chat.PREFIXES),
    "prometheus": (Metrics, metrics.PREFIXES),
}
# A killed world is given this long, in seconds, to let go of its folder.
_PATIENCE: Final = 10


class World:
    """
    The world in one folder. What happened in it is on disk: stopped or killed, it continues when it is started again.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.accounts = Accounts.of(directory)
        self.ledger = Ledger(directory / "ledger.jsonl")
        self._stopped = Event()
        self.faults = Faults(directory / "faults.json", self._stopped)
        self._control = Control(self.ledger, self.faults)
        self._recorded: WSGIApplication = NotFound()
        self._lock = FileLock(directory / "lock", thread_local=False)
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """
        Listen, on the same port as the last time if it is free.

        Raises:
            Conflict: this folder's world runs already, in this process or another.
        """
        try:
            if self._server:
                raise Timeout(self._lock.lock_file)
            self._lock.acquire(timeout=_PATIENCE)
        except Timeout as error:
            raise Conflict(f"a world runs in {self.directory} already", expected="one process for one world") from error
        self._recorded = self.ledger.record(self.faults.before(self._mounted(self._parts)))
        self._stopped.clear()
        self._server = Server(self._answer, self.directory)

    def stop(self) -> None:
        """Stop listening; stalled requests end without an answer."""
        self._stopped.set()
        if self._server:
            self._server.stop()
            self._server = None
            self._lock.release()

    def part(self, kind: type[PartType]) -> PartType:
        """The part of this type, to look into it."""
        return next(part for part in self._parts.values() if isinstance(part, kind))

    @cached_property
    def _parts(self) -> dict[str, WSGIApplication]:
        """The parts, made when they are needed: by then a world that ran here before has written to the end."""
        return {name: make(self.directory / name, self.accounts) for name, (make, _) in PARTS.items()}

    @property
    def registry(self) -> str:
        """Host and port, as image names begin with it."""
        assert self._server is not None, "start() first: the port is not known yet"
        return f"{HOST}:{self._server.port}"

    @property
    def url(self) -> str:
        """The address of the world, with no slash at its end."""
        return f"http://{self.registry}"

    @property
    def index_url(self) -> str:
        """Where pip looks."""
        return f"{self.url}/simple/"

    @property
    def upload_url(self) -> str:
        """Where twine uploads to."""
        return f"{self.url}/legacy/"

    @property
    def api_url(self) -> str:
        """The REST API of the forge."""
        return f"{self.url}/api/v3"

    @property
    def uploads_url(self) -> str:
        """Where release assets go."""
        return f"{self.url}/uploads"

    @property
    def chat_url(self) -> str:
        """Where announcements go."""
        return f"{self.url}/chat"

    @property
    def prometheus_url(self) -> str:
        """Where error rates come from."""
        return f"{self.url}/prometheus"

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_control = environ["PATH_INFO"].startswith(PREFIX)
        return (self._control if is_control else self._recorded)(environ, start_response)

    @staticmethod
    def _mounted(parts: Mapping[str, WSGIApplication]) -> WSGIApplication:
        """One application of them all: each answers below its prefixes."""
        by_prefix = [(prefix, parts[name]) for name, (_, prefixes) in PARTS.items() for prefix in prefixes]

        def mounted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            path = f"{environ['PATH_INFO']}/"
            part = next((one for prefix, one in by_prefix if path.startswith(prefix)), NotFound())
            return part(environ, start_response)

        return mounted
