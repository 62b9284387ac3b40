"""
The checklist of a release that a workflow publishes: this machine only makes the tag.

Nothing is built here, so that each artifact is built once. The workflow's seal is fetched, and what it published
is verified against that from here as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contd_release.channels import origin, registry
from contd_release.channels.attached import signature
from contd_release.channels.chart import verify as chart_verify
from contd_release.channels.github import attested, workflow
from contd_release.channels.github import channel as github
from contd_release.channels.image import verify as image_verify
from contd_release.channels.pypi import signatures
from contd_release.engine.checklist import Checklist, Item, Section, Together
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.records.commit import release_commit
from contd_release.tools import git
from contd_release.tools.github import triggers

# Mirrors and caches may show a little later what the workflow has seen already.
_PATIENCE = 300.0


def access(release: Release) -> Iterator[Item]:
    """The workflow is there, GitHub accepts our token, and every name is free."""
    yield there(release)
    yield from signable(release)
    yield from github.access(release)
    for items in registry.section("publish", release):
        for _, step in Checklist(items).steps():
            yield free(release, step)


def signable(release: Release) -> Iterator[Step]:
    """The workflow signs what the project publishes, where signatures are configured."""
    settings = release.project.settings
    if settings.signatures is None:
        return
    if settings.github:
        yield attested.can_be_attested(release)
    if settings.pypi:
        yield signatures.can_be_signed(release)
    if settings.image:
        yield signature.can_be_signed(release, image_verify.subject(release))
    if settings.chart:
        yield signature.can_be_signed(release, chart_verify.subject(release))


def published(release: Release) -> tuple[Section, ...]:
    """The tag is pushed, and the workflow that it starts is watched to its end."""
    watched = workflow.released_by_workflow(release)
    return (Section("publish", (origin.pushed(release), watched, workflow.sealed_by_workflow(release))),)


def verified(release: Release) -> tuple[Section, ...]:
    """What the workflow published and promoted is read back from here."""
    branches = (*registry.section("verify", release), *registry.section("promote", release))
    return (Section("verify", (Together(tuple(tuple(map(seen, items)) for items in branches)),)),)


def there(release: Release) -> Step:
    """The commit that will be tagged has the workflow."""
    settings = release.project.settings.github
    path = f".github/workflows/{settings.workflow if settings else 'release.yml'}"

    def observe() -> Found:
        if (text := git.text(release.project.root, release.base, path)) is None:
            return Found(State.ABSENT, f"{path} is not in {release.base[:12]}", f"$EDITOR {path}")
        filters = triggers.patterns(text)
        if filters is not None and not triggers.matches(filters, release.tag):
            return Found(
                State.ABSENT,
                f"{path} starts on the tags {', '.join(filters) or 'of no name'}, and {release.tag} is none of them",
                f'$EDITOR {path}   (tags: ["{release.project.tags.pattern}"], and the `if` of its job)',
            )
        return Found(State.DONE, f"in {release.base[:12]}")

    return Step(f"{path} publishes", observe)


def free(release: Release, step: Step) -> Step:
    """The name is free until the workflow publishes; after our tag is out, only the workflow uses it."""
    root, remote = release.project.root, release.project.settings.remote

    def observe() -> Found:
        tag, ours = git.remote(root, remote).tag(release.tag), release_commit(release)
        if tag and tag.commit == ours:
            return Found(State.DONE, f"{release.tag} is out")
        found = step.observe()
        if found.state is State.ABSENT:
            return Found(State.DONE, found.detail)
        return Found(State.CONFLICT, found.detail, found.type_next)

    return Step(f"not yet: {step.title}", observe)


def seen(item: Item) -> Item:
    """The same claims; what the workflow makes true is only looked at from here."""
    if isinstance(item, Section):
        return replace(item, items=tuple(map(seen, item.items)))
    if isinstance(item, Together):
        return replace(item, branches=tuple(tuple(map(seen, items)) for items in item.branches))
    if item.undo is not None:
        return item
    look = Call("look for what the workflow did", lambda: None)
    return replace(item, act=(look,), undo=(), patience=max(item.patience, _PATIENCE), retry=None)
