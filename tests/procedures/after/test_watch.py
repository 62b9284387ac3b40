"""`invoke watch`: what is public and not ours raises the alarm at the first look, and what is ours never does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from released import NAME, Lab

from contd_release.sandbox.chat import Chat
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Issue
from contd_release.sandbox.world import World
from tests.sandbox.conftest import wheel_in

if TYPE_CHECKING:
    from tests.conftest import Place

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world in which 0.2.0 was released, without an image."""
    pytest.importorskip("helm_python", reason="pip install contd-release[helm]")
    folder = tmp_path_factory.mktemp("watched")
    with World(folder / "world") as world:
        found = Lab(folder, world, with_image=False)
        found.prepare()
        said = found.run("release", "--part", "minor", "--yes")
        assert said.returncode == 0, said.stdout + said.stderr
        yield found


def uploaded(lab: Lab, wheel: Path) -> None:
    """Upload a file beside the process, with the project's own credential."""
    command = (sys.executable, "-m", "twine", "upload", "--repository-url", lab.world.upload_url, str(wheel))
    subprocess.run(command, check=True, capture_output=True, env=lab.environment("here"))


def test_a_release_of_ours_is_explained(lab: Lab) -> None:
    """Files, tags, chart, and release page, seen from the clone that released and from one that knows nothing."""
    for where in (lab.clone, lab.fresh("v0.2.0")):
        said = lab.run("watch", "--strangers", where=where)
        assert said.returncode == 0, said.stdout + said.stderr
        assert "things are public, each explained" in said.stdout


def test_a_registry_that_is_down_does_not_end_the_look(lab: Lab) -> None:
    """The other channels are compared, the registry is named, the code is 4, and an alarm elsewhere wins over it."""
    lab.world.faults.order("GET /v2/* every 503")
    try:
        calm = lab.run("watch", "--strangers")
        lab.git(lab.clone, "push", "--quiet", "origin", "HEAD:refs/tags/v0.8.0")
        alarm = lab.run("watch", "--strangers")
        refused = lab.run("watch", "--baseline")
    finally:
        lab.world.faults.clear()
        lab.git(lab.clone, "push", "--quiet", "--delete", "origin", "v0.8.0")
    assert (calm.returncode, alarm.returncode, refused.returncode) == (4, 12, 4), calm.stdout + calm.stderr
    assert "each explained; not every channel was compared" in calm.stdout
    assert "chart was not compared: " in calm.stderr
    assert "git v0.8.0: no release of ours is 0.8.0" in alarm.stderr
    assert "chart was not compared: " in alarm.stderr


def test_what_is_put_there_beside_us_is_an_alarm(lab: Lab, tmp_path: Path) -> None:
    """A file on the index, a git tag and a page on GitHub by hand: each is named, with what contains it; one issue."""
    uploaded(lab, wheel_in(tmp_path, "0.2.1", "contd"))
    lab.git(lab.clone, "push", "--quiet", "origin", "HEAD:refs/tags/v0.3.0")
    page = {"tag_name": "v0.3.0", "name": "0.3.0", "body": "", "draft": False}
    token = lab.world.accounts.publisher.password.reveal()
    url = f"{lab.world.api_url}/repos/{NAME}/releases"
    assert requests.post(url, json=page, headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code == 201
    said = lab.run("watch", "--issue")
    assert said.returncode == 12, said.stdout + said.stderr
    assert "pypi contd-0.2.1-py3-none-any.whl: no release of ours is 0.2.1" in said.stderr
    assert "yank contd-0.2.1-py3-none-any.whl on the index's page of the project" in said.stderr
    assert "git v0.3.0: no release of ours is 0.3.0" in said.stderr
    assert "github v0.3.0: no release of ours is 0.3.0" in said.stderr
    assert lab.run("watch", "--issue").returncode == 12
    opened = [one for one in lab.world.part(Forge).place(NAME).shelf(Issue) if "strangers" in (one.body or "")]
    assert len(opened) == 1


def test_a_tag_that_was_moved_is_an_alarm(lab: Lab) -> None:
    """The seal explains the commit that was released, and no other under its tag."""
    tag = lab.git(lab.remote, "rev-parse", "refs/tags/v0.2.0")
    lab.git(lab.clone, "push", "--quiet", "--force", "origin", "v0.2.0~1:refs/tags/v0.2.0")
    try:
        said = lab.run("watch")
    finally:
        lab.git(lab.clone, "push", "--quiet", "--force", "origin", f"{tag}:refs/tags/v0.2.0")
    assert said.returncode == 12
    assert "git v0.2.0: no release of ours is 0.2.0" in said.stderr


def test_what_was_there_before_is_written_down_once(lab: Lab, tmp_path: Path) -> None:
    """The baseline lists what nothing explains, a second one is refused, and what comes later is an alarm again."""
    uploaded(lab, wheel_in(tmp_path, "0.0.9", "contd"))
    said = lab.run("watch", "--baseline")
    assert said.returncode == 0, said.stdout + said.stderr
    listed = json.loads((lab.clone / "release-baseline.json").read_text(encoding="utf-8"))
    assert "contd-0.0.9-py3-none-any.whl" in [one["name"] for one in listed]
    assert lab.run("watch").returncode == 0
    assert lab.run("watch", "--baseline").returncode == 2
    uploaded(lab, wheel_in(tmp_path, "0.2.2", "contd"))
    assert "pypi contd-0.2.2-py3-none-any.whl" in lab.run("watch").stderr
    (lab.clone / "contd-release.toml").write_text('[watch.known]\n"pypi contd-0.2.2*" = "a test of the upload"\n')
    lab.git(lab.clone, "add", "contd-release.toml")
    lab.git(lab.clone, "commit", "--quiet", "-m", "Explain the test of the upload")
    assert lab.run("watch").returncode == 0
    (lab.clone / "release-baseline.json").write_text("[3]")
    said = lab.run("watch")
    assert said.returncode == 2
    assert "release-baseline.json is no list of what was public" in said.stderr


def test_an_alarm_is_a_message_once(release: Place, world: World) -> None:
    """A dry run shows it and sends nothing; then the place hears of a stranger once, whichever task looks."""
    pytest.importorskip("apprise", reason="the extra `announce` is not installed")
    overlay = release.directory / "overlay.toml"
    text = overlay.read_text(encoding="utf-8")
    monitor = f'[monitor]\nprometheus = "{world.prometheus_url}"\nerror-rate = "errors / requests"\n'
    overlay.write_text(f'{text}{monitor}[watch.announce]\nguards = "env:MY_GUARDS"\n', encoding="utf-8")
    release.env["MY_GUARDS"] = f"{world.chat_url.replace('http://', 'json://')}/guards-canary"
    release.git("push", "--quiet", "origin", "HEAD:refs/tags/v9.9.9")
    release.git("fetch", "--quiet", "--tags", "origin")
    chat, title = world.part(Chat), "contd: 1 thing is public that no release of ours explains"
    dry = release.say("watch", "--dry-run")
    assert (dry.code, chat.messages()) == (12, ())
    assert f"guards ($MY_GUARDS) would get:\n{title}\n" in dry.out
    for words in (("watch",), ("monitor", "--once"), ("watch",)):
        said = release.say(*words)
        assert said.code == 12, said.text
        assert "canary" not in said.text
        assert [one.title for one in chat.messages()] == [title]
    assert "guards ($MY_GUARDS) has an alarm about all of these" in release.say("watch", "--dry-run").out
    world.faults.order("POST /chat/* every 404")
    release.git("push", "--quiet", "origin", "HEAD:refs/tags/v9.9.8")
    refused = release.say("watch")
    assert refused.code == 12
    assert "guards refused the alarm" in refused.err
