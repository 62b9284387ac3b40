"""`python -m contd_release.sandbox FOLDER`: a world of its own, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from contd_release.sandbox.world import World

ENDS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Serve the world in the folder that is named; its address is the first line of output."""
    # Blocked before any thread begins: what comes too early, or while a request is answered, waits for sigwait.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    with World(Path(sys.argv[1])) as world:
        sys.stdout.write(f"{world.url}\n{world.directory / 'accounts.json'} has the passwords. Ctrl-C ends it.\n")
        sys.stdout.flush()
        signal.sigwait(ENDS)


if __name__ == "__main__":
    main()
