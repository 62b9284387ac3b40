"""What builds images on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.channels.image.builder import builder
from contd_release.errors import NotReady
from contd_release.project.settings import Image
from contd_release.tools.builders import buildx

DOCKER = """#!/bin/sh
case "$*" in
  "buildx version") echo "github.com/docker/buildx v0.17.1 257815a" ;;
  "buildx inspect") {inspect} ;;
  "info --format"*) echo '{info}' ;;
  *) exit 1 ;;
esac
"""


@pytest.mark.parametrize(
    ("inspect", "info", "expected"),
    [
        ("echo 'Name: ci'; echo 'Driver:  docker-container'", "null", "docker buildx 0.17.1"),
        (
            "echo 'Name: default'; echo 'Driver: docker'",
            '[["driver-type","io.containerd.snapshotter.v1"]]',
            "docker buildx 0.17.1",
        ),
        ("echo 'Name: default'; echo 'Driver: docker'", '[["Backing Filesystem","extfs"]]', None),
        ("echo 'Cannot connect to the Docker daemon' >&2; exit 1", "null", None),
    ],
)
def test_docker_counts_where_its_engine_can_write_archives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inspect: str, info: str, expected: str | None
) -> None:
    """A command line without an engine does not count, nor does an engine that cannot write OCI archives."""
    (tmp_path / "docker").write_text(DOCKER.format(inspect=inspect, info=info))
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    if expected is None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert buildx.version() is None
    else:
        assert expected == str(builder(Image(), tmp_path))
        with pytest.raises(NotReady, match=r"buildah is not here, and nothing else builds on oci-archive:base\.tar"):
            monkeypatch.setenv("PATH", str(tmp_path))
            builder(Image(base="oci-archive:base.tar"), tmp_path)
