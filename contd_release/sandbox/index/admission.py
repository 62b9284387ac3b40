"""Whether the index takes an upload in, seeing what it holds already."""

from __future__ import annotations

import time
from dataclasses import dataclass

from contd_release.sandbox.index.distributions import Distribution, Distributions
from contd_release.sandbox.index.upload import UploadRefusal


@dataclass(frozen=True)
class IndexRules:
    """
    What an index may do differently.

    Args:
        lag: seconds until an uploaded file is listed.
        largest: bytes of one file.
        room: bytes of all files of a project.
        window: seconds in which files may be added to a release.
        is_protected: whether reading needs a login too.
    """

    lag: float = 0
    largest: int = 100 << 20
    room: int = 10 << 30
    window: float = 14 * 24 * 3600
    is_protected: bool = False


def is_new(found: Distribution, held: Distributions) -> bool:
    """
    Whether the file is to be stored; the very same one again is fine, and changes nothing.

    Raises:
        UploadRefusal: the name is taken, the content is there under another name, or the release has its sdist.
    """
    known = held.named(found.filename)
    if known and known.is_deleted:
        raise UploadRefusal("This filename has already been used, use a different version.")
    if known and known.digests == found.digests:
        return False
    if twin := known or held.with_content(found.digests):
        raise UploadRefusal(f"File already exists ({twin.filename!r}, with blake2_256 hash {twin.digests.blake2!r}).")
    siblings = held.of_release(found.project, found.version)
    if found.filetype == "sdist" and any(one.filetype == "sdist" for one in siblings):
        raise UploadRefusal("Only one sdist may be uploaded per release.")
    return True


def check_room(found: Distribution, held: Distributions, rules: IndexRules) -> None:
    """
    Compare the file with the limits of size and age.

    Raises:
        UploadRefusal: the file, its project or its release has grown too large or too old.
    """
    now = time.time()
    if found.digests.size > rules.largest:
        raise UploadRefusal(f"File too large. Limit for project {found.name!r} is {rules.largest >> 20} MB.")
    if sum(one.digests.size for one in (*held.of(found.project), found)) > rules.room:
        raise UploadRefusal(f"Project size too large. Limit for project {found.name!r} is {rules.room >> 30} GB.")
    began = min((one.uploaded for one in held.of_release(found.project, found.version)), default=now)
    if now - began > rules.window:
        raise UploadRefusal(f"Files can no longer be added to {found.name} {found.version}.")
