"""The list of what was public before the first release with these tasks: made once, by a person, and committed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from contd_release.channels.offer import Offer
from contd_release.errors import Usage
from contd_release.process.files import write
from contd_release.project.parse import record
from contd_release.project.project import Project
from contd_release.project.settings import Watch


def path(project: Project) -> Path:
    """The file; each of several packages has one in its folder, unless the settings name another file."""
    named, default = (project.settings.watch or Watch()).baseline, Watch().baseline
    return project.root / (f"{project.folder}{named}" if named == default else named)


def read(project: Project) -> frozenset[Offer]:
    """
    What the file lists; empty if there is no file.

    Raises:
        Usage: it is not such a list.
    """
    file = path(project)
    try:
        listed = json.loads(file.read_text(encoding="utf-8"))
        return frozenset(record(one, Offer, allows_unknown=False) for one in listed)
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise Usage(
            f"{file.relative_to(project.root)} is no list of what was public: {error}",
            expected="the file as `invoke watch --baseline` writes it",
            type_next=f"git checkout -- {file.relative_to(project.root)}",
        ) from error


def write_down(project: Project, offers: Iterable[Offer]) -> Path:
    """List these in the file, a line each, sorted: a review shows what is added."""
    lines = (json.dumps(vars(one), sort_keys=True) for one in sorted(offers))
    write(path(project), "[\n" + ",\n".join(f"  {line}" for line in lines) + "\n]\n")
    return path(project)
