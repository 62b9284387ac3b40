"""What a changelog is made of: the table of towncrier, its template, the marker, and a folder of fragments."""

from __future__ import annotations

import tomllib
from pathlib import PurePosixPath

from contd_release.adopt.repository import Repository, is_there, template
from contd_release.engine.checklist import Item, Together
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.project.settings import News


def steps(repository: Repository) -> tuple[Item, ...]:
    """The table first, which names the files that come after it."""
    files = (template_there(repository), marked(repository), fragments_collected(repository))
    return (towncrier_configured(repository), Together(tuple((one,) for one in files), goes_on=True))


def towncrier_configured(repository: Repository) -> Step:
    """pyproject.toml tells towncrier how fragments become a changelog."""

    def observe() -> Found:
        if repository.text("towncrier.toml") is not None:
            return Found(
                State.CONFLICT,
                "towncrier.toml is there, which hides [tool.towncrier]",
                "move its table to pyproject.toml, and remove it",
            )
        tools = _toml(repository.text("pyproject.toml") or "").get("tool", {})
        if isinstance(tools, dict) and "towncrier" in tools:
            return Found(State.DONE, f"fragments in {repository.news().directory}/")
        return Found(State.ABSENT, "pyproject.toml has no [tool.towncrier]")

    def add() -> None:
        with open(repository.root / "pyproject.toml", "a", encoding="utf-8") as stream:
            stream.write(f"\n{template('towncrier.toml')}")

    act = Call("add [tool.towncrier] to pyproject.toml", add)
    return Step("towncrier knows how fragments become a changelog", observe, act=(act,))


def template_there(repository: Repository) -> Step:
    """The template of a changelog's section is there."""

    def observe() -> Found:
        path = _template_path(repository)
        return is_there(repository, path) if path else Found(State.DONE, "towncrier's own template")

    def write() -> None:
        repository.write(_template_path(repository) or "changelog.d/_template.md", template("_template.md"))

    return Step("a changelog's section has a template", observe, act=(Call("write the template", write),))


def marked(repository: Repository) -> Step:
    """The changelog has the line below which sections go."""

    def observe() -> Found:
        news = repository.news()
        text = repository.text(news.changelog)
        if text is None:
            return Found(State.ABSENT, f"{news.changelog} is not there")
        if news.marker in text:
            return Found(State.DONE, news.changelog)
        return Found(
            State.CONFLICT,
            f"{news.changelog} has no line {news.marker.strip()!r}, below which sections go",
            f"$EDITOR {news.changelog}   (put it above the newest section)",
        )

    def write() -> None:
        news = repository.news()
        repository.write(news.changelog, template("changelog.md").replace(News().marker, news.marker))

    return Step("the changelog takes new sections", observe, act=(Call("write the changelog", write),))


def fragments_collected(repository: Repository) -> Step:
    """The folder of fragments is there, and says what goes in."""

    def observe() -> Found:
        folder = repository.root / repository.news().directory
        if folder.is_dir() and any(folder.iterdir()):
            return Found(State.DONE, f"{folder.name}/")
        return Found(State.ABSENT, f"{folder.name}/ is not there")

    def write() -> None:
        repository.write(f"{repository.news().directory}/README.md", template("fragments.md"))

    return Step("fragments have a folder", observe, act=(Call("write its README.md", write),))


def _template_path(repository: Repository) -> str:
    """The template that towncrier's table names; empty where it names none, or one of a package."""
    table = _toml(repository.text("pyproject.toml") or "").get("tool", {}).get("towncrier", {})
    named = table.get("template", "") if isinstance(table, dict) else ""
    return named if isinstance(named, str) and "/" in named and not PurePosixPath(named).is_absolute() else ""


def _toml(text: str) -> dict[str, dict[str, dict[str, object]]]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
