"""`python -m contd_release.sandbox FOLDER`: a world that is served until Ctrl-C."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from contd_release.errors import ReleaseError, exit_code
from contd_release.process.disk import disk_named
from contd_release.process.system.signals import until_ended
from contd_release.sandbox.world import World


def main() -> None:
    """Serve the world in the folder that is named; its address is the first line of output."""
    words = _words()
    try:
        with until_ended() as wait, disk_named(), World(words.folder.resolve()) as world:
            lines = [world.url, f"{world.directory / 'accounts.json'} has the passwords. Ctrl-C ends it."]
            sys.stdout.write("\n".join([*lines, *_prepared(world, words.overlay)]) + "\n")
            sys.stdout.flush()
            wait()
    except ReleaseError as error:
        sys.stderr.write(f"\n{error}\n")
        sys.exit(exit_code(error))


def _words() -> Namespace:
    parser = ArgumentParser("python -m contd_release.sandbox", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that holds the world; it is made where it is missing")
    parser.add_argument(
        "--overlay", type=Path, help="write settings that point the project of this folder at the world"
    )
    return parser.parse_args()


def _prepared(world: World, overlay: Path | None) -> list[str]:
    if overlay is None:
        return []
    from contd_release.sandbox.by_hand import prepare
    from contd_release.tools import git

    return list(prepare(world, git.clone(Path.cwd()), overlay))


if __name__ == "__main__":
    main()
