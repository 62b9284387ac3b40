"""Apprise's own services for Discord, Slack and Mastodon, against the sandbox's chat."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.process.redaction import Secret
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.world import World
from contd_release.tools.apprise import apprise
from contd_release.tools.apprise import program as apprise_process
from contd_release.tools.apprise.apprise import Outcome, Post
from contd_release.tools.markup import markdown

pytest.importorskip("apprise", reason="the extra `announce` is not installed")

CANARY = "canary7Zq2Xw9Lk4Tn8canary"
PROCESS = str(apprise_process.__file__)
HOSTILE = markdown.chat("Thanks @everyone and <@12345678>\n\n- A [link](https://a.b/c) & <b>tag</b>\n")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world that runs."""
    with World(tmp_path / "world") as world:
        yield world


def sent(url: str, post: Post, monkeypatch: pytest.MonkeyPatch, **moved: str) -> dict[str, Any]:
    """What the process would answer, with the service's own address moved into the world."""
    monkeypatch.setattr(requests.Session, "send", requests.Session.send)
    heard: list[tuple[bool, str]] = []
    apprise_process._listen(heard)
    plugin = apprise_process._plugin(url)
    for name, value in moved.items():
        setattr(plugin, name, value)
    words = {"title": post.title, "body": post.body, "format": "markdown" if post.is_markdown else "text"}
    return apprise_process._sent(plugin, words, heard)


def test_discord_shows_what_we_wrote(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message, its text to the letter, nobody called; an URL that asks for embeds or splitting changes nothing."""
    url = f"discord://123456789012345678/{CANARY}?format=markdown&overflow=split&ping=@everyone"
    post = Post("", HOSTILE + "\n\n# a\n\n# b", is_markdown=True)

    answer = sent(url.replace("&ping=@everyone", ""), post, monkeypatch,
                  notify_url=f"{world.chat_url}/discord/api/webhooks")  # fmt: skip

    assert answer == {"outcome": "sent"}
    found = world.part(Chat).messages()
    assert [post.body] == [one.text for one in found]
    assert found[0].pings == ()


def test_slack_calls_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's own markup is escaped: no mention, no hidden link."""
    url = f"slack://T1JJ3T3L2/A1BRTD4JD/{CANARY[:24]}/#general"

    answer = sent(url, Post("", HOSTILE, is_markdown=True), monkeypatch,
                  webhook_url=f"{world.chat_url}/slack/services")  # fmt: skip

    assert answer == {"outcome": "sent"}
    found = world.part(Chat).messages("slack")
    assert [one.pings for one in found] == [()]
    assert "Thanks @\u200beveryone" in found[0].text


def test_mastodon_goes_through_the_process(world: World) -> None:
    """The whole way, in a process of its own: a status within 500 characters."""
    url = Secret(f"mastodon://{CANARY}@{world.registry}")
    service = apprise.service(url)
    assert (service.name, service.body, service.title, service.is_markdown) == ("Mastodon", 500, 0, False)

    assert Outcome.SENT is apprise.send(url, Post("", "contd 1.2.0 is out\n\nhttps://a.b/c")).outcome
    refused = apprise.send(url, Post("", "x" * 501))

    assert [(one.text, one.pings) for one in world.part(Chat).messages()] == [
        ("contd 1.2.0 is out\n\nhttps://a.b/c", ())
    ]
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, "answered 422")


def processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, also: str = "") -> Path:
    """
    A file to which every process that is asked adds what it was asked; another program may be run before it answers.
    """
    asked, program = tmp_path / "asked", tmp_path / "program.py"
    program.write_text(
        f"import io, runpy, sys\ntext = sys.stdin.read()\nopen({str(asked)!r}, 'a').write(text + '\\n')\n"
        f"{also}\nsys.stdin = io.StringIO(text)\nrunpy.run_path({PROCESS!r}, run_name='__main__')\n"
    )
    monkeypatch.setattr(apprise_process, "__file__", str(program))
    return asked


def test_one_process_tells_of_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    What the URLs mean is asked together and once, also by several at the same time; a wrong one among them is told.
    """
    asked = processes(monkeypatch, tmp_path)
    urls = [Secret(f"json://127.0.0.1/{CANARY}/{number}") for number in range(3)]

    with ThreadPoolExecutor() as pool:
        found = tuple(pool.map(lambda url: apprise.service(url, *urls, Secret("nothing://x")), urls))
    with pytest.raises(Usage):
        apprise.service(Secret("nothing://x"))

    assert [one.name for one in found] == ["JSON"] * 3
    (line,) = asked.read_text().splitlines()
    assert {url.reveal() for url in urls} | {"nothing://x"} == set(json.loads(line)["urls"])


def test_a_url_that_breaks_apprise_is_not_the_others_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where all together get no answer, each is asked for alone."""
    asked = processes(monkeypatch, tmp_path, "if 'breaking' in text: raise SystemExit(3)")
    good, bad = Secret(f"json://127.0.0.1/{CANARY}/good"), Secret("json://127.0.0.1/breaking")

    assert apprise.service(good, bad).name == "JSON"
    with pytest.raises(Unanswered):
        apprise.service(bad, good)

    assert [len(json.loads(line)["urls"]) for line in asked.read_text().splitlines()] == [2, 1, 1]


@pytest.mark.parametrize("said", ["{}", '{"services": {}}', '{"services": []}', '{"services": [1]}', "[]", "no"])
def test_an_answer_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str) -> None:
    """What a URL means is not known then, and the URL is not shown."""
    (tmp_path / "broken.py").write_text(f"print({said!r})")
    monkeypatch.setattr(apprise_process, "__file__", str(tmp_path / "broken.py"))
    with pytest.raises(Unanswered) as caught:
        apprise.service(Secret(f"json://127.0.0.1/{CANARY}/broken"))
    assert "canary" not in str(caught.value).lower()
    assert "\n  type:     " in str(caught.value)


def test_redirect_is_not_followed(world: World) -> None:
    """A service that sends us elsewhere does not get the message, nor does elsewhere."""
    world.faults.order("POST /chat/a 1 307")

    answer = apprise.send(Secret(f"json://{world.registry}/chat/a"), Post("t", "b"))

    assert (answer.outcome, answer.reason) == (Outcome.REFUSED, "answered 307")
    assert len(world.ledger.requests()) == 1


def test_plain_http_stays_on_this_machine() -> None:
    """Nothing is sent unencrypted to another machine."""
    answer = apprise.send(Secret("json://192.0.2.1/x"), Post("t", "b"))

    assert (answer.outcome, answer.reason) == (Outcome.REFUSED, "plain HTTP leaves this machine")


def test_private_message_is_no_announcement() -> None:
    """X without `?mode=tweet` writes to one person: refused with the reason, the secret parts unsaid."""
    with pytest.raises(Usage) as caught:
        apprise.service(Secret(f"x://{CANARY}/b/c/d"))

    assert (
        caught.value.what_is
    ) == "a URL that begins with x:// cannot be used: without ?mode=tweet it is a message to one person"


@pytest.mark.slow
@pytest.mark.parametrize("url", ["", CANARY, f"nothing://{CANARY}", "discord://", f"discord://{CANARY}", "json://"])
def test_url_that_means_nothing_is_told_unseen(url: str) -> None:
    """A wrong URL is an error that shows its scheme at most."""
    with pytest.raises(Usage) as caught:
        apprise.service(Secret(url))

    assert "cannot be used: it means no service" in str(caught.value)
    assert "canary" not in str(caught.value).lower()


def test_missing_apprise_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the error says what to install."""
    monkeypatch.setattr("contd_release.tools.apprise.apprise.find_spec", lambda name: None)

    with pytest.raises(NotReady) as caught:
        apprise.service(Secret("json://127.0.0.1/x"))

    assert caught.value.type_next == "pip install 'contd-release[announce]'"


def test_process_keeps_the_logs_to_itself(world: World) -> None:
    """Even where the environment asks everybody for DEBUG, the process prints its answer and nothing else."""
    asked = json.dumps(
        {"url": f"json://u:{CANARY}@{world.registry}/{CANARY}", "title": "t", "body": "b", "format": "text"}
    )

    loud = f"import logging, runpy; logging.basicConfig(level=1); runpy.run_path({PROCESS!r}, run_name='__main__')"

    done = subprocess.run((sys.executable, "-P", "-c", loud), input=asked, text=True, capture_output=True, check=False)

    assert json.loads(done.stdout) == {"outcome": "refused", "reason": "answered 404"}
    assert done.stderr == ""


@pytest.mark.slow
def test_broken_process_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process that dies, or says nothing sensible, may have sent: unknown."""
    for program in (
        "raise SystemExit(3)",
        "print('no')",
        "print('{}')",
        "print('[]')",
        "import os; os.kill(os.getpid(), 9)",
    ):
        path = tmp_path / "broken.py"
        path.write_text(program)
        monkeypatch.setattr(apprise_process, "__file__", str(path))
        assert Outcome.UNKNOWN is apprise.send(Secret("json://127.0.0.1/x"), Post("t", "b")).outcome
