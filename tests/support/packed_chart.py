"""A chart as `helm push` leaves it in a registry, made without helm."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from functools import cache

import yaml

from contd_release.tools.helm.copy import Packed
from contd_release.tools.helm.registry import CONTENT
from contd_release.tools.oci.manifest import MANIFEST, Manifest
from contd_release.tools.oci.upload import Bytes

EPOCH = 1_700_000_000
CHART_YAML = """\
# Who reads this has the source.
apiVersion: v2
name: contd
description: A chart.
version: {0}
appVersion: "{0}"
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"


def archive(files: dict[str, str]) -> bytes:
    """A `.tgz` of these files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as target:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(text), EPOCH
            target.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(out.getvalue(), mtime=EPOCH)


@cache
def packed(version: str, values: str = "a: 1\n") -> Packed:
    """A small chart with this version."""
    text = CHART_YAML.format(version)
    files = {"contd/Chart.yaml": text, "contd/values.yaml": values, "contd/templates/map.yaml": CONFIG_MAP}
    content, config = Bytes(archive(files)), Bytes(json.dumps(yaml.safe_load(text)).encode())
    kind = "application/vnd.cncf.helm.config.v1+json"
    said = {
        "schemaVersion": 2,
        "config": {"mediaType": kind, "digest": config.digest, "size": config.size},
        "layers": [{"mediaType": CONTENT, "digest": content.digest, "size": content.size}],
        "annotations": {
            "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
            "org.opencontainers.image.description": "A chart.",
            "org.opencontainers.image.title": "contd",
            "org.opencontainers.image.version": version,
        },
    }
    return Packed(Manifest(json.dumps(said).encode(), MANIFEST), config, content)
