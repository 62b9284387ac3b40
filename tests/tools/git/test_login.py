"""The login in a remote's URL reaches git and its server, and nothing that others can read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import git_server
import pytest
from git_server import GitServer

from contd_release.errors import FailedCommand, Unanswered
from contd_release.process.action import Running
from contd_release.tools import git
from tests.conftest import Place
from tests.conftest import git as typed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at the argv of every process in /proc")


@pytest.fixture
def server(place: Place) -> Iterator[GitServer]:
    """The place's remote behind a login, which the clone has in the remote's URL."""
    with git_server.serving(place.remote.parent) as found:
        place.git("config", "http.receivepack", "true", where=place.remote)
        place.git("remote", "set-url", "origin", found.url(place.remote.name))
        yield found


def test_the_remote_is_asked_with_the_login_of_its_url(place: Place, server: GitServer) -> None:
    """The branches come, and no process shows the password in its argv."""
    head = typed(place.clone, "rev-parse", "HEAD")

    assert head == git.remote(place.clone, "origin").branch("main")
    assert server.served
    assert set() == server.seen


def test_commits_are_fetched_with_the_login(place: Place, server: GitServer) -> None:
    """Both ways to fetch: objects alone, and one tag."""
    typed(place.remote, "tag", "-a", "-m", "x", "v9", "main")

    git.bring(place.clone, "origin", "refs/heads/main")
    assert git.fetch_tag(place.clone, "origin", "v9").ask().code == 0
    assert git.tag(place.clone, "v9") is not None
    assert set() == server.seen


def test_a_push_has_the_login(place: Place, server: GitServer, tmp_path: Path) -> None:
    """The branch is there, and neither the command nor its log shows the password."""
    push = git.push(place.clone, "origin", "HEAD:refs/heads/new")
    push.run(Running(tmp_path / "log"))

    assert git.remote(place.clone, "origin").branch("new") == typed(place.clone, "rev-parse", "HEAD")
    assert str(push) == "git push --atomic --no-follow-tags -- origin HEAD:refs/heads/new"
    assert not server.shown_in((tmp_path / "log").read_text(encoding="utf-8"))
    assert set() == server.seen


def test_a_refused_push_shows_no_password(place: Place, server: GitServer, tmp_path: Path) -> None:
    """What git and the server say of it goes into errors and logs."""
    hook = place.remote / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho 'no, {server.spellings[0]}' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)

    with pytest.raises(FailedCommand) as refused:
        git.push(place.clone, "origin", "HEAD:refs/heads/new").run(Running(tmp_path / "log"))

    assert "ended with 1" in str(refused.value)
    assert not server.shown_in(str(refused.value))
    assert not server.shown_in((tmp_path / "log").read_text(encoding="utf-8"))


def test_a_push_url_of_its_own_has_its_own_login(place: Place, server: GitServer, tmp_path: Path) -> None:
    """`pushurl`: the login to read with stays what it is."""
    place.git("remote", "set-url", "origin", str(place.remote))
    place.git("remote", "set-url", "--push", "origin", server.url(place.remote.name))

    git.push(place.clone, "origin", "HEAD:refs/heads/new").run(Running(tmp_path / "log"))

    assert git.remote(place.clone, "origin").branch("new") == typed(place.clone, "rev-parse", "HEAD")
    assert server.served
    assert set() == server.seen


def test_a_login_that_instead_of_adds(place: Place, server: GitServer) -> None:
    """
    `url.<login>.insteadOf`, as CI jobs configure it: the URL that is asked has the login, the remote's own has none.
    """
    place.git("remote", "set-url", "origin", server.url(place.remote.name, login=False))
    place.git("config", f"url.{server.url('')}.insteadOf", server.url("", login=False))

    assert git.remote(place.clone, "origin").branch("main") == typed(place.clone, "rev-parse", "HEAD")
    assert git.remote(place.clone, server.url(place.remote.name, login=False)).branch("main")
    assert set() == server.seen


def test_a_user_without_a_password_is_left_to_the_users_own_helper(place: Place, server: GitServer) -> None:
    """`https://TOKEN@host/` is a secret as well; who has only a name there keeps the password in a helper."""
    user, _, _ = server.url("x").removeprefix("http://").partition(":")
    place.git("remote", "set-url", "origin", server.url(place.remote.name, login=False).replace("//", f"//{user}@"))
    helper = f"!f() {{ echo 'password={server.password}'; }}; f"
    place.git("config", "credential.helper", helper)

    assert git.remote(place.clone, "origin").branch("main") == typed(place.clone, "rev-parse", "HEAD")


def test_a_wrong_password_is_no_answer(place: Place, server: GitServer) -> None:
    """The message names the remote, not its URL."""
    wrong = server.url(place.remote.name).replace("CaNaRy", "WrOnGg")
    place.git("remote", "set-url", "origin", wrong)

    with pytest.raises(Unanswered) as unanswered:
        git.remote(place.clone, "origin")

    assert "git ls-remote origin ended with 128" in str(unanswered.value)
    assert "WrOnGg" not in str(unanswered.value)
