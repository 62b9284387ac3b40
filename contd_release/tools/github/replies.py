"""What GitHub answers: an answer, a refusal, or neither."""

from __future__ import annotations

from contd_release.errors import Unanswered
from contd_release.tools.http import Refused, Reply, origin, refused


def answered(reply: Reply, what: str) -> Reply:
    """
    The reply to a question, if it is an answer.

    Raises:
        Refused: 401 or 403.
        Unanswered: any other status than 200.
    """
    if reply.status == 401:
        # One sentence for every question, so that an error that several questions meet is shown once.
        raise Refused(
            f"{origin(reply.url)} does not accept our token: 401 {reply.said()}",
            expected="a token that is valid and not expired",
            type_next="export GITHUB_TOKEN=…",
        )
    refused(reply, what, type_next="export GITHUB_TOKEN=…   (a token that may do this)")
    if reply.status != 200:
        raise Unanswered(f"{what}: GitHub answered {reply.status} {reply.said()}", expected="200")
    return reply
