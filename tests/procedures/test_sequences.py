"""
Random sequences of releases, pre-releases, hotfixes and rollbacks, against a model that is as small as can be.

What decides is the real code: the steps that move tags and lead them back, the mark on a chart, GitHub's latest and its
mark, the site, the changelog, the versions. The outside (registries, GitHub, an index, the refs of a remote) is in
memory, for two thousand sequences; the sandbox has the wire, in the other tests of this folder.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import pytest
from cases import Cases
from chart_model import ChartModel, Charts
from packaging.version import Version
from release_model import Model

from contd_release.after.website.record import Record
from contd_release.after.website.site import Site
from contd_release.channels.chart import withdraw as charts
from contd_release.channels.github import latest as github_latest
from contd_release.channels.github import withdraw as on_github
from contd_release.channels.image import promote as image_moving
from contd_release.channels.image import withdraw as images
from contd_release.channels.image.names import file_name
from contd_release.channels.pypi import withdraw as index
from contd_release.channels.withdrawal import Rollback
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact, Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Chart, Github, Image, Pypi, Settings
from contd_release.project.version import moving_tags, next_version
from contd_release.tools import git, pypi
from contd_release.tools.github import releases as github_releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.releases import ReleaseInfo
from contd_release.tools.markup import changelog
from contd_release.tools.oci import repository, upload
from contd_release.tools.oci.manifest import INDEX, Manifest
from contd_release.tools.simple_index import File

SEQUENCES = 2000
WISHES: tuple[tuple[str, ...], ...] = (
    (),
    ("deprecate-chart",),
    ("delete-chart",),
    ("deprecate-chart", "delete-chart"),
)
NEWS = News()


@dataclass
class Registry:
    """A registry in memory; `deletes` says whether it deletes tags."""

    registry: str = "example.com"
    deletes: bool = True
    named: dict[str, str] = field(default_factory=dict)

    def digest(self, reference: str) -> str | None:
        """What a tag names; a digest names itself."""
        return reference if reference.startswith("sha256:") else self.named.get(reference)

    def manifest(self, digest: str) -> Manifest | None:
        """The index with this digest."""
        return Manifest(digest.encode(), INDEX)

    def tags(self) -> tuple[str, ...]:
        """Every tag."""
        return tuple(sorted(self.named))

    def put(self, tag: str, manifest: Manifest) -> None:
        """Let a tag name something."""
        self.named[tag] = manifest.content.decode()

    def untag(self, tag: str) -> bool:
        """Forget a tag, where that is allowed."""
        if self.deletes:
            self.named.pop(tag, None)
        return self.deletes


@dataclass
class Forge:
    """GitHub's releases in memory, with GitHub's rule for the latest."""

    releases: dict[int, ReleaseInfo] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)
    clock: int = 0

    def latest(self, _: GitHubRepository) -> ReleaseInfo | None:
        """The one that was marked last, of the final ones."""
        finals = [one for one in self.releases.values() if not one.is_prerelease]
        return max(finals, key=lambda one: (self.marks.get(one.id, 0), one.id), default=None)

    def of_tag(self, _: GitHubRepository, tag: str) -> ReleaseInfo | None:
        """The release of a tag."""
        return next((one for one in self.releases.values() if one.tag == tag), None)

    def all(self, _: GitHubRepository) -> tuple[ReleaseInfo, ...]:
        """Every release."""
        return tuple(self.releases.values())

    def publish(self, _: GitHubRepository, number: int, *, prerelease: bool, make_latest: str) -> ReleaseInfo:
        """Set the marks."""
        self.clock += 1
        self.marks[number] = self.clock if make_latest == "true" else 0
        self.releases[number] = replace(self.releases[number], is_prerelease=prerelease)
        return self.releases[number]

    def edit(self, _: GitHubRepository, number: int, body: str) -> ReleaseInfo:
        """Replace the text."""
        self.releases[number] = replace(self.releases[number], body=body)
        return self.releases[number]


@dataclass
class Outside:
    """Everything that is not this machine."""

    registry: Registry
    charts: Charts
    forge: Forge = field(default_factory=Forge)
    refs: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    site: Site = field(default_factory=lambda: Site("contd", ""))
    main: str = "# Changelog\n\n" + NEWS.marker
    version: Version = field(default_factory=lambda: Version("0.1.0"))


def digest(version: Version) -> str:
    """The digest of an image."""
    return f"sha256:{hashlib.sha256(str(version).encode()).hexdigest()}"


@dataclass
class Sequence:
    """One sequence: the outside, the model, and what was done."""

    outside: Outside
    model: Model
    charts: ChartModel
    project: Project
    done: list[str] = field(default_factory=list)

    def release(self, version: Version, *, hotfix: bool = False) -> Release:
        """A release with its seal."""
        found = Release(self.project, version, Version("0.1.0"), "0" * 40, 1_790_000_000, hotfix=hotfix)
        if found.sealed() is None:
            image = Artifact(file_name(found), "image", "a" * 64, 1, digest(version), "index")
            found.dist.mkdir(parents=True, exist_ok=True)
            text = Sealed("contd", str(version), "0" * 40, 1_790_000_000, (image,)).text()
            (found.dist / artifacts.SEAL).write_text(text, encoding="utf-8")
        return found

    def walk(self, *steps: object) -> None:
        """Make steps true."""
        Checklist(steps).walk(lambda _: None, Running(self.project.state / "logs"))  # type: ignore[arg-type]

    def publish(self, version: Version, *, hotfix: bool = False) -> None:
        """Release a version: promote the image and GitHub, tell the site, merge back."""
        self.done.append(f"release {version}")
        out, release = self.outside, self.release(version, hotfix=hotfix)
        out.refs[f"refs/tags/v{version}"] = hashlib.sha1(str(version).encode(), usedforsecurity=False).hexdigest()
        out.registry.named[release.semver] = digest(version)
        self.charts.publish(version)
        name = f"contd-{version}-py3-none-any.whl"
        out.files[name] = File(name, "a" * 64)
        self.walk(*(image_moving.moved(release, tag) for tag in image_moving.candidates(release)))
        number = len(out.forge.releases) + 1
        is_latest = github_latest.should_be(release, None)  # type: ignore[arg-type]
        info = ReleaseInfo(number, release.tag, release.tag, "notes", False, version.is_prerelease, False, "")
        out.forge.releases[number] = info
        latest = "true" if is_latest else "false"
        out.forge.publish(None, number, prerelease=version.is_prerelease, make_latest=latest)  # type: ignore[arg-type]
        if not version.is_prerelease:
            out.site = out.site.with_record(Record(str(version), "2026-01-01", "0" * 40, "", "notes"))
            section = f"## [{version}] - 2026-01-01\n\n- Something.\n"
            found = changelog.with_section(out.main, NEWS, version, section)
            assert found is not None
            out.main = found
        out.version = max(out.version, version)
        self.model.out.append(version)

    def withdraw(self, version: Version, *wishes: str) -> None:
        """Roll a version back; a person yanks it."""
        self.done.append(" ".join(("rollback", str(version), *wishes)))
        out, rollback = self.outside, Rollback(self.release(version), "it was bad", frozenset(wishes))
        if version not in self.model.bad:
            assert State.ABSENT is index.yanked(rollback).observe().state
        out.refs[f"refs/tags/{self.project.withdrawal}{version}"] = "1" * 40
        self.walk(*images.steps(rollback), on_github.marked(rollback), on_github.overtaken(rollback))
        self.walk(*charts.steps(rollback))
        self.charts.withdrawn(version, rollback.wishes)
        if there := out.site.named(str(version)):
            out.site = out.site.with_record(replace(there, withdrawn=rollback.reason))
        name = f"contd-{version}-py3-none-any.whl"
        out.files[name] = replace(out.files[name], yanked="it was bad")
        assert State.DONE is index.yanked(rollback).observe().state
        self.model.bad.add(version)
        assert self.model.best(lambda one: one < version) == rollback.previous

    def moves(self) -> Mapping[str, Callable[[random.Random], None]]:
        """What can be done now, by name."""
        current, finals = self.outside.version, [one for one in self.model.out if not one.is_prerelease]
        mendable = [one for one in finals if next_version(one, "patch") not in self.model.out]
        found: dict[str, Callable[[random.Random], None]] = {}
        if current.is_prerelease:
            found["final"] = lambda _: self.publish(next_version(current, None, final=True))
            found["next"] = lambda _: self.publish(next_version(current, None, "rc"))
        else:
            for part in ("major", "minor", "patch"):
                found[part] = lambda _, part=part: self.publish(next_version(current, part))  # type: ignore[misc]
            found["pre"] = lambda _: self.publish(next_version(current, "minor", "rc"))
        if mendable:
            found["hotfix"] = found["mending"] = lambda dice: self.publish(
                next_version(dice.choice(mendable), "patch"), hotfix=True
            )
        if self.model.out:
            found["rollback"] = found["another"] = lambda dice: self.withdraw(
                dice.choice(self.model.out), *dice.choice(WISHES)
            )
        return found

    def agrees(self) -> None:
        """The outside is what the model says."""
        out, model = self.outside, self.model
        lines: dict[str, Callable[[Version], bool]] = {"latest": lambda _: True}
        for one in model.out:
            if not one.is_prerelease:
                major, minor = one.release[:2]
                lines[f"{major}"] = lambda other, major=major: other.major == major  # type: ignore[misc]
                lines[f"{major}.{minor}"] = lambda other, line=(major, minor): other.release[:2] == line  # type: ignore[misc]
        for tag, in_line in lines.items():
            best, named = model.best(in_line), out.registry.named.get(tag)
            if best:
                assert digest(best) == named, (tag, self.done)
            elif named:
                assert not out.registry.deletes, (tag, self.done)
                assert named in {digest(one) for one in model.bad}, (tag, self.done)
        for one in model.out:
            assert digest(one) == out.registry.named[str(self.release(one).semver)]
            info = out.forge.of_tag(None, f"v{one}")  # type: ignore[arg-type]
            assert info
            assert (one in model.bad) == info.body.startswith("> [!CAUTION]\n> **Withdrawn.** it was bad"), self.done
            assert info.body.count("notes") == 1
            assert (one in model.bad) == (out.files[f"contd-{one}-py3-none-any.whl"].yanked is not None)
        best, latest = model.best(lambda _: True), out.forge.latest(None)  # type: ignore[arg-type]
        assert (f"v{best}" if best else None) == (latest.tag if latest else None), self.done
        assert (str(best) if best else None) == (out.site.latest.version if out.site.latest else None), self.done
        told = [part.version for part in changelog.sections(out.main, NEWS)]
        assert sorted((one for one in model.out if not one.is_prerelease), reverse=True) == told, self.done
        assert max([*model.out, Version("0.1.0")]) == out.version
        assert self.charts.agrees(), self.done


Beginning: TypeAlias = Callable[..., Sequence]


@pytest.fixture
def sequence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Beginning:
    """Begins a sequence, with an outside of its own."""

    def begin(number: int, registry: Registry, chart_registry: Charts | None = None) -> Sequence:
        outside = Outside(registry, chart_registry or Charts())
        monkeypatch.setattr(git, "remote", lambda *_: git.Remote(outside.refs))
        named = {"contd": registry, "charts": outside.charts}
        monkeypatch.setattr(repository.OciRepository, "named", lambda name, **_: named[name.split("/")[1]])
        monkeypatch.setattr(upload, "upload", lambda there, blob: there.keep(blob))
        monkeypatch.setattr(pypi, "files", lambda _: outside.files)
        for name, ours in (("latest", "latest"), ("release_of_tag", "of_tag"), ("releases", "all"),
                           ("publish", "publish"), ("edit_body", "edit")):  # fmt: skip
            monkeypatch.setattr(github_releases, name, getattr(outside.forge, ours))
        chart = Chart("helm/contd", "oci://example.com/charts")
        settings = Settings(pypi=Pypi(), image=Image("example.com/contd"), chart=chart, github=Github("contd/contd"))
        project = Project(tmp_path, tmp_path / str(number), "contd", settings, NEWS)
        return Sequence(outside, Model(), ChartModel(outside.charts), project)

    return begin


def walked(number: int, begin: Beginning, length: int = 10) -> Sequence:
    """One sequence, drawn from its number; the model is asked after every move."""
    dice = random.Random(number)  # noqa: S311
    charted = Charts(deletes=dice.random() < 0.8, stands=dice.random() < 0.2)
    found = begin(number, Registry(deletes=dice.random() < 0.8), charted)
    for _ in range(dice.randint(2, length)):
        moves = found.moves()
        moves[dice.choice(sorted(moves))](dice)
        found.agrees()
    return found


def test_a_few_sequences(sequence: Beginning, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of them, known in seconds."""
    monkeypatch.setenv("GITHUB_TOKEN", "none")
    assert sum(len(walked(number, sequence).done) for number in range(100)) >= 200


@pytest.mark.slow(minutes=2)
def test_two_thousand_sequences(sequence: Beginning, monkeypatch: pytest.MonkeyPatch, cases: Cases) -> None:
    """Tags that move name the highest good release of their line; index, site and GitHub agree; main is the highest."""
    monkeypatch.setenv("GITHUB_TOKEN", "none")
    moves = 0
    for number in range(SEQUENCES):
        cases.add("sequences")
        moves += len(walked(number, sequence).done)
    print(f"\n{SEQUENCES} sequences, {moves} moves")  # noqa: T201
    assert moves >= 2 * SEQUENCES


def test_the_model_can_disagree(sequence: Beginning, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag that moves although a higher version is out is seen, and so is another chart under a version."""
    monkeypatch.setenv("GITHUB_TOKEN", "none")
    found = sequence(0, Registry())
    found.publish(Version("1.0.0"))
    found.publish(Version("1.1.0"))
    found.agrees()
    assert moving_tags(Version("1.0.0"), ()) == ("1.0", "1", "latest")
    found.outside.registry.named["latest"] = digest(Version("1.0.0"))
    with pytest.raises(AssertionError):
        found.agrees()
    found.outside.registry.named["latest"] = digest(Version("1.1.0"))
    found.agrees()
    found.outside.charts.named["1.0.0"] = found.outside.charts.named["1.1.0"]
    with pytest.raises(AssertionError):
        found.agrees()
