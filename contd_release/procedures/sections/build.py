"""The build: of the release in progress, or of the tag that is checked out."""

from __future__ import annotations

from pathlib import Path

from contd_release.channels import registry
from contd_release.console import reporting
from contd_release.engine.checklist import Checklist, Section
from contd_release.prepare import proof, seal, tagged
from contd_release.procedures.checklist import together
from contd_release.procedures.options import Words
from contd_release.procedures.release import Walking, walk
from contd_release.procedures.sections import by_tag
from contd_release.project.release import Release
from contd_release.records import lock


def build_artifacts(words: Words, *, proved: bool, to: str, as_json: bool) -> None:
    """
    Build and seal everything.

    Args:
        proved: on a tag, run the proof again before the build.
        to: on a tag, a folder that gets the sealed files.
    """
    if release := by_tag.tagged_release(words, is_required=proved or bool(to)):
        _build_tagged(release, proved=proved, to=to, as_json=as_json)
    else:
        walk(words, as_json=as_json, yes=False, until="prove and build")


def building(release: Release, *, proved: bool) -> Checklist:
    """Everything that is built, from the tagged commit."""
    proofs = proof.passed(release) if proved else ()
    return Checklist(
        (
            Section("prepare", (together(*by_tag.sound(release)), tagged.checked_out(release))),
            Section("prove and build", (together(*proofs, *registry.section("build", release)),)),
            Section("seal", (tagged.standing(release), seal.sealed(release, registry.built))),
        )
    )


def _build_tagged(release: Release, *, proved: bool, to: str, as_json: bool) -> None:
    report = reporting(as_json=as_json)
    with lock.held(release.project.state / "lock"):
        Walking(release, report, whole=building(release, proved=proved)).walk()
        if to:
            sealed = tagged.handed_over(release, Path(to).absolute())
            report.says(f"{len(sealed.artifacts)} artifacts are in {to}, seal {sealed.digest()[:12]}")
