"""
Sends one message through apprise, in a process of its own.

Apprise and the libraries below it write webhook tokens into their logs, wait as long as they like, and say of a failure
only that it was one. Here their logs go nowhere, the process can be ended, and every HTTP request they make is seen:
so what was certainly not sent is distinguished from what may have been. This file imports nothing of this package.

It reads a JSON object on standard input and prints one: `{"urls": […]}` asks what URLs mean, and `{"url": …}` with
`title`, `body` and `format` sends something.

https://appriseit.com/
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    import requests

# What in an apprise URL would change the text we show beforehand, or send it again.
_OURS = frozenset({"emojis", "format", "overflow", "redirect", "retry", "split", "template", "wait"})
_MODULES = {
    "bluesky": "bluesky",
    "discord": "discord",
    "json": "custom_json",
    "jsons": "custom_json",
    "mastodon": "mastodon",
    "mastodons": "mastodon",
    "slack": "slack",
}
_CONNECT, _READ = 10.0, 30.0
_NOT_SENT = range(300, 500)
_TIMED_OUT = 408


def main() -> int:
    """Answer one question, or send one message."""
    logging.disable(logging.CRITICAL)
    asked = json.load(sys.stdin)
    heard: list[tuple[bool, str]] = []
    _listen(heard)
    if "urls" in asked:
        answer: dict[str, object] = {"services": [_answer(url, _described) for url in asked["urls"]]}
    else:
        answer = _answer(asked["url"], partial(_sent, asked=asked, heard=heard))
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _answer(url: str, of: Callable[[Any], dict[str, object]]) -> dict[str, object]:
    plugin = _plugin(url)
    if plugin is None:
        return {"outcome": "misunderstood"}
    if str(plugin.service_name) == "Twitter" and plugin.mode != "tweet":
        return {"outcome": "misunderstood", "reason": "without ?mode=tweet it is a message to one person"}
    return of(plugin)


def _plugin(url: str) -> Any:
    """The service that the URL means, without the options that are not the URL's to decide."""
    from apprise import Apprise, AppriseAsset, PersistentStoreMode
    from apprise.exception import AppriseException

    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in _OURS]
    asset = AppriseAsset(
        app_id="contd-release",
        app_desc="contd-release",
        image_url_mask="",
        http_redirects=False,
        interpret_emojis=False,
        interpret_escapes=False,
        storage_mode=PersistentStoreMode.MEMORY,
    )
    cleaned = urlunsplit(parts._replace(query=urlencode(kept, safe="/:@+-")))
    if (kind := _kind(parts.scheme)) is None:
        return Apprise.instantiate(cleaned, asset=asset, suppress_exceptions=True)
    try:
        found = kind.parse_url(cleaned)
        return kind(**found, asset=asset) if found else None
    except (AppriseException, TypeError):
        return None


def _kind(scheme: str) -> Any:
    """The class of a well-known service. Apprise would load all of its hundred and more first, which takes seconds."""
    from importlib import import_module

    from apprise import NotifyBase

    if not (name := _MODULES.get(scheme)):
        return None
    try:
        module = import_module(f"apprise.plugins.{name}")
    except ImportError:
        return None
    classes = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, NotifyBase)]
    return next((one for one in classes if scheme in (*_several(one.protocol), *_several(one.secure_protocol))), None)


def _several(schemes: Any) -> tuple[str, ...]:
    return (schemes,) if isinstance(schemes, str) else tuple(schemes or ())


def _described(plugin: Any) -> dict[str, object]:
    return {
        "outcome": "described",
        "name": str(plugin.service_name),
        "body": int(plugin.body_maxlen),
        "title": max(int(plugin.title_maxlen), 0),
        "formats": [one.value for one in plugin._formats()],  # noqa: SLF001
    }


def _sent(plugin: Any, asked: dict[str, str], heard: list[tuple[bool, str]]) -> dict[str, object]:
    """
    Send, and say what became of it: `sent`, `refused` (certainly not delivered), `passing` (the same, but it may work
    later) or `unknown`.
    """
    plugin.socket_connect_timeout, plugin.socket_read_timeout = _CONNECT, _READ
    if plugin.notify(body=asked["body"], title=asked["title"], body_format=asked["format"]):
        return {"outcome": "sent"}
    said = heard[-1][1] if heard else "no reason was given"
    if not heard or not all(certain for certain, _ in heard):
        return {"outcome": "unknown", "reason": said}
    return {"outcome": "passing" if said in ("no connection", "answered 429") else "refused", "reason": said}


def _listen(heard: list[tuple[bool, str]]) -> None:
    """See every HTTP request of this process: whether it certainly had no effect, and what came of it."""
    import requests

    send: Callable[..., requests.Response] = requests.Session.send

    def watched(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if not _is_safe(request.url or ""):
            heard.append((True, "plain HTTP leaves this machine"))
            raise requests.exceptions.InvalidURL("only HTTPS leaves this machine")
        try:
            reply = send(self, request, **options | {"allow_redirects": False})
        except requests.RequestException as error:
            heard.append((True, "no connection") if _never_arrived(error) else (False, "no answer"))
            raise
        certain = reply.status_code in _NOT_SENT and reply.status_code != _TIMED_OUT
        heard.append((certain, f"answered {reply.status_code}"))
        return reply

    requests.Session.send = watched  # type: ignore[method-assign]


def _never_arrived(error: requests.RequestException) -> bool:
    """Whether no byte of the request can have reached the other side."""
    import requests
    from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, SSLError

    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    return isinstance(reason, NewConnectionError | ConnectTimeoutError | SSLError)


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"


if __name__ == "__main__":
    sys.exit(main())
