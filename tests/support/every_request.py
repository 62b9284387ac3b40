"""A fault that meets each request of a release once: the first time that its method and path are sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from threading import Event
from typing import TYPE_CHECKING, Final

from contd_release.sandbox.faults import Faults
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FAULTS: Final = (
    *("refuse", "drop", "cut", "reset", "truncate", "slow=0.1", "trickle=0.05", "lie", "lie=201"),
    *("400", "401", "403", "404", "409", "422", "429", "429=1", "500", "502", "503", "504"),
    *("accept-then-drop", "accept-then-refuse", "accept-then-409", "accept-then-429"),
    *("accept-then-500", "accept-then-502", "accept-then-503", "accept-then-504"),
)
# Each upload of a blob has an address of its own.
_UPLOAD: Final = re.compile("/uploads/[0-9a-f]{32}")


class EveryRequest(Faults):
    """Orders one fault for each request that comes for the first time."""

    def __init__(self, world: World, fault: str, every: int = 1) -> None:
        super().__init__(world.directory / "faults.json", Event())
        self.fault, self.every = fault, every
        self._new = set[str]()

    def before(self, application: WSGIApplication) -> WSGIApplication:
        """The same application with the fault in front of it."""
        met = super().before(application)

        def ordered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            name = f"{environ['REQUEST_METHOD']} {_UPLOAD.sub('/uploads/*', environ['PATH_INFO'])}"
            if name not in self._new:
                self._new.add(name)
                if len(self._new) % self.every == 0:
                    self.order(f"{name} 1 {self.fault}")
            return met(environ, start_response)

        return ordered
