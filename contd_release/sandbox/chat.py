"""
The chat: Discord's and Slack's webhooks, Mastodon's statuses, and plain JSON, with the limits and refusals of each.

`/chat/discord/api/webhooks/ID/TOKEN`, `/chat/slack/services/TEAM/BOT/TOKEN` and `/chat/ROOM` (JSON) take messages, and
so does `/api/v1/statuses`, because Mastodon clients know no other path. `GET /chat/messages` reads everything back.

https://docs.discord.com/developers/resources/webhook#execute-webhook
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.joinmastodon.org/methods/statuses/#create
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from contd_release.sandbox.accounts import Accounts
from contd_release.sandbox.ledger import effect

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PREFIXES: Final = ("/chat/", "/api/v1/")
DISCORD_LONGEST: Final = 2000
MASTODON_LONGEST: Final = 500
_LARGEST: Final = 1 << 20
_ROUTES: Final = Map(
    [
        Rule("/chat/messages", endpoint="messages", methods=("GET",)),
        Rule("/chat/discord/api/webhooks/<room>/<token>", endpoint="discord", methods=("POST",)),
        Rule("/chat/slack/services/<team>/<room>/<token>", endpoint="slack", methods=("POST",)),
        Rule("/api/v1/statuses", endpoint="mastodon", methods=("POST",)),
        Rule("/chat/<room>", endpoint="json", methods=("POST",)),
    ]
)
_PINGS: Final = {
    "discord": re.compile(r"@(?:everyone|here)\b|<@[!&]?\d+>"),
    "slack": re.compile(r"<![^>]*>|<@[^>]*>"),
    "mastodon": re.compile(r"(?<![\w/])[@\uff20]\w+(?:@[\w.-]+)?"),
}


@dataclass(frozen=True)
class Message:
    """
    What people in a room see.

    Args:
        service: `discord`, `slack`, `mastodon` or `json`.
        pings: what in it called someone.
    """

    service: str
    room: str
    text: str
    title: str = ""
    pings: tuple[str, ...] = ()


class ChatRefusal(Exception):
    """The service does not take this message, and says why in its own words."""

    def __init__(self, status: int, said: object) -> None:
        super().__init__(status)
        self.status = status
        self.said = said


class Chat:
    """The chat in one folder."""

    def __init__(self, directory: Path, accounts: Accounts) -> None:
        self.path = directory / "messages.jsonl"
        self._accounts = accounts
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        request.max_content_length = _LARGEST
        try:
            endpoint, arguments = _ROUTES.bind_to_environ(environ).match()
            answer: Callable[..., Response] = getattr(self, f"_{endpoint}")
            response = answer(request, **arguments)
        except ChatRefusal as refused:
            text = refused.said if isinstance(refused.said, str) else json.dumps(refused.said)
            response = Response(text, refused.status, content_type="application/json")
        except HTTPException as error:
            return error(environ, start_response)
        return response(environ, start_response)

    def messages(self, service: str = "", room: str = "") -> tuple[Message, ...]:
        """Everything that was posted, oldest first; of one service or room where it is named."""
        return tuple(one for one in self._read() if service in ("", one.service) and room in ("", one.room))

    def _messages(self, request: Request) -> Response:
        found = self.messages(request.args.get("service", ""), request.args.get("room", ""))
        return _json([asdict(one) for one in found])

    def _discord(self, request: Request, room: str, token: str) -> Response:
        found = _object(request, {"message": "The request body contains invalid JSON.", "code": 50109})
        if token == self._accounts.narrow.password.reveal():
            raise ChatRefusal(401, {"message": "Invalid Webhook Token", "code": 50027})
        text = str(found.get("content") or "") + "".join(
            f"\n{one.get('title', '')}\n{one.get('description', '')}" for one in found.get("embeds") or ()
        )
        if not text:
            raise ChatRefusal(400, {"message": "Cannot send an empty message", "code": 50006})
        if len(str(found.get("content") or "")) > DISCORD_LONGEST:
            raise ChatRefusal(400, {"content": [f"Must be {DISCORD_LONGEST} or fewer in length."]})
        # Without `allowed_mentions` everything that looks like a mention is one.
        allowed = found.get("allowed_mentions")
        pings = () if allowed is not None and not allowed.get("parse") else _pings("discord", text)
        self._post(request, Message("discord", room, text, pings=pings))
        return Response(status=204) if request.args.get("wait") != "true" else _json({"id": "1", "content": text})

    def _slack(self, request: Request, team: str, room: str, token: str) -> Response:
        found = _object(request, "invalid_payload")
        if token == self._accounts.narrow.password.reveal():
            raise ChatRefusal(403, "invalid_token")
        parts = [str(one.get("text") or "") for one in found.get("attachments") or ()]
        text = "\n".join(filter(None, [str(found.get("text") or ""), *parts]))
        if not text:
            raise ChatRefusal(400, "no_text")
        self._post(request, Message("slack", room, text, pings=_pings("slack", text)))
        return Response("ok")

    def _mastodon(self, request: Request) -> Response:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            raise ChatRefusal(401, {"error": "The access token is invalid"})
        text = str(_object(request, {"error": "Malformed request"}).get("status") or "")
        if not text:
            raise ChatRefusal(422, {"error": "Validation failed: Text can't be blank"})
        if len(text) > MASTODON_LONGEST:
            raise ChatRefusal(422, {"error": f"Validation failed: Text character limit of {MASTODON_LONGEST} exceeded"})
        self._post(request, Message("mastodon", "home", text, pings=_pings("mastodon", text)))
        return _json({"id": "1", "content": text, "url": f"{request.host_url}@home/1"})

    def _json(self, request: Request, room: str) -> Response:
        found = _object(request, {"error": "not a JSON object"})
        text = str(found.get("message") or found.get("text") or "")
        self._post(request, Message("json", room, text, str(found.get("title") or "")))
        return _json({"ok": True})

    def _post(self, request: Request, message: Message) -> None:
        line = json.dumps(asdict(message)) + "\n"
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "a", encoding="utf-8") as out:
                out.write(line)
        effect(request.environ, f"message {message.service}/{message.room} {_fingerprint(message)}")

    def _read(self) -> Iterator[Message]:
        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                found: dict[str, Any] = json.loads(line)
            except ValueError:
                # The world was killed in the middle of this line: the message was never answered.
                continue
            yield Message(**found | {"pings": tuple(found["pings"])})


def _pings(service: str, text: str) -> tuple[str, ...]:
    return tuple(_PINGS[service].findall(text))


def _fingerprint(message: Message) -> str:
    return hashlib.sha256(f"{message.title}\n{message.text}".encode()).hexdigest()[:12]


def _object(request: Request, said: object) -> dict[str, Any]:
    """The JSON object that the request carries."""
    try:
        found = json.loads(request.get_data())
    except ValueError as error:
        raise ChatRefusal(400, said) from error
    if not isinstance(found, dict):
        raise ChatRefusal(400, said)
    return found


def _json(found: object) -> Response:
    return Response(json.dumps(found), content_type="application/json")
