"""Try the bump, towncrier's rendering and the sessions of the proof before adoption writes anything."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Final

from contd_release.adopt import needs
from contd_release.adopt.draft import Draft
from contd_release.errors import NotReady, ReleaseError
from contd_release.prepare import fragments
from contd_release.process.command import Command, python_module
from contd_release.project.project import Project
from contd_release.project.version import next_version
from contd_release.tools import bumpversion, towncrier
from contd_release.tools.markup.changelog import has_section

# A version that no changelog has.
_TRIED: Final = "9999.0.0"


def tried(draft: Draft) -> None:
    """
    Try what adoption would write.

    Raises:
        NotReady: something does not work; nothing was written.
    """
    project = needs.settings(draft.tree, draft.text)
    if problems := [*_bump(draft, project.folder), *_rendering(draft, project), *_nox(draft, project)]:
        raise NotReady(
            "\n".join(problems),
            expected="a bump, a section of the changelog and a proof that work; nothing was written",
            type_next="contd-release adopt --check",
        )


def _rendering(draft: Draft, project: Project) -> list[str]:
    """Whether towncrier makes a section that is found again, with every fragment in it."""
    news = project.news
    folder = f"{news.directory.rstrip('/')}/"
    written = [one.path for one in draft.changes() if one.after is not None]
    paths = {path for path in (*written, *draft.tree.files) if path.startswith(folder) and draft.text(path) is not None}
    found = [one.name for one in fragments.read(sorted(paths), news).fragments]
    with tempfile.TemporaryDirectory(prefix="contd-release-") as name:
        where = Path(name)
        templates = (path for path in draft.tree.files if _is_template(path))
        for path in {
            *paths,
            *written,
            *templates,
            f"{project.folder}pyproject.toml",
            f"{project.folder}towncrier.toml",
        }:
            _copied(draft, path, where)
        command = towncrier.draft(where / project.folder, _TRIED, "2026-01-01", where / "unused")
        answer = Command(command.argv, cwd=where / project.folder, timeout=command.timeout).ask()
    if answer.code:
        return [f"towncrier ended with {answer.code}: {answer.err.strip()[-500:]}"]
    problems = (
        [] if has_section(answer.out, news, _TRIED) else [f"towncrier writes no heading like {news.title_format!r}"]
    )
    lost = [one for one in found if f"{folder}{one}" in paths and not _is_in(answer.out, draft, f"{folder}{one}")]
    return problems + [f"towncrier leaves out {one}" for one in lost[:3]]


def _copied(draft: Draft, path: str, where: Path) -> None:
    text = draft.text(path)
    if text is not None:
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_text(text, encoding="utf-8")


def _is_template(path: str) -> bool:
    return path.endswith((".jinja", ".jinja2", ".j2")) or "template" in path.rpartition("/")[2]


def _is_in(section: str, draft: Draft, path: str) -> bool:
    """Whether the first words of a fragment are in a section; a type may show only the issue."""
    words = (draft.text(path) or "").split()[:4]
    issue = path.rpartition("/")[2].partition(".")[0]
    return all(word in section for word in words) or issue in section


def _nox(draft: Draft, project: Project) -> list[str]:
    """Whether nox knows the sessions of the proof."""
    wanted = [one for line in project.settings.proof if line.startswith("nox -s ") for one in line.split()[2:]]
    if not wanted or "noxfile.py" not in draft.tree.known:
        return []
    env = {"PYTHONDONTWRITEBYTECODE": "1"}
    answer = Command(python_module("nox", "--list", "--no-color"), cwd=draft.tree.root, env=env, timeout=60).ask()
    if answer.code:
        last = answer.err.strip().splitlines()[-1:] or answer.out.strip().splitlines()[-1:]
        why = last[0] if last else f"nox ended with {answer.code}"
        return [f'nox cannot read noxfile.py: {why}; another proof: --answer "proof=python -m pytest"']
    known = {match[1] for match in re.finditer(r"^[*-] ([\w.-]+)", answer.out, re.MULTILINE)}
    names = known | {one.partition("-3")[0] for one in known}
    return [f"nox knows no session {one}: it has {', '.join(sorted(known))}" for one in wanted if one not in names]


def _bump(draft: Draft, below: str) -> list[str]:
    """Whether the bump to the next version changes every place that is listed."""
    try:
        if not bumpversion.is_configured(draft.text, below):
            # A tool computes the version, and no other place states it.
            return []
        found = bumpversion.configuration(draft.text, below)
    except ReleaseError as error:
        return [str(error)]
    if problems := found.problems(draft.text, found.current):
        return list(problems)
    version = (
        next_version(found.current, None, final=True)
        if found.current.is_prerelease
        else next_version(found.current, "minor")
    )
    with tempfile.TemporaryDirectory(prefix="contd-release-") as folder:
        where = Path(folder) / "tree"
        for path in found.paths:
            (where / path).parent.mkdir(parents=True, exist_ok=True)
            (where / path).write_text(draft.text(path) or "", encoding="utf-8")
        answer = bumpversion.bump(where, found.path, found.current, version).ask()
        if answer.code:
            return [f"bump-my-version ended with {answer.code}: {answer.err.strip()}"]

        def text_of(path: str) -> str | None:
            file = where / path
            return file.read_text(encoding="utf-8") if file.is_file() else None

        return list(bumpversion.configuration(text_of, below).problems(text_of, version))
