"""
The index.yaml of a classic chart repository, read.

https://helm.sh/docs/topics/chart_repository/#the-index-file
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from contd_release.errors import Conflict

FILE: Final = "index.yaml"
EMPTY: Final = "apiVersion: v1\nentries: {}\ngenerated: ''\n"


@dataclass(frozen=True)
class Entry:
    """
    What the index says of one version of a chart.

    Args:
        digest: the sha256 of its `.tgz`; empty where the index has none.
        urls: where the `.tgz` is; relative ones start from the folder of the index.
    """

    version: str
    digest: str
    urls: tuple[str, ...]
    is_deprecated: bool


def entry(text: str | None, name: str, version: str) -> Entry | None:
    """
    The entry of one version; None if there is none.

    Raises:
        Conflict: the text is no index.
    """
    found = [one for one in listed(text or EMPTY, name) if one.get("version") == version]
    if not found:
        return None
    urls, digest = found[0].get("urls"), str(found[0].get("digest", ""))
    return Entry(
        version,
        digest.removeprefix("sha256:"),
        tuple(str(one) for one in (urls if isinstance(urls, list) else [])),
        found[0].get("deprecated") == "true",
    )


def lists(text: str, name: str) -> bool:
    """
    Whether the index has any version of a chart.

    Raises:
        Conflict: the text is no index.
    """
    return bool(listed(text, name))


def listed(text: str, name: str) -> list[dict[str, Any]]:
    """
    The entries of a chart, every value as its text.

    Raises:
        Conflict: the text is no index.
    """
    found = charts(text).get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise foreign(f"has no list of versions of {name}")
    return found


def charts(text: str) -> dict[str, Any]:
    """
    The entries of every chart by its name, every value as its text.

    Raises:
        Conflict: the text is no index.
    """
    import yaml

    try:
        found = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise foreign(f"is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict) or "entries" not in found:
        raise foreign("has no `entries`")
    entries = found["entries"] or {}
    if not isinstance(entries, dict):
        raise foreign("has no charts in its `entries`")
    return entries


def foreign(why: str) -> Conflict:
    """What stops a release where the index is not as helm writes it."""
    return Conflict(
        f"{FILE} {why}",
        expected="the index of a chart repository, as `helm repo index` writes it",
        type_next="$EDITOR index.yaml   (on the branch of the chart repository; or write it with helm repo index)",
    )
