"""
apprise: what a message may look like at a place, and sending it there.

https://appriseit.com/services/
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.process.command import Command
from contd_release.process.redaction import Secret
from contd_release.tools.apprise import program

# The services whose Markdown is known to show our text as it is meant; all others get plain text.
_MARKDOWN: Final = frozenset({"Discord", "Slack", "Mattermost", "Rocket.Chat", "Zulip"})
_TIMEOUT: Final = 120

_ASKING: Final = Lock()
_KNOWN: Final[dict[Secret, dict[str, Any]]] = {}


@dataclass(frozen=True)
class Service:
    """
    What a place takes.

    Args:
        name: as apprise says it: "Discord".
        body: the longest body, in UTF-16 units, the larger of the ways in which services count.
        title: the longest title; 0 if there is only a body.
    """

    name: str
    body: int
    title: int = 0
    is_markdown: bool = False


@dataclass(frozen=True)
class Post:
    """A message exactly as it goes out."""

    title: str
    body: str
    is_markdown: bool = False

    def __str__(self) -> str:
        return f"{self.title}\n\n{self.body}" if self.title else self.body


class Outcome(Enum):
    """The outcome of a message. `PASSING` and `REFUSED`: it was certainly not delivered."""

    SENT = "sent"
    REFUSED = "refused"
    PASSING = "passing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Sent:
    """The outcome of one try, and why."""

    outcome: Outcome
    reason: str = ""


def service(url: Secret, *others: Secret) -> Service:
    """
    The service that an apprise URL means. Nothing is sent.

    Args:
        others: URLs that will be asked for soon. One process is asked for all: its start takes longer than its answer.

    Raises:
        NotReady: apprise is not installed.
        Usage: it means none.
        Unanswered: apprise did not say.
    """
    answer = _understood(url, others)
    if answer.get("outcome") != "described":
        raise Usage(
            f"a URL that begins with {_scheme(url)} cannot be used: {answer.get('reason', 'it means no service')}",
            expected="one URL as apprise spells it, such as discord://ID/TOKEN",
            type_next="open https://appriseit.com/services/",
        )
    name = str(answer["name"])
    is_markdown = name in _MARKDOWN and "markdown" in answer["formats"]
    # These put a title above the body by themselves, each in its own way; we know how ours looks.
    return Service(name, int(answer["body"]), 0 if is_markdown else int(answer["title"]), is_markdown)


def send(url: Secret, post: Post) -> Sent:
    """
    Send it once; never raises once it may have been sent.

    Raises:
        NotReady: apprise is not installed.
    """
    words = {"title": post.title, "body": post.body, "format": "markdown" if post.is_markdown else "text"}
    try:
        answer = _asked({"url": url.reveal(), **words})
    except Unanswered:
        return Sent(Outcome.UNKNOWN, "apprise did not end, or not as it should")
    if answer.get("outcome") == "misunderstood":
        return Sent(Outcome.REFUSED, "the URL means no service")
    try:
        return Sent(Outcome(answer.get("outcome")), str(answer.get("reason", "")))
    except ValueError:
        return Sent(Outcome.UNKNOWN, "apprise gave no outcome")


def _understood(url: Secret, others: tuple[Secret, ...]) -> dict[str, Any]:
    """What a URL means. It does not change while this process lives, so it is asked once."""
    with _ASKING:
        if url not in _KNOWN:
            new = [one for one in dict.fromkeys((url, *others)) if one not in _KNOWN]
            try:
                _KNOWN.update(_meanings(new))
            except Unanswered:
                if new == [url]:
                    raise
                # It may be another that apprise breaks on.
                _KNOWN.update(_meanings([url]))
        return _KNOWN[url]


def _meanings(urls: list[Secret]) -> dict[Secret, dict[str, Any]]:
    answers = _asked({"urls": [url.reveal() for url in urls]}).get("services")
    if not isinstance(answers, list) or [dict] * len(urls) != [type(one) for one in answers]:
        raise Unanswered("apprise did not say what its URLs mean", expected="an answer for each")
    return dict(zip(urls, answers, strict=True))


def _asked(words: dict[str, Any]) -> dict[str, Any]:
    """One question to a process that knows apprise. What it logs is not kept: there may be tokens in it."""
    if not find_spec("apprise"):
        raise NotReady(
            "announcements need apprise, which is not installed",
            expected="the extra `announce`",
            type_next="pip install 'contd-release[announce]'",
        )
    command = (sys.executable, "-P", str(program.__file__))
    answer = Command(command, stdin=Secret(json.dumps(words)), timeout=_TIMEOUT).ask()
    try:
        found = json.loads(answer.out)
    except ValueError:
        found = None
    if answer.code or not isinstance(found, dict):
        raise Unanswered(f"apprise ended with {answer.code} and without an answer", expected="an answer")
    return found


def _scheme(url: Secret) -> str:
    """The part of the URL before `://`, if it is short enough to be no secret."""
    value = url.reveal()
    scheme = urlsplit(value).scheme if "://" in value else ""
    return f"{scheme}://" if scheme.isalnum() and len(scheme) < 12 else "no scheme"
