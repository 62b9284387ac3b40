"""The chart, read back as who installs it gets it: without a login where that is possible."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from contd_release.channels import read_back
from contd_release.channels.attached.signature import Subject
from contd_release.channels.chart.names import (
    CHANNEL,
    PATIENCE,
    app_version,
    image,
    kept_tag,
    of_ours,
    ref,
    reference,
    sealed,
    settings,
    version,
)
from contd_release.channels.read_back import Claim
from contd_release.channels.readings import Glance, Reading, Verdict, compared
from contd_release.engine.step import Step
from contd_release.errors import Conflict, Unanswered, Unsettled
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.tools.helm import helm, registry
from contd_release.tools.oci.repository import OciRepository


def consumed(release: Release) -> Step:
    """The chart that a user pulls is what was built, renders, and names an image that is the one we built."""
    full = reference(release)
    return read_back.read_back(
        release,
        Claim(CHANNEL, f"{full} installs what was built", "pulled and rendered"),
        (Call(f"pull {full}, compare and render it", partial(consume, release)),),
        retry=lambda failure: isinstance(failure, (Unsettled, Unanswered)),
    )


def consume(release: Release) -> None:
    """
    Pull the chart as its users do, and compare.

    Raises:
        Unsettled: it is not there.
        Conflict: it is not what was built, says another version, or names another image.
    """
    ours, reader = sealed(release), consumer(release)
    if ours is None or registry.layer(reader, version(release)) is None:
        raise Unsettled(f"{reference(release)} is not there", expected="the chart that was published")
    with TemporaryDirectory(prefix="contd-release-") as room:
        chart = registry.pulled(ref(release), version(release), Path(room), anonymous=reader.login is None)
        theirs, _ = artifacts.sha256_of(chart)
        wrong = f"it has sha256 {theirs}" if theirs != ours.sha256 else ""
        if wrong := wrong or _wrong_version(release, chart) or _wrong_image(release, chart):
            raise Conflict(
                f"{reference(release)}: {wrong}",
                expected=f"sha256 {ours.sha256}, {version(release)}, and the image that was built",
                type_next=f"invoke rollback --version {release.version}",
            )


def consumer(release: Release) -> OciRepository:
    """The chart's repository as users see it."""
    name = ref(release)
    return read_back.consumer(registry.repository(name, anonymous=True), registry.repository(name), version(release))


def readings(release: Release) -> tuple[Reading, ...]:
    """The chart's bytes under this version."""
    ours = sealed(release)
    if ours is None:
        return ()

    built = f"sha256:{ours.sha256}"

    def look() -> Glance:
        there = consumer(release)
        theirs = registry.layer(there, version(release))
        if theirs != built and registry.layer(there, kept_tag(release)) == built:
            return Glance(Verdict.SAME, f"withdrawn: it is {kept_tag(release)}")
        warning = read_back.only_with_login(there, CHANNEL, is_meant=settings(release).private)
        return replace(compared(built, theirs), warning=warning)

    return (Reading(reference(release), built, look),)


def subject(release: Release) -> Subject:
    """The chart's manifest, as it is signed: the one around the bytes that were built, also once it is withdrawn."""

    def digest(there: OciRepository) -> str | None:
        ours = sealed(release)
        tags = (version(release), kept_tag(release))
        return next((there.digest(one) for one in tags if ours and _is_around(there, one, ours)), None)

    ours = partial(registry.repository, ref(release))
    return Subject(CHANNEL, reference(release), ours, partial(consumer, release), digest, PATIENCE)


def _is_around(there: OciRepository, tag: str, ours: Artifact) -> bool:
    return registry.layer(there, tag) == f"sha256:{ours.sha256}"


def _wrong_version(release: Release, chart: Path) -> str:
    found = helm.metadata(chart)
    wanted = version(release), app_version(release)
    if (found.version, found.app_version) == wanted:
        return ""
    expected = " and ".join(dict.fromkeys(wanted))
    return f"{chart.name} says version {found.version} and appVersion {found.app_version}, not {expected}"


def _wrong_image(release: Release, chart: Path) -> str:
    """What is wrong with the image that the chart names: it has to lead to the digest that was built."""
    settings, seal, known = release.project.settings.image, release.sealed(), image(release)
    if not settings or not seal:
        return ""
    named = helm.images(chart)
    if not (ours := of_ours(known, named)):
        return f"it names {', '.join(named) or 'no image'}, and not {known}"
    built = next((one.digest for one in seal.of_kind("image") if one.digest and not one.platform), "")
    for one in ours:
        reference = one.partition("@")[2] or one.removeprefix(f"{known}:")
        if (found := OciRepository.named(settings.name).digest(reference)) != built:
            return f"{one} is {found[:19] if found else 'not there'}, built was {built[:19] or 'none'}"
    return ""
