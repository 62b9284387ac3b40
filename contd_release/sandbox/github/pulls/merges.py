"""
The merge of a pull request in the sandbox's GitHub: by a merge commit, squashed, or rebased.

The new commit has the date of the pull request's, so that equal branches give equal commits.
https://docs.github.com/rest/pulls/pulls#merge-a-pull-request
"""

from __future__ import annotations

from dataclasses import replace

from werkzeug.wrappers import Response

from contd_release.sandbox.github.git import commit_of, git, sha_of
from contd_release.sandbox.github.pulls import rules
from contd_release.sandbox.github.pulls.pulls import is_merged, merged_tree, pull_of
from contd_release.sandbox.github.records import Pull
from contd_release.sandbox.github.store import StoredRepository
from contd_release.sandbox.github.wire import Asked, Refusal, Route, reply


def _merge(asked: Asked) -> Response:
    pull, sent = pull_of(asked), asked.sent()
    method = str(sent.get("merge_method", "merge"))
    if sent.get("sha") not in (None, pull.head_sha):
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    tree = merged_tree(asked.place, pull)
    if is_merged(asked.place, pull) or pull.state == "closed" or pull.draft or tree is None:
        raise Refusal(405, "Pull Request is not mergeable")
    if lacking := rules.lacking(asked.place, pull, method):
        raise Refusal(405, "Repository rule violations found\n\n" + "\n".join(lacking))
    made = _made(asked.place, pull, method, tree)
    asked.place.shelf(Pull).put(replace(pull, state="closed", merged_sha=made))
    asked.effect(f"merge {pull.head} into {pull.base}")
    return reply({"sha": made, "merged": True, "message": "Pull Request successfully merged"})


def _made(place: StoredRepository, pull: Pull, method: str, tree: str) -> str:
    """The commit that the base is moved to; a rebase here joins the commits of a branch, as a squash does."""
    ref, tip = f"refs/heads/{pull.base}", sha_of(place, f"refs/heads/{pull.base}")
    head = commit_of(place, pull.head_sha)
    if tip is None or head is None:
        raise Refusal(405, "Base branch was modified. Review and try the merge again.")
    messages = {
        "merge": f"Merge pull request #{pull.number} from {place.name.partition('/')[0]}/{pull.head}\n\n{pull.title}",
        "squash": f"{pull.title} (#{pull.number})",
        "rebase": head.message,
    }
    parents = ("-p", tip, *(("-p", pull.head_sha) if method == "merge" else ()))
    made = git(place.remote, "commit-tree", tree, *parents, "-m", messages[method], date=head.committer[2])
    if made is None or git(place.remote, "update-ref", "--", ref, made, tip) is None:
        raise Refusal(405, "Base branch was modified. Review and try the merge again.")
    return made


ROUTES = (Route("PUT", "/pulls/<int:pull_number>/merge", _merge, writes=True),)
