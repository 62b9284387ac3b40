"""`invoke build`: everything that is built and sealed."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP, Words
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help=HELP
    | {
        "proof": "on the tag of a release: prove it again before it is built",
        "to": "on the tag of a release: a folder that gets what was built, for the jobs that come after",
        "only": "with --platform: image",
        "platform": "on the tag of a release: build the image of this platform alone, on a machine of that platform",
        "join": "on the tag of a release: a folder with the image of every platform, to be joined instead of built",
    },
)
def build(
    c: Context,
    part: str = "",
    version: str = "",
    pre: str = "",
    final: bool = False,
    because: str | None = None,
    without_ci: str | None = None,
    proof: bool = False,
    to: str = "",
    only: str = "",
    platform: str = "",
    join: str = "",
    json: bool = False,
) -> None:
    """Prepare, prove and build a release, up to the sealed artifacts. On a tag, build its commit."""
    with edge():
        from contd_release.procedures.sections import build as build_section

        words = Words(part, pre, final, because, without_ci, version=version)
        if only or platform:
            build_section.build_platform(build_section.Part(only, platform, to), as_json=json)
        else:
            build_section.build_artifacts(words, build_section.OnTag(proof, to, join), as_json=json)
