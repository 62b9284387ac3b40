"""What GitHub answers: an answer, a refusal, or neither."""

from __future__ import annotations

from contd_release.errors import Unanswered
from contd_release.tools.http import Reply, refused


def answered(reply: Reply, what: str) -> Reply:
    """
    The reply to a question, if it is an answer.

    Raises:
        Refused: 401 or 403.
        Unanswered: any other status than 200.
    """
    refused(reply, what)
    if reply.status != 200:
        raise Unanswered(f"{what}: GitHub answered {reply.status} {reply.said()}", expected="200")
    return reply
