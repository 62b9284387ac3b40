"""`invoke build`: everything that is built and sealed."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge
from contd_release.procedures.options import HELP, Words


@task(
    help=HELP
    | {
        "proof": "on the tag of a release: prove it again before it is built",
        "to": "on the tag of a release: a folder that gets what was sealed, for the jobs that publish",
    }
)
def build(
    c: Context,
    part: str = "",
    pre: str = "",
    final: bool = False,
    because: str = "",
    without_ci: str = "",
    proof: bool = False,
    to: str = "",
    json: bool = False,
) -> None:
    """Prepare, prove and build: everything is sealed, and nothing has left this machine. On a tag, build its commit."""
    with edge():
        from contd_release.procedures.sections.build import build_artifacts

        words = Words(part, pre, final, because, without_ci)
        build_artifacts(words, proved=proof, to=to, as_json=json)
