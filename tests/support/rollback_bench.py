"""A clone whose releases go to an index, to GitHub and to a chat, all in one world."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, TypeAlias

import pytest
import requests
from packaging.version import Version

from contd_release.channels.withdrawal import Rollback
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Chart, Image, Settings
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

NAME = "contd/contd"
Yanking: TypeAlias = Callable[[str], AbstractContextManager[None]]
Withdrawal: TypeAlias = Callable[..., Rollback]


@pytest.fixture
def everywhere(release: Place, world: World) -> Place:
    """The place of `release`, whose remote is the repository of the world's GitHub, with a chat to be told."""
    remote = remotes.make(world.directory / "git", NAME)
    release.git("push", "-q", str(remote), "HEAD:refs/heads/main")
    release.git("remote", "set-url", "origin", str(remote))
    overlay = release.directory / "overlay.toml"
    text = overlay.read_text(encoding="utf-8")
    github = f'[github]\nrepository = "{NAME}"\napi = "{world.api_url}"\nuploads = "{world.uploads_url}"\n'
    overlay.write_text(f'{text}{github}[announce]\nroom = "env:ROOM"\n', encoding="utf-8")
    room = world.chat_url.replace("http://", "json://") + "/room"
    release.env.update(GITHUB_TOKEN=world.accounts.publisher.password.reveal(), ROOM=room)
    return type(release)(release.directory, release.clone, remote, release.env)


@pytest.fixture
def yanking(world: World) -> Yanking:
    """A person who yanks a release on the index's page when the index has been asked for it a few times."""

    @contextmanager
    def person(version: str) -> Iterator[None]:
        def asked() -> int:
            return sum(one.path.startswith("/simple/contd/") for one in world.ledger.requests())

        def yank() -> None:
            end, before = time.monotonic() + 60, asked()
            # The table, the step, and then the wait ask for it.
            while asked() < before + 5 and time.monotonic() < end:
                time.sleep(0.2)
            account = world.accounts.publisher
            requests.post(
                f"{world.url}/manage/project/contd/release/{version}/",
                data={"do": "yank", "reason": "it loses lines"},
                auth=(account.user, account.password.reveal()),
                timeout=10,
            )

        thread = threading.Thread(target=yank)
        thread.start()
        yield
        thread.join()

    return person


@pytest.fixture
def withdrawal(place: Place, world: World, monkeypatch: pytest.MonkeyPatch) -> Withdrawal:
    """The rollback of a version, with an image and a chart in the world's registry."""
    monkeypatch.setenv("CONTD_REGISTRY_USERNAME", world.accounts.publisher.user)
    monkeypatch.setenv("CONTD_REGISTRY_PASSWORD", world.accounts.publisher.password.reveal())
    settings = Settings(
        image=Image(f"{world.registry}/owner/contd"),
        chart=Chart("helm/contd", f"oci://{world.registry}/owner/charts"),
    )
    project = Project(place.clone, place.state, "contd", settings, News())

    def make(version: str, *wishes: str) -> Rollback:
        release = Release(project, Version(version), Version("0.1.0"), place.git("rev-parse", "HEAD"), 1_800_000_000)
        return Rollback(release, "it was bad", frozenset(wishes))

    return make
