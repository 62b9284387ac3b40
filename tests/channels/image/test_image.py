"""
The image channel: seen right before and after, walked twice without harm, resumed, undone, and stopped by what is ours
not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from threading import Timer
from typing import TYPE_CHECKING, Literal

import pytest

from contd_release.channels.image import promote
from contd_release.channels.image.names import archive
from contd_release.channels.image.promote import Moved
from contd_release.engine.step import State
from contd_release.errors import Conflict, Interrupted, NotReady, Several, Unanswered, Unsettled, Usage
from contd_release.project import artifacts
from contd_release.project.artifacts import Tampered
from contd_release.project.settings import Image
from contd_release.sandbox.registry.api import RegistryRules
from contd_release.tools.oci import upload
from contd_release.tools.oci.repository import OciRepository

# Each walks an image through a registry.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("impatient", "alone")]

if TYPE_CHECKING:
    from image_bench import Bench

EVERYTHING = ("stage", "publish", "verify", "promote")


def there(bench: Bench) -> OciRepository:
    """The repository, with our login."""
    return OciRepository.named(bench.image.name)


def test_before_the_build_free_names_are_absent(bench: Bench) -> None:
    """Nothing is there, nothing is built: every step is still to do, and none is taken for done."""
    assert bench.states("stage") == ["absent"] * 3
    assert bench.states("publish") == ["absent"]
    assert bench.states("verify") == ["absent"]
    assert bench.states("promote") == ["absent"] * 3


def test_before_the_build_a_taken_version_is_a_conflict(
    bench: Bench,
) -> None:
    """Somebody else's image under our version stops the release before anything is built."""
    bench.seal("somebody else's")
    bench.walk("stage", "publish")
    (bench.release.dist / artifacts.SEAL).unlink()
    assert bench.states("publish") == ["conflict"]
    with pytest.raises(Conflict, match=r"1\.2\.0 is there already, and nothing was built here yet"):
        bench.walk("publish")


def test_another_image_under_our_version_is_never_overwritten(bench: Bench) -> None:
    """A tag that names other bytes stays as it is."""
    bench.seal("somebody else's")
    bench.walk("stage", "publish")
    theirs = there(bench).digest("1.2.0")
    bench.seal("ours")
    assert bench.states("publish") == ["conflict"]
    bench.walk("stage")
    with pytest.raises(Conflict, match="ours is sha256:"):
        bench.walk("publish")
    assert theirs == there(bench).digest("1.2.0")


def test_a_tag_that_appears_between_look_and_push_is_not_overwritten(bench: Bench) -> None:
    """The act itself looks once more before it writes."""
    bench.seal("ours")
    bench.walk("stage")
    ((_, step),) = bench.checklist("publish").steps()
    other = bench.images.one(says="theirs")
    for one in (*other.top.layers, other.top.config):
        upload.upload(there(bench), other.blob(one))
    there(bench).put("1.2.0", other.top)
    with pytest.raises(Conflict, match="meanwhile"):
        step.act[0].run(bench.running)
    assert other.top.digest == there(bench).digest("1.2.0")


def test_walked_whole_every_step_holds_and_a_second_walk_changes_nothing(bench: Bench) -> None:
    """Staged, named, read back, promoted; a finished release sends no mutating request."""
    sealed = bench.seal()
    bench.walk(*EVERYTHING)
    assert bench.states(*EVERYTHING) == ["done"] * 8
    assert bench.mutating("access", *EVERYTHING) == []
    digests = {there(bench).digest(tag) for tag in ("1.2.0", "1.2", "1", "latest")}
    assert {sealed.artifacts[0].digest} == digests
    assert {1} == set(bench.world.ledger.effects().values())


def test_staged_is_under_no_name(bench: Bench) -> None:
    """Before the version is published nobody can pull it by accident."""
    bench.seal()
    bench.walk("stage")
    assert bench.states("stage") == ["done"] * 3
    assert there(bench).tags() == ()


@pytest.mark.slow
@pytest.mark.parametrize("stop", (1, 3, 7, 14, 16, 18))
def test_killed_at_any_request_it_continues(bench: Bench, stop: int) -> None:
    """
    The world answers nothing any more from the n-th change on; the next walk ends where an uninterrupted one ends.
    """
    sealed = bench.seal()
    bench.world.faults.order(f"P* /v2/* {stop}- refuse")
    with pytest.raises((Unanswered, Several)):
        bench.walk(*EVERYTHING)
    bench.world.faults.clear()
    bench.walk(*EVERYTHING)
    assert bench.states(*EVERYTHING) == ["done"] * 8
    assert sealed.artifacts[0].digest == there(bench).digest("latest")
    assert {1} == set(bench.world.ledger.effects().values())


def test_undone_nothing_is_left_of_staging(bench: Bench) -> None:
    """An abort deletes what was staged, where the registry deletes anything."""
    sealed = bench.seal()
    bench.walk("stage")
    bench.checklist("stage").undo(lambda _: None, bench.running)
    assert bench.states("stage") == ["absent"] * 3
    assert there(bench).manifest(sealed.artifacts[0].digest) is None


def test_undone_where_nothing_is_deleted_it_says_what_is_left(bench: Bench) -> None:
    """
    A registry that answers 405 keeps inert bytes; the step says so, is not taken for staged, and can be staged again.
    """
    bench.seal()
    bench.walk("stage")
    bench.registry.rules = RegistryRules(deletes=False)
    bench.checklist("stage").undo(lambda _: None, bench.running)
    assert bench.states("stage") == ["absent"] * 3
    details = [one.detail for one in bench.found("stage")]
    assert all("left in the registry, which deletes nothing; no tag names it" in one for one in details)
    bench.walk("stage")
    assert bench.states("stage") == ["done"] * 3


def test_published_cannot_be_undone(bench: Bench) -> None:
    """Past the line there is only forward: the stage is not taken away from under a published version."""
    bench.seal()
    bench.walk("stage", "publish")
    with pytest.raises(Conflict, match="past the point of no return"):
        bench.checklist("stage", "publish").undo(lambda _: None, bench.running)
    assert bench.states("stage", "publish") == ["done"] * 4


def test_corrupted_between_build_and_publish_stops_before_any_upload(bench: Bench) -> None:
    """Bytes that are not the sealed ones are never sent."""
    bench.seal()
    path = archive(bench.release)
    content = bytearray(path.read_bytes())
    content[content.index(b"\x1f\x8b") + 12] ^= 1
    path.write_bytes(content)
    before = len(bench.world.ledger.requests())
    with pytest.raises((Tampered, Several), match="sha256"):
        bench.walk("stage")
    assert bench.world.ledger.mutating(before) == ()


def test_another_archive_in_place_of_the_sealed_one_is_noticed(bench: Bench) -> None:
    """Even the look at what is staged goes by the sealed index, and by nothing else that lies there."""
    bench.seal()
    archive(bench.release).write_bytes(bench.images.whole("other", "other").path.read_bytes())
    assert bench.states("stage") == ["Tampered"] * 3


@pytest.mark.parametrize("broken", ["cut", "index"])
def test_a_broken_archive_is_told(bench: Bench, broken: str) -> None:
    """Half an archive, or one whose index is no index, is a conflict and no traceback."""
    bench.seal()
    path = archive(bench.release)
    content = path.read_bytes()
    path.write_bytes(content[:1000] if broken == "cut" else content.replace(b'{"schemaVersion"', b'["schemaVersion"'))
    assert bench.states("stage") == ["Conflict"] * 3


def test_a_missing_archive_is_noticed(bench: Bench) -> None:
    """Sealed and gone is a hard stop."""
    bench.seal()
    archive(bench.release).unlink()
    assert bench.states("stage") == ["Tampered"] * 3


def test_read_only_registry(bench: Bench) -> None:
    """405 is found out before anything is changed, and named when it happens later."""
    bench.registry.rules = RegistryRules(read_only=True)
    found = bench.found("access")[-1]
    assert State.ABSENT is found.state
    assert "read-only: it answers 405" in found.detail
    bench.seal()
    with pytest.raises((Conflict, Several), match="405"):
        bench.walk("stage")


@pytest.mark.parametrize("login", ["basic", "bearer"])
def test_wrong_password(bench: Bench, monkeypatch: pytest.MonkeyPatch, login: Literal["basic", "bearer"]) -> None:
    """A refused credential is "cannot know", never "absent", even where everybody may pull."""
    bench.registry.rules = RegistryRules(login=login)
    bench.seal()
    monkeypatch.setenv("CONTD_REGISTRY_PASSWORD", "wrong-password")
    for section in ("stage", "publish", "promote"):
        assert {"Refused"} == set(bench.states(section))
    assert bench.states("access")[-1] == "Refused"


@pytest.mark.parametrize("login", ["basic", "bearer"])
def test_who_may_only_read_is_told_before_anything_is_changed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, login: Literal["basic", "bearer"]
) -> None:
    """The scope of the credential is checked without putting anything into the registry."""
    bench.registry.rules = RegistryRules(login=login)
    monkeypatch.setenv("CONTD_REGISTRY_USERNAME", "reader")
    monkeypatch.setenv("CONTD_REGISTRY_PASSWORD", bench.world.accounts.reader.password.reveal())
    found = bench.found("access")[-1]
    assert State.ABSENT is found.state
    assert "does not let reader push to owner/contd" in found.detail
    assert dict(bench.world.ledger.effects()) == {}


def test_who_may_push_is_told_so(bench: Bench) -> None:
    """A good credential is seen to be good, and nothing is left behind by looking."""
    found = bench.found("access")[-1]
    assert State.DONE is found.state
    assert "lets publisher push" in found.detail
    assert dict(bench.world.ledger.effects()) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "order",
    [
        "* /v2/* 3 429=1",
        "PATCH /v2/* 2 502",
        "PUT /v2/* 1 accept-then-502",
        "PUT /v2/* 2 accept-then-drop",
        "PATCH /v2/* 1 cut",
        "PATCH /v2/* 1 accept-then-drop",
        "POST /v2/* 1 reset",
        "PUT /v2/*/manifests/* 1 accept-then-502",
        "PUT /v2/*/manifests/1.2.0 1 accept-then-drop",
        "GET /v2/* 2 truncate",
        "HEAD /v2/* every 503",
    ],
)
def test_faults_converge_or_stop_with_a_named_cause(bench: Bench, order: str) -> None:
    """429 with Retry-After, 502 after the blob was stored, reset mid-upload: right in one walk, or at the next."""
    bench.seal()
    bench.world.faults.order(order)
    if "every" in order:
        with pytest.raises((Unanswered, Several), match="503"):
            bench.walk(*EVERYTHING)
        bench.world.faults.clear()
    bench.walk(*EVERYTHING)
    assert bench.states(*EVERYTHING) == ["done"] * 8
    assert {1} == set(bench.world.ledger.effects().values())


def test_a_registry_that_does_not_answer_is_not_absent(bench: Bench) -> None:
    """Every observation raises when it cannot know."""
    bench.seal()
    bench.world.faults.order("* /v2/* every 503")
    assert bench.states("stage") == ["Unanswered"] * 3
    assert bench.states("publish") == ["Unanswered"]
    assert bench.states("promote") == ["Unanswered"] * 3


def test_verification_reads_every_byte_back(bench: Bench) -> None:
    """A registry that serves other bytes under a digest is found out."""
    bench.seal()
    bench.walk("stage", "publish")
    for blob in (bench.world.directory / "registry" / "blobs").iterdir():
        if blob.read_bytes()[:2] == b"\x1f\x8b":
            blob.write_bytes(b"\x1f\x8b spoiled" + blob.read_bytes()[10:])
    with pytest.raises(Conflict, match="has bytes with sha256"):
        bench.walk("verify")
    assert bench.states("verify") == ["absent"]


def test_verification_knows_wrong_labels(bench: Bench) -> None:
    """An image whose labels tell another commit is not this release."""
    sealed = bench.seal()
    artifacts.seal(bench.release.dist, replace(sealed, commit="0" * 40))
    bench.walk("stage", "publish")
    with pytest.raises(Conflict, match=r"labelled org.opencontainers.image.revision="):
        bench.walk("verify")


def test_verification_needs_no_archive_and_no_login(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any machine with the seal can verify."""
    bench.seal()
    bench.walk("stage", "publish")
    archive(bench.release).unlink()
    monkeypatch.delenv("CONTD_REGISTRY_PASSWORD")
    bench.walk("verify")
    assert bench.states("verify") == ["done"]


def test_verification_tells_absent_and_wrong_apart(bench: Bench) -> None:
    """What is not there yet may come; what is something else will not."""
    bench.seal()
    bench.walk("stage")
    ((_, step),) = bench.checklist("verify").steps()
    with pytest.raises(Unsettled, match=r"1\.2\.0 is not there"):
        step.act[0].run(bench.running)
    other = bench.images.whole("other", "other")
    for one in other.top.manifests:
        image = other.manifest(one.digest, one.media_type)
        for blob in (*image.layers, image.config):
            upload.upload(there(bench), other.blob(blob))
        there(bench).put(image.digest, image)
    there(bench).put("1.2.0", other.top)
    with pytest.raises(Conflict, match=f"is {other.top.digest}"):
        step.act[0].run(bench.running)


def test_an_upload_is_stopped_in_the_middle(bench: Bench) -> None:
    """Ctrl-C does not wait for the last byte, and the next walk continues."""
    bench.seal()
    bench.world.faults.order("POST /v2/* 1 slow=0.2")
    Timer(0.1, bench.running.stop.set).start()
    with pytest.raises((Interrupted, Several)):
        bench.walk("stage")
    bench.running.stop.clear()
    bench.walk("stage")
    assert bench.states("stage") == ["done"] * 3


def test_verification_of_a_private_registry_uses_our_login(bench: Bench) -> None:
    """Where nobody may pull without a login, ours is used."""
    bench.registry.rules = RegistryRules(public=False)
    bench.seal()
    bench.walk("stage", "publish", "verify")
    assert bench.states("verify") == ["done"]


def test_a_hotfix_never_moves_tags_back(bench_of: Callable[[str], Bench]) -> None:
    """1.1.1 after 1.2.0 moves 1.1, and neither 1 nor latest."""
    newer, older = bench_of("1.2.0"), bench_of("1.1.1")
    for bench in (newer, older):
        bench.seal(f"of {bench.release.version}")
        bench.walk(*EVERYTHING)
    repository = there(newer)
    ours = {version: repository.digest(version) for version in ("1.2.0", "1.1.1")}
    found = {tag: repository.digest(tag) for tag in ("1.1", "1.2", "1", "latest")}
    assert {"1.1": ours["1.1.1"], "1.2": ours["1.2.0"], "1": ours["1.2.0"], "latest": ours["1.2.0"]} == found
    details = [one.detail for one in older.found("promote")]
    assert details[1].endswith("/owner/contd:1 stays with 1.2.0")


def test_a_pre_release_moves_nothing(bench_of: Callable[[str], Bench]) -> None:
    """Only final versions have moving tags."""
    bench = bench_of("1.3.0rc1")
    bench.seal()
    bench.walk(*EVERYTHING)
    assert there(bench).tags() == ("1.3.0-rc.1",)


def test_what_a_tag_named_before_is_written_down(bench_of: Callable[[str], Bench]) -> None:
    """For a rollback to lead it back there."""
    first, second = bench_of("1.2.0"), bench_of("1.2.1")
    for bench in (first, second):
        bench.seal(f"of {bench.release.version}")
        bench.walk(*EVERYTHING)
    old, new = there(first).digest("1.2.0"), there(first).digest("1.2.1")
    assert old and new
    assert (Moved("1.2", old, new), Moved("1", old, new), Moved("latest", old, new)) == promote.read(second.release)


def test_the_record_comes_before_the_move(bench: Bench) -> None:
    """Killed between the two, the record is there and the tag is as it was."""
    bench.seal()
    bench.walk("stage", "publish")
    bench.world.faults.order("PUT /v2/*/manifests/1.2 every refuse")
    with pytest.raises(Unanswered):
        bench.walk("promote")
    recorded = json.loads((bench.release.home / promote.FILE).read_text(encoding="utf-8"))
    assert [(one["tag"], one["previous"]) for one in recorded] == [("1.2", "")]
    assert there(bench).digest("1.2") is None


@pytest.mark.parametrize("record", ['[{"tag": 1, "previous": "", "to": ""}]', '[{"tag": "1"}]', "{}", "[", "7"])
def test_a_record_of_another_form_is_an_error(bench: Bench, record: str) -> None:
    """A value of the wrong type, a missing key and text that is no JSON name the file."""
    path = bench.release.home / promote.FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record, encoding="utf-8")
    with pytest.raises(Usage, match=f"{re.escape(str(path))} cannot be read: "):
        promote.read(bench.release)


def test_nothing_is_promoted_that_is_not_published(bench: Bench) -> None:
    """`latest` never names what has no version."""
    bench.seal()
    bench.walk("stage")
    with pytest.raises(NotReady, match=r"1\.2\.0 is not published"):
        bench.walk("promote")


def test_a_stand_in_base_stays_on_this_machine(bench: Bench) -> None:
    """What a rehearsal is built on is never pushed to a registry elsewhere, and always told."""
    image = replace(bench.image, base="oci-archive:base.tar")
    assert "the stand-in oci-archive:base.tar" in _original(bench, image)
    assert "is not on this machine" in _original(bench, replace(image, name="ghcr.io/owner/contd"))


def _original(bench: Bench, image: Image) -> str:
    from contd_release.channels.image import access

    settings = replace(bench.release.project.settings, image=image)
    release = replace(bench.release, project=replace(bench.release.project, settings=settings))
    return access.original(release).observe().detail
