"""The templates of issues and pull requests, and SECURITY.md: commands, pages and links that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from contd_release.tasks import namespace

ROOT = Path(__file__).parents[1]
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"
PAGES = [FORMS / "bug.yml", FORMS / "feature.yml", FORMS / "config.yml"]
PAGES += [ROOT / ".github" / "PULL_REQUEST_TEMPLATE.md", ROOT / "SECURITY.md"]


def repository() -> str:
    """The address of this project on GitHub, as its metadata says it."""
    found = re.search(r'^Homepage = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists(page: Path) -> None:
    """Each task that a template names is a task, and each nox session a session."""
    text = page.read_text(encoding="utf-8")
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    tasks = set(re.findall(r"`invoke ([a-z.]+)", text))
    sessions = {name for names in re.findall(r"`nox -s ([a-z ]+)`", text) for name in names.split()}
    assert tasks <= set(namespace.task_names)
    assert sessions <= set(re.findall(r"^def (\w+)\(session", noxfile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A link into this repository names a file that is there; another one leads to the project on GitHub."""
    links = re.findall(r"\]\(([^)\s]+)\)|\burl: (\S+)", page.read_text(encoding="utf-8"))
    for link in [markdown or url for markdown, url in links]:
        path = re.sub(rf"^{re.escape(repository())}/(blob/main/)?", "", link)
        is_page = path in ("security/advisories/new", "security/policy")
        assert is_page or (ROOT / path).exists() or (page.parent / path).exists(), link


def test_a_bug_report_asks_for_what_explains_it() -> None:
    """The version, the command, what it said, and what the world says of each step; the first three are required."""
    form = yaml.safe_load((FORMS / "bug.yml").read_text(encoding="utf-8"))
    asked = {one["id"]: one.get("validations", {}).get("required", False) for one in form["body"] if "id" in one}
    required, optional = ("version", "command", "output"), ("expected", "status", "channels")
    assert asked == dict.fromkeys(required, True) | dict.fromkeys(optional, False)


def test_vulnerabilities_are_reported_in_private() -> None:
    """SECURITY.md and the choice of forms lead to GitHub's private report, and there is no blank issue."""
    private = f"{repository()}/security/advisories/new"
    choice = yaml.safe_load((FORMS / "config.yml").read_text(encoding="utf-8"))
    assert choice["blank_issues_enabled"] is False
    assert private in [link["url"] for link in choice["contact_links"]]
    assert private in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
