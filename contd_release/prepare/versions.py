"""The version: the places that state it, whether the part is big enough for what changed, and the bump."""

from __future__ import annotations

from functools import partial

from contd_release.channels.chart import version as chart_version
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady
from contd_release.prepare import places, repository, stated
from contd_release.prepare.part import evidence
from contd_release.process.action import Action, Call
from contd_release.project.defaults import Read
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.tools import bumpversion, git
from contd_release.tools.bumpversion import Configuration


def agreed(release: Release) -> Step:
    """Every place that states the version says the current one at the base, and the bump changes it."""
    text_of = partial(git.text, release.project.root, release.base)

    def observe() -> Found:
        configuration = stated.at(release.project, release.base)
        git.read_ahead(release.project.root, release.base, *configuration.paths, *places.known(release))
        found = places.stated(release, configuration, text_of)
        if bad := places.wrong(release, found):
            count = f"{len(bad)} of {len(found)} places"
            return Found(
                State.ABSENT,
                f"{count} do not say {release.previous}, or will not say {release.version}\n{places.table(found, bad)}",
                f"$EDITOR {' '.join(dict.fromkeys((configuration.path, *(one.path for one in bad))))}",
            )
        if not found:
            return Found(State.DONE, _computed(release))
        if unknown := _unspelled(release, configuration):
            return unknown
        return Found(State.DONE, f"{len(found)} places say {release.previous}")

    return Step(f"the version files agree on {release.previous}", observe)


def follows(release: Release) -> Step:
    """The version is above every release that is tagged on the remote, or a reason says why not."""
    root, remote = release.project.root, release.project.settings.remote

    def observe() -> Found:
        newest = repository.newest(release.project, git.remote(root, remote))
        if newest is None:
            return Found(State.DONE, f"{remote} has no release tag")
        version, tag = newest
        if release.version >= version:
            return Found(State.DONE, f"the newest release tag on {remote} is {tag}")
        if release.because:
            return Found(State.DONE, f"below {tag} because {release.because}")
        files = " ".join(paths(release.project, release.base))
        if not files:
            return Found(
                State.ABSENT,
                f"{release.version} is below {tag}, the newest release tag on {remote}, which does not lead to "
                f"{release.base[:12]}",
                f'git fetch {remote} tag {tag}; git merge {tag}   (or {release.task} --because "…")',
            )
        return Found(
            State.ABSENT,
            f"{release.version} is below {tag}, the newest release tag on {remote}: "
            f"the version files say {release.previous}",
            f'$EDITOR {files}   (they should say {version}; or {release.task} --because "…")',
        )

    return Step(f"{release.version} is above every earlier release", observe)


def big_enough(release: Release) -> Step:
    """The version goes up at least as far as what changed asks for, or a reason says why not."""

    def observe() -> Found:
        found = evidence.of(release)
        lines = "".join(f"\n        {line}" for line in found.lines())
        least, counted = found.least(), found.fragments.counted()
        asked = f"{counted} ask for {least}" if not found.compared else f"{counted} and the code ask for {least}"
        unmet = found.unmet(release)
        if unmet is None:
            return Found(State.DONE, f"{asked}{lines}")
        if release.project.is_dated:
            return Found(State.DONE, f"{asked}; {release.version} is a date, and says nothing of that{lines}")
        if release.because:
            return Found(State.DONE, f"{asked}; {release.part} because {release.because}{lines}")
        return Found(
            State.ABSENT,
            f"{asked} at least, and {release.version} is a {release.part} release{lines}",
            f'{release.task} --because "…"'
            if release.hotfix
            else f'invoke release --part {unmet}   (or --part {release.part} --because "…")',
        )

    return Step(f"{release.part} is big enough for what changed", observe)


def bumped(release: Release) -> Step:
    """The version files in the release's tree say the new version."""
    files, raising = paths(release.project, release.base), _raising(release)

    def text_of(path: str) -> str | None:
        file = release.tree / path
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None

    def observe() -> Found:
        if not (files or raising):
            return Found(State.DONE, _computed(release))
        if not release.tree.is_dir():
            return Found(State.ABSENT, "there is no tree yet")
        configuration = stated.read(release.project, release.base, text_of)
        listed = configuration.problems(text_of, release.version) if files else ()
        if not (problems := (*listed, *_chart_problems(release, text_of))):
            return Found(State.DONE, f"{len(configuration.files)} places in {len(configuration.paths) - 1} files")
        is_untouched = not configuration.problems(text_of, release.previous)
        return Found(State.ABSENT if is_untouched else State.PARTIAL, problems[0])

    if not files:
        return Step(f"version files say {release.version}", observe, act=raising)
    bump = (
        git.git(release.tree, "checkout-index", "--force", "--", *files),
        bumpversion.bump(release.tree, files[0], release.previous, release.version),
    )
    return Step(f"version files say {release.version}", observe, act=(*bump, *raising))


def _unspelled(release: Release, configuration: Configuration) -> Found | None:
    """What is said where the version that main is to say after the release is none that the files can state."""
    if (wanted := release.following) is None:
        return None
    bad = ", ".join(dict.fromkeys(one.path for one in configuration.files if not one.can_spell(wanted)))
    if not bad:
        return None
    return Found(
        State.ABSENT,
        f"after-release is {release.project.settings.after_release!r}, and no pattern for {bad} knows {wanted}",
        f"$EDITOR {configuration.path}   (or leave after-release out)",
    )


def _computed(release: Release) -> str:
    tool = release.project.package.tag
    return f"no file does: {tool.tool} computes it from the tag" if tool else "no file does"


def _raising(release: Release) -> tuple[Action, ...]:
    """What gives a chart that counts itself its next version."""
    chart = release.project.settings.chart
    if chart is None or not chart_version.is_own(release.project):
        return ()
    version, file = chart_version.of(release), release.tree / chart_version.path(chart)

    def raise_it() -> None:
        text = file.read_bytes().decode(errors="surrogateescape")
        file.write_bytes(chart_version.stating(text, version).encode(errors="surrogateescape"))

    return (Call(f"let {chart_version.path(chart)} state version {version}", raise_it),)


def _chart_problems(release: Release, text_of: Read) -> tuple[str, ...]:
    """What is wrong where a chart that counts itself does not state the version that this release gives it."""
    chart = release.project.settings.chart
    if chart is None or not chart_version.is_own(release.project):
        return ()
    path, wanted = chart_version.path(chart), chart_version.of(release)
    _, says = chart_version.said(text_of(path) or "")
    return () if says == wanted else (f"{path} says version {says or 'nothing'}; expected {wanted}",)


def paths(project: Project, commit: str) -> tuple[str, ...]:
    """The files that state the version in a commit; empty if no configuration names them."""
    try:
        return bumpversion.configuration(partial(git.text, project.root, commit), project.folder).paths
    except NotReady:
        return ()
