"""A story of a release, with a bit of everything in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contd_release.channels import readings
from contd_release.channels.readings import ComparedRow, Glance
from contd_release.project.artifacts import Artifact
from contd_release.records.events import Happened
from contd_release.records.samples import HealthVerdict, Mention, Rate, Sample
from contd_release.report.story import Message, Moment, Proof, ReportedChannel, Story
from contd_release.report.timeline import timeline

AT = "2027-01-15T08:00:00+00:00"
BEGAN = datetime.fromisoformat(AT).astimezone(UTC)


def story(text: str = "some text", how: str = "finished") -> Story:
    """The story; wherever people or servers have their say, they say `text`."""
    return Story(
        project="contd",
        version="1.2.0",
        tag="v1.2.0",
        previous="1.1.0",
        how=how,
        date="2027-01-15",
        began=AT,
        ended=AT,
        base="0" * 40,
        commit="1" * 40,
        seal="2" * 64,
        artifacts=(
            Artifact("contd-1.2.0.tar.gz", "sdist", "a" * 64, 91234),
            Artifact("image.tar", "image", "b" * 64, 66111222, f"sha256:{'c' * 64}", "linux/arm64"),
        ),
        places=(ReportedChannel("pypi", ("contd-1.2.0.tar.gz",), AT), ReportedChannel("image", (text,), "")),
        rows=(
            ComparedRow("pypi", "contd-1.2.0.tar.gz", "a" * 64, Glance(readings.Verdict.SAME, "a" * 64)),
            ComparedRow("image", text, "b" * 64, Glance(readings.Verdict.WRONG, text)),
        ),
        proofs=(Proof(text, "d" * 40, 88, AT),),
        announcements=(Message(AT, text, "release", "sent"),),
        persons=(Moment(AT, text),),
        retries=(Moment(AT, f"tests: {text}"),),
        timeline=timeline(_events(text)),
        window="24h",
        samples=tuple(_samples(index, text) for index in range(6)),
    )


def _events(text: str) -> tuple[Happened, ...]:
    def event(second: float, what: str, step: str, seconds: float) -> Happened:
        at = (BEGAN + timedelta(seconds=second)).isoformat(timespec="milliseconds")
        return Happened(at=at, what=what, section="publish", step=step, detail=text, seconds=seconds)

    return event(3, "done", "v1.2.0 is on origin", 3), event(60, "failed", text, 57), event(70, "done", text, 10)


def _samples(index: int, text: str) -> Sample:
    at = (BEGAN + timedelta(minutes=5 * index)).isoformat(timespec="seconds")
    rate = Rate((0.01, 0.012, 0.011, 0.02, 0.04)[index], 0.01, 0.015) if index < 5 else None
    verdict = (*[HealthVerdict.CONTINUE] * 3, HealthVerdict.HOLD, HealthVerdict.PROPOSE_ROLLBACK, HealthVerdict.HOLD)[
        index
    ]
    missing = (text,) if rate is None else ()
    reasons = () if verdict is HealthVerdict.CONTINUE else (text,)
    return Sample("1.2.0", at, verdict, reasons, rate, (Mention(7, text, text),), 3, 2, 1204, missing)
