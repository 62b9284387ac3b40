"""A Dockerfile as it is read: its stages, the images that it pulls, and the copy that starts from a stand-in."""

from __future__ import annotations

import pytest

from contd_release.tools.builders import dockerfile

WHOLE = r"""# syntax=docker/dockerfile:1
# The base can be changed.
ARG BASE=docker.io/library/python:3.13-slim
ARG NODE="node:22"

FROM --platform=$BUILDPLATFORM ${NODE} AS web
RUN npm ci && \
    # a comment within
    npm run build

FROM ghcr.io/someone/unused AS unused
RUN make

FROM $BASE AS base
FROM base
COPY --from=web /dist /srv
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/
RUN <<EOF
pip install .
FROM nowhere
EOF
RUN --mount=type=bind,from=registry.example/tools,target=/t /t/it
ENTRYPOINT ["contd"]
"""


def test_the_stages_and_their_lines() -> None:
    """Arguments are filled in; continuations, comments and here-documents belong to their instruction."""
    found = dockerfile.stages(WHOLE, {})
    last = ["<<EOF\npip install .\nFROM nowhere", "--mount=type=bind,from=registry.example/tools,target=/t /t/it"]
    assert [
        ("node:22", "web", "$BUILDPLATFORM", ["npm ci &&  npm run build"]),
        ("ghcr.io/someone/unused", "unused", "", ["make"]),
        ("docker.io/library/python:3.13-slim", "base", "", []),
        ("base", "", "", last),
    ] == [
        (one.base, one.name, one.platform, [run.value for run in one.instructions if run.keyword == "RUN"])
        for one in found
    ]
    assert [one.start.line for one in found] == [6, 11, 14, 15]
    assert [run.line for one in found for run in one.instructions if run.keyword == "RUN"] == [7, 12, 18, 22]


def test_the_images_that_are_pulled() -> None:
    """Bases, and images that files come from; neither the Dockerfile's own stages nor `scratch`."""
    assert dockerfile.bases(WHOLE, {}) == (
        "node:22",
        "ghcr.io/someone/unused",
        "docker.io/library/python:3.13-slim",
        "ghcr.io/astral-sh/uv:0.9",
        "registry.example/tools",
    )
    assert dockerfile.bases("ARG BASE=other\nFROM ${BASE}\n", {"BASE": "python:3.11"}) == ("python:3.11",)
    assert dockerfile.bases("FROM ${BASE:-python:3.12}\nFROM scratch\n", {}) == ("python:3.12",)


def test_the_stages_that_are_needed() -> None:
    """The last one, with what it starts from and takes files from, by name or by number."""
    assert [one.name for one in dockerfile.needed(dockerfile.stages(WHOLE, {}))] == ["web", "base", ""]
    numbered = "FROM a\nRUN a\nFROM b\nRUN b\nFROM c\nCOPY --from=1 /x /x\n"
    assert [one.base for one in dockerfile.needed(dockerfile.stages(numbered, {}))] == ["b", "c"]


def test_the_copy_that_starts_from_a_stand_in() -> None:
    """Every image that would be pulled is replaced, and nothing else is changed; nothing is fetched to read it."""
    copy = dockerfile.on("oci-archive:base.tar", WHOLE)
    assert "FROM --platform=$BUILDPLATFORM oci-archive:base.tar AS web\n" in copy
    assert "FROM oci-archive:base.tar AS base\nFROM base\nCOPY" in copy
    assert "FROM nowhere\n" in copy
    assert [line for line in WHOLE.splitlines() if "FROM" not in line][1:] == [
        line for line in copy.splitlines() if "FROM" not in line
    ]
    assert dockerfile.on("stand-in", "FROM \\\n  python:3.13\nCOPY . .\n") == "FROM stand-in\nCOPY . .\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM --platform=$BUILDPLATFORM a AS build\nFROM build AS more\nRUN x\n", "$BUILDPLATFORM"),
        ("FROM a AS build\nFROM --platform=linux/amd64 build\nRUN x\n", "linux/amd64"),
        ("FROM a AS a\nFROM a\n", ""),
    ],
)
def test_the_platform_of_a_stage(text: str, expected: str) -> None:
    """Its own, or that of the stage that it starts from."""
    found = dockerfile.stages(text, {})
    assert expected == dockerfile.platform(found[-1], found)


def test_another_escape_character() -> None:
    """Dockerfiles for Windows paths continue their lines with a back-tick."""
    [run] = dockerfile.stages("# escape=`\nFROM a\nRUN one `\n  two\n", {})[0].instructions
    assert run.value == "one  two"
