"""
Whether users can pull what a release pushes: a new package on GitHub is private, and only a person makes it public.

https://docs.github.com/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from contd_release.tools.http import Refused
from contd_release.tools.oci.repository import OciRepository

_GITHUB: Final = "ghcr.io"


def before(there: OciRepository, table: str, *, is_meant: bool) -> str:
    """
    What to know before the first push to a repository, to be added to a sentence; empty where there is nothing to know.

    Args:
        table: the table of the configuration in which `private = true` says that it is meant.
    """
    if is_meant or there.registry != _GITHUB:
        return ""
    try:
        return said(there.registry, there.path, there.tags(), table)
    except Refused:
        return ""


def said(registry: str, path: str, tags: tuple[str, ...], table: str) -> str:
    """The sentence about a repository that has these tags."""
    if tags or registry != _GITHUB:
        return ""
    return f"; {registry}/{path} is new, and the first push makes it private: {remedy(registry, path, table)}"


def remedy(registry: str, path: str, table: str) -> str:
    """What a person does about a private package, and on which page."""
    at = f" at {page(path)}" if registry == _GITHUB else ""
    return f"make the package public{at}, or set [tool.contd-release.{table}] private = true"


def page(path: str) -> str:
    """The page of a package's settings; GitHub has it elsewhere for a person than for an organization."""
    owner, _, name = path.partition("/")
    below = f"{owner}/packages/container/{quote(name, safe='')}/settings"
    return f"https://github.com/orgs/{below} (of a person: https://github.com/users/{below})"
