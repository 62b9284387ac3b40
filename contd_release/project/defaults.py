"""What follows from `pyproject.toml` and the git remote where the settings leave it out, and what is never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from contd_release.errors import Usage
from contd_release.project.rules import GITHUB
from contd_release.project.settings import Github, Monitor, Pypi, Settings

Read: TypeAlias = Callable[[str], str | None]


def with_defaults(settings: Settings, url_of: Read, off: frozenset[str], wheel: str) -> Settings:
    """
    The settings, with what follows from the package and the git remote, for what was not switched off.

    Args:
        wheel: the tag of the wheel that the package is built into; empty if no package is built.
    """
    configured = settings.github.repository if settings.github else ""
    repository = configured or github_repository(url_of(settings.remote) or "")
    if settings.pypi is None and wheel and "pypi" not in off:
        settings = replace(settings, pypi=Pypi())
    if settings.pypi and not settings.pypi.wheels and wheel:
        settings = replace(settings, pypi=replace(settings.pypi, wheels=(wheel,)))
    if settings.github and not settings.github.repository:
        settings = replace(settings, github=replace(settings.github, repository=repository))
    elif settings.github is None and repository and "github" not in off:
        settings = replace(settings, github=Github(repository))
    _refuse_guesses(settings, repository)
    if settings.monitor:
        _refuse_half_a_monitor(settings.monitor)
    if settings.image and not settings.image.name:
        settings = replace(settings, image=replace(settings.image, name=f"ghcr.io/{repository.lower()}"))
    if settings.chart and not settings.chart.registry:
        owner = repository.partition("/")[0].lower()
        settings = replace(settings, chart=replace(settings.chart, registry=f"oci://ghcr.io/{owner}/charts"))
    return settings


def github_repository(url: str) -> str:
    """`OWNER/NAME` of a GitHub remote, or nothing for another host."""
    match = re.fullmatch(
        r"(?:(?:https|ssh|git)://(?:[^@/\s]+@)?(?:ssh\.|www\.)?github\.com(?::[0-9]+)?/|(?:[\w.-]+@)?github\.com:/?)"
        r"([\w.-]+/[\w.-]+?)(?:\.git)?/?",
        url,
        re.ASCII | re.IGNORECASE,
    )
    return match.group(1) if match and GITHUB.holds(match.group(1)) else ""


def _refuse_guesses(settings: Settings, repository: str) -> None:
    """Refuse to guess where images and charts go when no GitHub remote says who owns them."""
    missing = ["image.name"] if settings.image and not settings.image.name else []
    missing += ["chart.registry"] if settings.chart and not settings.chart.registry else []
    if missing and not repository:
        raise Usage(
            "\n".join(
                f"[tool.contd-release] {key} is missing, and no GitHub remote says what it is" for key in missing
            ),
            expected='image.name = "HOST/NAME", chart.registry = "oci://HOST/NAME"',
            type_next="$EDITOR pyproject.toml",
        )


def _refuse_half_a_monitor(monitor: Monitor) -> None:
    """
    Refuse metrics without a question, a question without metrics, and numbers that nothing could be compared with.
    """
    wrong = []
    if bool(monitor.prometheus) != bool(monitor.error_rate.strip()):
        missing, there = ("error-rate", "prometheus") if monitor.prometheus else ("prometheus", "error-rate")
        wrong.append(f"{missing} is missing, and {there} is there")
    if monitor.tolerance < 1:
        wrong.append(f"tolerance is {monitor.tolerance:g}; expected 1 or more")
    if monitor.healthy < 0:
        wrong.append(f"healthy is {monitor.healthy:g}; expected 0 or more")
    if wrong:
        raise Usage(
            "\n".join(f"[tool.contd-release.monitor] {one}" for one in wrong),
            expected='prometheus = "https://…", error-rate = "sum(…) / sum(…)", tolerance = 1.5',
            type_next="$EDITOR pyproject.toml",
        )
