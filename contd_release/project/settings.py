"""The settings: `[tool.contd-release]` as frozen dataclasses with their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from contd_release.project.rules import (
    ANNOUNCE,
    API,
    CHART,
    DURATION,
    GIT_URL,
    GITHUB,
    IMAGE,
    IMAGE_REF,
    INDEX,
    LINE,
    MODULE,
    OCI,
    PATH,
    PLATFORM,
    PROJECT,
    REF,
    REMOTE,
    TAG_FORMAT,
    URL,
    WHEEL_TAGS,
    WORKFLOW,
)
from contd_release.project.version import Part


@dataclass(frozen=True)
class Pypi:
    """
    The package index.

    Args:
        repository: a name from ~/.pypirc, or the URL that twine uploads to.
        index: the URL of the simple index, where it does not follow from `repository`.
        wheels: the tags of the wheels that a build makes; the one that the build backend gives a pure Python package,
            where empty.
        isolated: whether the build backend comes into an environment of its own.
        generated: the files that the build makes and git does not have; `*` stands for any part of a path.
        private: whether reading the index needs the login as well.
        imports: the modules that are imported when the package is tried; each top-level one of the wheel, where empty.
    """

    repository: str = field(default="pypi", metadata=INDEX.metadata)
    index: str = field(default="", metadata=URL.or_empty().metadata)
    wheels: tuple[str, ...] = field(default=(), metadata=WHEEL_TAGS.metadata)
    isolated: bool = True
    generated: tuple[str, ...] = field(default=(), metadata=PATH.metadata)
    private: bool = False
    imports: tuple[str, ...] = field(default=(), metadata=MODULE.metadata)


@dataclass(frozen=True)
class Image:
    """
    The container image.

    Args:
        name: registry and repository, without a tag.
        context: the folder that the Dockerfile copies from.
        prepare: commands that run in the release's tree before the image is built.
        base: a stand-in for the base image, passed as the build argument `BASE`.
        run: arguments with which the image is started when it is verified, on this machine's platform; it must say its
            version then. Empty: it is not started.
        private: whether only those with a login are meant to pull it.
    """

    name: str = field(default="", metadata=IMAGE.or_empty().metadata)
    dockerfile: str = field(default="Dockerfile", metadata=PATH.metadata)
    context: str = field(default=".", metadata=PATH.metadata)
    platforms: tuple[str, ...] = field(default=("linux/amd64", "linux/arm64"), metadata=PLATFORM.metadata)
    prepare: tuple[str, ...] = field(default=(), metadata=LINE.metadata)
    base: str = field(default="", metadata=IMAGE_REF.or_empty().metadata)
    run: tuple[str, ...] = field(default=(), metadata=LINE.metadata)
    private: bool = False


@dataclass(frozen=True)
class Chart:
    """
    The Helm chart.

    Args:
        path: the folder of its Chart.yaml.
        registry: where it goes, `oci://…` without the chart's name.
        version: `own` where the chart counts its own version, and only its appVersion is the release's.
        part: what a release raises of its own version; `release` for the part that the release raises.
        name: where the folder is not named after the chart, as Helm's conventions want.
        image: the name under which the chart knows our image, where it is not the one that we push to.
        private: whether only those with a login are meant to pull it.
        pages: the branch of the project's remote that is a classic chart repository; empty if none is.
        pages_folder: the folder of its index.yaml.
        pages_url: the address at which users add it; empty where it is not read back there.
        artifact_hub: whether its Chart.yaml lists the changes and the image of each version as Artifact Hub reads them.
        artifact_hub_file: the file that tells Artifact Hub who owns the repository; empty if none is published.
    """

    path: str = field(metadata=PATH.metadata)
    registry: str = field(default="", metadata=OCI.or_empty().metadata)
    version: Literal["release", "own"] = "release"
    part: Literal["patch", "minor", "major", "release"] = "patch"
    name: str = field(default="", metadata=CHART.or_empty().metadata)
    image: str = field(default="", metadata=IMAGE.or_empty().metadata)
    private: bool = False
    pages: str = field(default="", metadata=REF.or_empty().metadata)
    pages_folder: str = field(default=".", metadata=PATH.metadata)
    pages_url: str = field(default="", metadata=URL.or_empty().metadata)
    artifact_hub: bool = False
    artifact_hub_file: str = field(default="", metadata=PATH.or_empty().metadata)


@dataclass(frozen=True)
class Sbom:
    """
    The bill of materials: what `pip install` of the version brings along.

    Args:
        extras: the extras that the described environment is installed with.
        attach_to_image: whether the image gets it in its registry.
        inside_wheel: whether each wheel gets it in its metadata.
    """

    extras: tuple[str, ...] = ()
    attach_to_image: bool = False
    inside_wheel: bool = False


@dataclass(frozen=True)
class Signatures:
    """
    The workflow on GitHub that signs the wheels, the sdist, the image and the chart, and what its signatures lead to.

    Args:
        repository: the repository of the workflow, `OWNER/NAME`; the one of `github`, where empty.
        workflow: the file of the workflow; the one of `github`, where empty.
        environment: the environment of the job that uploads; none, where empty.
        trusted_root: the file with the trust root of a sigstore instance of your own; the public one's, where empty.
        signing_config: the file with the addresses of that instance, with which the image and the chart are signed.
    """

    repository: str = field(default="", metadata=GITHUB.or_empty().metadata)
    workflow: str = field(default="", metadata=WORKFLOW.or_empty().metadata)
    environment: str = field(default="pypi", metadata=LINE.or_empty().metadata)
    trusted_root: str = field(default="", metadata=PATH.or_empty().metadata)
    signing_config: str = field(default="", metadata=PATH.or_empty().metadata)


@dataclass(frozen=True)
class Github:
    """
    The GitHub repository (`OWNER/NAME`) and the addresses of its API.

    Args:
        workflow: the file in `.github/workflows` that publishes a tag, where the publisher is `github-actions`.
        comment_on_issues: whether the issues that the fragments name get a comment with the version.
        close_milestone: whether the milestone that is called like the version is closed.
        pull_request: whether the release commit goes to its branch by a pull request; `auto` where that is protected.
        approvals: how many people have to approve that pull request, whatever GitHub itself asks for.
    """

    repository: str = field(default="", metadata=GITHUB.or_empty().metadata)
    api: str = field(default="https://api.github.com", metadata=URL.metadata)
    uploads: str = field(default="https://uploads.github.com", metadata=URL.metadata)
    workflow: str = field(default="release.yml", metadata=WORKFLOW.metadata)
    comment_on_issues: bool = False
    close_milestone: bool = False
    pull_request: Literal["auto", "always", "never"] = "auto"
    approvals: int = 0


@dataclass(frozen=True)
class Website:
    """The git repository and branch, or the folder of this one, that holds a page per release."""

    repository: str = field(default="", metadata=GIT_URL.or_empty().metadata)
    branch: str = field(default="gh-pages", metadata=REF.metadata)
    folder: str = field(default=".", metadata=PATH.metadata)
    url: str = field(default="", metadata=URL.or_empty().metadata)


@dataclass(frozen=True)
class Monitor:
    """
    What is watched after a release, and for how long.

    Args:
        error_rate: a PromQL expression that gives one number.
        tolerance: how many times the rate before the release is still healthy.
        healthy: a rate up to this is healthy, whatever it was before.
        window: how long a release is watched, such as `24h`.
        labels: issues with one of these count as feedback on the release.
    """

    prometheus: str = field(default="", metadata=URL.or_empty().metadata)
    error_rate: str = ""
    tolerance: float = 1.5
    healthy: float = 0.001
    window: str = field(default="24h", metadata=DURATION.metadata)
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """How often a part is released (`monthly`, `yearly`, …), and when nothing is."""

    major: str = "yearly"
    minor: str = "monthly"
    patch: str = "as needed"
    timezone: str = "UTC"
    freeze: tuple[str, ...] = ()


@dataclass(frozen=True)
class Watch:
    """
    What `invoke watch` explains without a seal.

    Args:
        baseline: the file that lists what was public before the first release with these tasks.
        known: other things that are meant, as `CHANNEL NAME` with `*` for any text, and the reason for each.
        announce: the places that get a message about the rest, and the environment variable of each.
    """

    baseline: str = field(default="release-baseline.json", metadata=PATH.metadata)
    known: Mapping[str, str] = field(default_factory=dict)
    announce: Mapping[str, str] = field(default_factory=dict, metadata=ANNOUNCE.metadata)


@dataclass(frozen=True)
class Settings:
    """
    `[tool.contd-release]`, with every default filled in.

    A channel is on when its table, or what it needs, is there; `false` in place of its table keeps it off.

    Args:
        name: the package's, where no file states it as text.
        package: the folder of the package, where that is not the root.
        proof_timeout: how long each command of the proof may take.
        contributors: whether the notes name those who wrote the fragments, and their co-authors.
        public_api: the modules whose public names users may rely on; a release is as big as their changes ask for.
    """

    name: str = field(default="", metadata=PROJECT.or_empty().metadata)
    package: str = field(default="", metadata=PATH.or_empty().metadata)
    main: str = field(default="main", metadata=REF.metadata)
    remote: str = field(default="origin", metadata=REMOTE.metadata)
    tag_format: str = field(default="v{version}", metadata=TAG_FORMAT.metadata)
    version_scheme: Literal["semver", "calver"] = "semver"
    after_release: Literal["release", "patch-dev", "minor-dev"] = "release"
    publisher: Literal["here", "github-actions"] = "here"
    release_branch: tuple[Part, ...] = ("major", "minor")
    proof: tuple[str, ...] = field(default=("nox -s tests benchmarks docs examples",), metadata=LINE.metadata)
    proof_extras: tuple[str, ...] = field(default=(), metadata=PROJECT.metadata)
    proof_groups: tuple[str, ...] = field(default=(), metadata=PROJECT.metadata)
    proof_timeout: str = field(default="1h", metadata=DURATION.metadata)
    sign_tags: bool = False
    own_versions: tuple[str, ...] = field(default=(), metadata=PATH.metadata)
    contributors: bool = False
    public_api: tuple[str, ...] = field(default=("*",), metadata=API.metadata)
    pypi: Pypi | None = None
    image: Image | None = None
    chart: Chart | None = None
    sbom: Sbom | None = None
    signatures: Signatures | None = None
    github: Github | None = None
    announce: Mapping[str, str] = field(default_factory=dict, metadata=ANNOUNCE.metadata)
    announce_pre_releases: tuple[str, ...] = ()
    website: Website | None = None
    monitor: Monitor | None = None
    schedule: Schedule = Schedule()
    watch: Watch | None = None
    channels: Mapping[str, Any] = field(default_factory=dict)
