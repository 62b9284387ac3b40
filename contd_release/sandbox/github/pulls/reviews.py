"""
Reviews of pull requests in the sandbox's GitHub.

https://docs.github.com/rest/pulls/reviews
"""

from __future__ import annotations

from typing import Final

from werkzeug.wrappers import Response

from contd_release.sandbox.github.people import user
from contd_release.sandbox.github.pulls.pulls import pull_of
from contd_release.sandbox.github.records import Review
from contd_release.sandbox.github.store import now
from contd_release.sandbox.github.wire import Asked, Json, Refusal, Route, page, reply

_STATES: Final = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def _reviews(asked: Asked) -> Response:
    number = asked.number("pull_number")
    pull_of(asked)
    return page(asked, [_shape(asked, one) for one in asked.place.shelf(Review) if one.number == number])


def _review(asked: Asked) -> Response:
    pull, sent = pull_of(asked), asked.sent()
    state = _STATES.get(str(sent.get("event", "COMMENT")), "COMMENTED")
    if state == "APPROVED" and pull.login == asked.login:
        raise Refusal(422, "Unprocessable Entity", errors=["Can not approve your own pull request"])
    review = Review(
        id=asked.place.new_id(),
        created_at=now(),
        login=asked.login,
        number=pull.number,
        state=state,
        body=str(sent.get("body", "")),
        commit_id=pull.head_sha,
    )
    asked.effect(f"review {state} {pull.head}")
    return reply(_shape(asked, asked.place.shelf(Review).put(review)))


def _shape(asked: Asked, review: Review) -> Json:
    api, web = f"{asked.api}/pulls/{review.number}", f"{asked.web}/pull/{review.number}"
    return {
        "id": review.id,
        "node_id": f"PRR_{review.id}",
        "user": user(asked.root, review.login),
        "body": review.body,
        "state": review.state,
        "commit_id": review.commit_id or None,
        "html_url": f"{web}#pullrequestreview-{review.id}",
        "pull_request_url": api,
        "_links": {"html": {"href": web}, "pull_request": {"href": api}},
        "submitted_at": review.created_at,
        "author_association": "COLLABORATOR",
    }


ROUTES = (
    Route("GET", "/pulls/<int:pull_number>/reviews", _reviews),
    Route("POST", "/pulls/<int:pull_number>/reviews", _review, writes=True),
)
