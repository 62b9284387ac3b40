"""The sandbox's chat: what the services take, what they refuse in their own words, and what people see."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from contd_release.sandbox.chat import Chat, Message
from contd_release.sandbox.world import World


def post(world: World, path: str, body: object, **headers: str) -> requests.Response:
    """Send JSON."""
    return requests.post(world.url + path, json=body, headers=headers, timeout=10)


def test_each_service_answers_as_it_does(world: World) -> None:
    """Discord 204, Slack ok, Mastodon the status, JSON an object; all of it can be read back, over HTTP too."""
    assert post(world, "/chat/discord/api/webhooks/1/t", {"content": "hi"}).status_code == 204
    assert post(world, "/chat/slack/services/T/B/x", {"text": "hi"}).text == "ok"
    assert post(world, "/api/v1/statuses", {"status": "hi"}, Authorization="Bearer x").json()["content"] == "hi"
    assert post(world, "/chat/room", {"title": "t", "message": "hi"}).json()["ok"]

    expected = (Message("discord", "1", "hi"), Message("slack", "B", "hi"), Message("mastodon", "home", "hi"),
                Message("json", "room", "hi", "t"))  # fmt: skip
    assert expected == world.part(Chat).messages()
    assert len(requests.get(world.chat_url + "/messages?service=slack", timeout=10).json()) == 1
    assert [one.rpartition(" ")[0] for one in world.ledger.effects()] == [
        "message discord/1",
        "message slack/B",
        "message mastodon/home",
        "message json/room",
    ]


REFUSED = [
    ("/chat/discord/api/webhooks/1/t", {"content": ""}, 400, "Cannot send an empty message"),
    ("/chat/discord/api/webhooks/1/t", {"content": "x" * 2001}, 400, "Must be 2000 or fewer in length."),
    ("/chat/discord/api/webhooks/1/t", ["x"], 400, "invalid JSON"),
    ("/chat/slack/services/T/B/x", {"text": ""}, 400, "no_text"),
    ("/chat/slack/services/T/B/x", "x", 400, "invalid_payload"),
    ("/api/v1/statuses", {"status": "x"}, 401, "The access token is invalid"),
    ("/chat/room", 3, 400, "not a JSON object"),
    ("/chat/else/where", {}, 404, "Not Found"),
]


@pytest.mark.parametrize(("path", "body", "status", "said"), REFUSED)
def test_refusals(path: str, body: object, status: int, said: str, world: World) -> None:
    """What a service refuses is not kept."""
    reply = post(world, path, body)

    assert status == reply.status_code
    assert said in reply.text
    assert world.part(Chat).messages() == ()


def test_mastodon_counts(world: World) -> None:
    """500 characters are taken, 501 and none are not."""
    answers = [
        post(world, "/api/v1/statuses", {"status": "x" * count}, Authorization="Bearer x").status_code
        for count in (500, 501, 0)
    ]

    assert answers == [200, 422, 422]


def test_wrong_token_is_refused(world: World) -> None:
    """The account that may not write here is no webhook's token."""
    token = world.accounts.narrow.password.reveal()

    assert post(world, f"/chat/discord/api/webhooks/1/{token}", {"content": "hi"}).status_code == 401
    assert post(world, f"/chat/slack/services/T/B/{token}", {"text": "hi"}).status_code == 403


def test_pings_are_seen(world: World) -> None:
    """The chat knows who would have been called, so that a test can ask that nobody was."""
    post(world, "/chat/discord/api/webhooks/1/t", {"content": "@everyone <@1> a@b.c"})
    post(world, "/chat/discord/api/webhooks/1/t", {"content": "@everyone", "allowed_mentions": {"parse": []}})
    post(world, "/chat/slack/services/T/B/x", {"text": "<!channel> <@U1> a < b"})
    post(world, "/api/v1/statuses", {"status": "@ada@example.org x@y.z"}, Authorization="Bearer x")

    assert [one.pings for one in world.part(Chat).messages()] == [
        ("@everyone", "<@1>"),
        (),
        ("<!channel>", "<@U1>"),
        ("@ada@example.org",),
    ]


def test_half_a_line_is_no_message(tmp_path: Path) -> None:
    """A world that was killed while it wrote goes on with what it had."""
    with World(tmp_path / "killed") as world:
        post(world, "/chat/room", {"message": "one"})
        path = world.part(Chat).path
    with open(path, "a", encoding="utf-8") as out:
        out.write('{"service": "json", "room": "ro\n')

    with World(tmp_path / "killed") as world:
        post(world, "/chat/room", {"message": "two"})
        assert [one.text for one in world.part(Chat).messages()] == ["one", "two"]
