"""The website has a page of the release: one commit on a branch of a git repository, pushed fast-forward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from contd_release.after.announce import announcement as announce
from contd_release.after.announce.announcement import Announcement
from contd_release.after.website import branch, site
from contd_release.after.website.record import Digest, Record
from contd_release.after.website.site import Site
from contd_release.engine.step import Found, State, Step
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.git import File


def is_on(project: Project) -> bool:
    """Whether the project has a website."""
    return project.settings.website is not None


def site_published(announcement: Announcement) -> Step:
    """The website has the release: its page, the feed, and `latest.json` where it is the highest."""
    release, version = announcement.release, str(announcement.release.version)

    def observe() -> Found:
        with branch.looked_at(release.project) as found:
            there, sealed = _site(release.project, found).named(version), release.sealed()
            if there is None:
                return Found(State.ABSENT, f"{found.name} has no {version}")
            if sealed and there.commit != sealed.commit:
                ours = f"{there.commit[:12]}, ours is {sealed.commit[:12]}"
                return Found(State.CONFLICT, f"{found.name} has {version} of {ours}")
            missing = [path for path in (there.page, site.FEED) if found.text(path) is None]
            if missing:
                return Found(State.PARTIAL, f"{found.name} has {version} without {' and '.join(missing)}")
            return Found(State.DONE, f"{found.name} has {there.page}, {there.date}")

    def changed(before: Site) -> Record:
        announce.refuse_unverified(release, announcement.channels)
        there = before.named(version)
        return replace(_record(announcement), withdrawn=there.withdrawn if there else "")

    act = _committed(release, changed, f"{release.project.name} {version}")
    return Step(f"the website has {version}", observe, act=(act,), undo=None)


def withdrawn(release: Release, reason: str) -> Step:
    """The website says that the release is withdrawn, and why; one that it never had needs no word."""
    version = str(release.version)

    def observe() -> Found:
        with branch.looked_at(release.project) as found:
            there = _site(release.project, found).named(version)
            if there is None:
                return Found(State.DONE, f"{found.name} never had {version}")
            return Found(State.DONE if there.withdrawn == reason else State.ABSENT, there.withdrawn or "not withdrawn")

    def marked(reason: str) -> Callable[[Site], Record | None]:
        def changed(before: Site) -> Record | None:
            there = before.named(version)
            return replace(there, withdrawn=reason) if there else None

        return changed

    title = f"{release.project.name} {version} is withdrawn"
    return Step(
        f"the website says that {version} is withdrawn",
        observe,
        act=(_committed(release, marked(reason), title),),
        undo=(_committed(release, marked(""), f"{title} no more"),),
    )


def _committed(release: Release, changed: Callable[[Site], Record | None], title: str) -> git.CommitPushed:
    """
    The act: one commit that changes a record, pushed.

    Args:
        changed: the record as it should be, given the site as it is; None if there is nothing to change.
    """
    project = release.project
    website = branch.website(project)

    def files(found: git.Branch) -> tuple[File, ...]:
        before = _site(project, found)
        return () if (record := changed(before)) is None else before.with_record(record).files(record)

    shown = f"{website.branch} of {website.repository or project.settings.remote}"
    return git.CommitPushed(lambda: branch.place(project), files, title, shown, release.dates)


def _record(announcement: Announcement) -> Record:
    release, sealed = announcement.release, announcement.release.sealed()
    return Record(
        version=str(release.version),
        date=release.date,
        commit=sealed.commit if sealed else "",
        link=announce.forge_link(release),
        notes=announcement.notes(),
        artifacts=tuple(Digest(one.name, one.sha256) for one in (sealed.artifacts if sealed else ())),
    )


def _site(project: Project, found: git.Branch) -> Site:
    return site.read(project.name, branch.website(project).url, found.text(site.RELEASES))
