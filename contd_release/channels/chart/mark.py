"""
The mark on a withdrawn chart: a copy with `deprecated: true` takes its place, so that helm warns at every installation.

Nothing beside the chart can warn. Between 1.2.0 and 1.2.1 there is no version that helm prefers: it passes over
pre-releases, and takes `1.2.0` or `1.2.0+withdrawn` by chance. A higher one with the mark would deprecate every version
of the chart: https://helm.sh/docs/topics/charts/#deprecating-charts

So the name has to lead to other bytes, which is done only where it is asked for. The chart as it was released stays,
under its digest and under a tag of its own, and is put back by `undo`.
"""

from __future__ import annotations

from contd_release.channels.chart import names as chart_names
from contd_release.channels.withdrawal import Remaining, Rollback, sentence
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Left
from contd_release.tools.helm import copy as helm_copy
from contd_release.tools.helm import registry
from contd_release.tools.http import Refused
from contd_release.tools.oci import upload
from contd_release.tools.oci.repository import OciRepository, Push


def row(rollback: Rollback, there: str, instead: str) -> Remaining:
    """What becomes of a chart that is to be marked."""
    kept = chart_names.kept_tag(rollback.release)
    return Remaining(
        "chart",
        there,
        f"a copy takes its place that helm warns of (deprecated: true, and the reason); as it is it stays as {kept}, "
        f"under the same digest",
        f"helm still takes it without --version, until a higher one is out; who pulled it has it; a signature of "
        f"{chart_names.version(rollback.release)} does not cover the copy",
        f"{instead}; sign the copy where charts have to be signed",
    )


def marked(rollback: Rollback) -> Step:
    """Helm warns at every installation of the chart, or the registry refuses to replace it."""
    release, reference, kept = (
        rollback.release,
        chart_names.reference(rollback.release),
        chart_names.kept_tag(rollback.release),
    )

    def observe() -> Found:
        there = _there(release)
        if (theirs := there.digest(chart_names.version(release))) is None:
            return Found(State.DONE, f"{reference} is not there")
        if _is_left(release):
            return Found(State.DONE, f"{reference} stays as it is: the registry allows no replacement")
        original = there.digest(kept)
        if _warns(there, theirs):
            as_it_was = f"; as it was it is {kept}, {original[:19]}" if original else ""
            return Found(State.DONE, f"helm warns of it{as_it_was}")
        if other := _other(release, there):
            return Found(
                State.CONFLICT, f"{reference} is {other}, and not what was released", f"helm show chart {reference}"
            )
        if original not in (None, theirs):
            return Found(State.CONFLICT, f"{kept} is there with {original[:19]}", f"helm show chart {reference}")
        return Found(State.ABSENT, f"{reference} is {theirs[:19]}, and nothing warns of it")

    def unmark() -> None:
        there = _there(release)
        if (original := there.digest(kept)) and (manifest := there.manifest(original)):
            there.put(chart_names.version(release), manifest)
            there.untag(kept)

    return Step(
        f"helm warns of {reference}, or the registry keeps it as it is",
        observe,
        act=(
            Call(
                f"keep {reference} as {kept}, and put a copy with deprecated: true in its place",
                lambda: _mark(rollback),
            ),
        ),
        undo=(Call(f"let {reference} be {kept} again", unmark),),
        patience=chart_names.PATIENCE,
    )


def _mark(rollback: Rollback) -> None:
    """
    The original is under its second name before the first one leads elsewhere.

    Raises:
        Conflict: the chart was replaced meanwhile.
        Refused: our login may push no more.
    """
    release, there, kept = rollback.release, _there(rollback.release), chart_names.kept_tag(rollback.release)
    if (digest := there.digest(chart_names.version(release))) is None:
        return
    if (chart := helm_copy.read(there, digest)).is_deprecated:
        return
    copy = chart.deprecated(_why(rollback))
    there.put(kept, chart.manifest)
    for blob in (copy.archive, copy.config):
        upload.upload(there, blob)
    if (now := there.digest(chart_names.version(release))) != digest:
        raise Conflict(
            f"{chart_names.reference(release)} names {now} meanwhile", expected=digest, type_next="invoke rollback"
        )
    try:
        there.put(chart_names.version(release), copy.manifest)
    except (Conflict, Refused):
        if there.push() is Push.REFUSED:
            raise
        # Our login may push here: it is this name that is not to be had again.
        journal.of(release.project).append(Left(version=str(release.version), what=_left(release)))
        there.untag(kept)


def _why(rollback: Rollback) -> str:
    better = chart_names.advised(rollback)
    advice = f" Use {better} instead." if better else ""
    return f"WITHDRAWN: {sentence(rollback.reason)}{advice}"


def _warns(there: OciRepository, digest: str) -> bool:
    return registry.layer(there, digest) != digest and helm_copy.read(there, digest).is_deprecated


def _other(release: Release, there: OciRepository) -> str:
    """What has the chart's name and is not what was released, as far as this clone knows that."""
    ours, theirs = chart_names.sealed(release), registry.layer(there, chart_names.version(release))
    if theirs == there.digest(chart_names.version(release)):
        return f"{theirs[:19]}, no chart" if theirs else ""
    return f"sha256 {theirs[7:19]}" if theirs and ours and theirs != f"sha256:{ours.sha256}" else ""


def _there(release: Release) -> OciRepository:
    return registry.repository(chart_names.ref(release))


def _left(release: Release) -> str:
    return f"{chart_names.reference(release)} as it is"


def _is_left(release: Release) -> bool:
    return any(one.what == _left(release) for one in journal.of(release.project).entries(Left, str(release.version)))
