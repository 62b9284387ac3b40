"""
The changelog: `CHANGELOG.md` gets a section, `changelog.d/` a file of notes, and the fragments are consumed.

towncrier has three blind spots, which are looked at before it runs: a section of this version under another date, no
fragments at all, and a changelog without the marker. A pre-release only gets its notes; the fragments stay for the
final.
"""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path

from contd_release.engine.step import Found, State, Step
from contd_release.errors import Unsettled, Usage
from contd_release.prepare import fragments
from contd_release.prepare.docs import contributors
from contd_release.process.action import Call
from contd_release.process.files import whole
from contd_release.project.news import News
from contd_release.project.release import Release
from contd_release.tools import git, towncrier
from contd_release.tools.markup import rst
from contd_release.tools.markup.changelog import added, has_section
from contd_release.tools.markup.heading_links import with_links
from contd_release.tools.markup.headings import Unreleased, unreleased


def ready(release: Release) -> Step:
    """The fragments are well named, and the changelog can take a section of this version."""
    news = release.project.news

    def observe() -> Found:
        changelog = _before(release)
        found = fragments.at(release.project, release.base)
        if left := unreleased(changelog or ""):
            return Found(
                State.ABSENT, _left(news.changelog, left), "contd-release adopt   (it makes fragments of them)"
            )
        if problems := [*map(str, found.problems), *_blind_spots(changelog, news, str(release.version))]:
            remedy = found.problems[0].remedy if found.problems else f"$EDITOR {news.changelog}"
            return Found(State.ABSENT, "; ".join(problems), remedy)
        if not found.fragments and (count := _uncommitted(release.project.root, news)):
            what = "1 fragment" if count == 1 else f"{count} fragments"
            return Found(
                State.ABSENT,
                f"{what} in {news.directory}/ {'is' if count == 1 else 'are'} not committed",
                f"git add {shlex.quote(news.directory)}   (then git commit, and push it)",
            )
        if not found.fragments:
            return Found(
                State.ABSENT,
                f"{news.directory}/ has no fragments: nothing to tell about {release.version}",
                'invoke news "what changed for users" --type feature',
            )
        return Found(State.DONE, found.counted())

    return Step(f"{news.changelog} can take {release.version}", observe)


def _uncommitted(root: Path, news: News) -> int:
    """How many fragments are in the working tree, and not in the commit that is checked out."""
    known = {Path(path).name for path in git.names(root, "HEAD", news.directory)}
    here = fragments.read([name for name in _names(root / news.directory) if name not in known], news)
    return len(here.fragments)


def written(release: Release) -> Step:
    """The notes of this version are written, and the fragments consumed."""
    tree, news, version = release.tree, release.project.news, str(release.version)
    notes = tree / release.notes

    def observe() -> Found:
        if not tree.is_dir():
            return Found(State.ABSENT, "there is no tree yet")
        is_noted = notes.is_file() and notes.stat().st_size > 0
        if release.version.is_prerelease:
            return _found(release.notes, wanted=[is_noted])
        left = fragments.read(_names(tree / news.directory), news).fragments
        return _found(
            f"{news.changelog}, {release.notes}",
            wanted=[is_noted, has_section(_text(tree / news.changelog), news, version), not left],
        )

    if release.version.is_prerelease:
        draft = towncrier.draft(tree / release.project.folder, version, release.date, notes)
        plain = Call(f"write {release.notes} as Markdown", partial(_as_markdown, release))
        return Step(f"{release.notes} is written", observe, act=(draft, plain) if news.is_rst else (draft,))
    thank = Call(f"name the contributors in {news.changelog}", partial(_thank, release))
    return Step(
        f"{news.changelog} has {version}",
        observe,
        act=(
            git.unlock(tree),
            git.restore(tree, release.base, (news.changelog, news.directory)),
            towncrier.build(tree / release.project.folder, version, release.date),
            *([thank] if release.project.settings.contributors else []),
            Call(f"write the new section of {news.changelog} to {release.notes}", partial(_set_apart, release)),
            Call(f"keep the line ends and the links of {news.changelog}", partial(_keep_form, release)),
        ),
    )


def _thank(release: Release) -> None:
    """The last line of the new section names those who made it."""
    path = release.tree / release.project.news.changelog
    section = added(_before(release) or "", text_now := _text(path), release.project.news)
    if section and (thanks := contributors.thanks(release)):
        path.write_text(text_now.replace(section, f"{section}\n\n{thanks}", 1), encoding="utf-8")


def text(release: Release) -> str:
    """The notes of this version, as Markdown; empty before they are written."""
    return _text(release.tree / release.notes)


def _before(release: Release) -> str | None:
    """The changelog at the base of the release, with line feeds alone, as towncrier reads it."""
    root, path = release.project.root, release.project.news.changelog
    found = git.text(root, release.base, path)
    if found and "\ufffd" in found:
        _refuse_other_bytes(path, git.git(root, "cat-file", "blob", f"{release.base}:{path}").ask().raw)
    return found.replace("\r\n", "\n") if found else found


def _refuse_other_bytes(path: str, content: bytes) -> None:
    """Refuse a changelog that is not UTF-8; one that has U+FFFD itself is."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Usage(f"{path} is not UTF-8 in line {line}", expected="UTF-8", type_next=f"$EDITOR {path}") from error


def _keep_form(release: Release) -> None:
    """towncrier writes line feeds alone, and no link for the heading: a changelog with CRLF and links keeps them."""
    path = release.tree / release.project.news.changelog
    before = git.text(release.project.root, release.base, release.project.news.changelog) or ""
    text = with_links(_text(path), release.version)
    path.write_text(text, encoding="utf-8", newline="\r\n" if "\r\n" in before else "\n")


def _set_apart(release: Release) -> None:
    news, notes = release.project.news, release.tree / release.notes
    before = _before(release) or ""
    section = added(before, _text(release.tree / news.changelog), news)
    if not section:
        raise Unsettled(
            f"{news.changelog} has more changes than a section of {release.version}",
            expected=f"new text below {news.marker.strip()!r}, and nothing else",
            type_next=f"git -C {release.tree} diff HEAD -- {news.changelog}",
        )
    with whole(notes, has_one_writer=True) as out:
        out.write(f"{rst.markdown(section) if news.is_rst else section}\n".encode())


def _as_markdown(release: Release) -> None:
    """The places that show the notes read Markdown."""
    notes = release.tree / release.notes
    text = rst.markdown(_text(notes))
    with whole(notes, has_one_writer=True) as out:
        out.write(f"{text}\n".encode())


def _left(path: str, left: tuple[Unreleased, ...]) -> str:
    """Where the changelog has entries that no release would take."""
    return "; ".join(
        f"{path}:{one.line} has {len(one.entries)} {'entry' if len(one.entries) == 1 else 'entries'} under "
        f"{one.heading!r}, which the release would leave there: {one.entries[0][:60]!r}"
        for one in left
    )


def _blind_spots(changelog: str | None, news: News, version: str) -> list[str]:
    if changelog is None:
        return [f"{news.changelog} is not there; expected it with the line {news.marker.strip()!r}"]
    problems = []
    if news.marker not in changelog:
        problems.append(f"{news.changelog} has no line {news.marker.strip()!r}, below which sections go")
    if has_section(changelog, news, version):
        problems.append(f"{news.changelog} has a section of {version} already")
    return problems


def _found(what: str, *, wanted: list[bool]) -> Found:
    if all(wanted):
        return Found(State.DONE, what)
    # Fragments are there and nothing is written before the first step: the last wish is unmet as well.
    return Found(
        State.PARTIAL if any(wanted) else State.ABSENT, "not written yet" if not any(wanted) else "half written"
    )


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
