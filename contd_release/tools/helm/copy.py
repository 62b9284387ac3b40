"""
A copy of a chart that helm warns of: the same templates and values, and a Chart.yaml that says `deprecated: true`.

The chart in the registry is a manifest, its metadata as JSON, and its `.tgz`. The copy is made of these three alone, so
every machine makes the same bytes, and helm is not needed. https://helm.sh/docs/topics/charts/#deprecating-charts
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from dataclasses import dataclass
from typing import Any, Final

from contd_release.errors import Conflict
from contd_release.tools.helm.archive import INSTEAD, chart_yaml, is_chart_yaml, members
from contd_release.tools.helm.registry import CONTENT
from contd_release.tools.oci.manifest import Manifest
from contd_release.tools.oci.repository import OciRepository
from contd_release.tools.oci.upload import Bytes

_DESCRIPTION: Final = "org.opencontainers.image.description"
_PACKED: Final = 20 << 20


@dataclass(frozen=True)
class Packed:
    """
    A chart as a registry has it.

    Args:
        config: the metadata, as JSON.
        archive: the `.tgz`.
    """

    manifest: Manifest
    config: Bytes
    archive: Bytes

    @property
    def is_deprecated(self) -> bool:
        """Whether helm warns at its installation."""
        return _metadata(chart_yaml(self.archive.content)).get("deprecated") is True

    def deprecated(self, why: str) -> Packed:
        """The copy that helm warns of, with the reason in front of its description."""
        import yaml

        said = _metadata(chart_yaml(self.archive.content))
        changes = {"deprecated": True, "description": f"{why} {said.get('description') or ''}".strip()}
        text = yaml.safe_dump(said | changes, sort_keys=False, allow_unicode=True)
        archive = Bytes(_with_chart_yaml(self.archive.content, text.encode()))
        config = Bytes(_spelled(_object(self.config.content) | changes))
        manifest = _object(self.manifest.content)
        # A signature among the layers (`.prov`) is of the archive as it was.
        content = next(one for one in manifest["layers"] if one["mediaType"] == CONTENT)
        manifest["layers"] = [content | {"digest": archive.digest, "size": archive.size}]
        manifest["config"] |= {"digest": config.digest, "size": config.size}
        if _DESCRIPTION in (manifest.get("annotations") or {}):
            manifest["annotations"] |= {_DESCRIPTION: changes["description"]}
        return Packed(Manifest(_spelled(manifest), self.manifest.media_type), config, archive)

    def is_copy_of(self, original: Packed) -> bool:
        """Whether `deprecated` made this of another chart, for any reason: nothing but the Chart.yaml differs."""
        text = chart_yaml(self.archive.content)
        said, before = _metadata(text), _metadata(chart_yaml(original.archive.content))
        description = str(said.get("description"))
        if said != before | {"deprecated": True, "description": description}:
            return False
        if not description.endswith(str(before.get("description") or "")):
            return False
        # Another version of zlib may pack the same files into other bytes.
        expected = gzip.decompress(_with_chart_yaml(original.archive.content, text))
        with gzip.open(io.BytesIO(self.archive.content)) as unpacked:
            return unpacked.read(len(expected) + 1) == expected


def is_copy(there: OciRepository, version: str, kept: str) -> bool:
    """
    Whether a version of a chart is the copy that helm warns of, made of the chart that another tag keeps.

    Raises:
        Unanswered: the registry did not say.
    """
    digest, original = there.digest(version), there.digest(kept)
    if digest is None or original is None:
        return False
    try:
        return read(there, digest).is_copy_of(read(there, original))
    except Conflict:
        return False


def read(there: OciRepository, digest: str) -> Packed:
    """
    The chart behind a digest.

    Raises:
        Conflict: it is no chart.
        Unanswered: the registry did not say.
    """
    manifest = there.manifest(digest)
    content = [one for one in manifest.layers if one.media_type == CONTENT] if manifest else []
    if manifest is None or len(content) != 1:
        raise Conflict(f"{there}@{digest[:19]} is no chart", expected="a manifest with one chart", type_next=INSTEAD)
    config = Bytes(there.blob(manifest.config.digest, _PACKED))
    return Packed(manifest, config, Bytes(there.blob(content[0].digest, _PACKED)))


def _with_chart_yaml(archive: bytes, text: bytes) -> bytes:
    """The same archive, with the same times, and another Chart.yaml."""
    out = io.BytesIO()
    made = int.from_bytes(archive[4:8], "little")
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=made) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as target,
    ):
        for member, content in members(archive):
            plain, kept = tarfile.TarInfo(member.name), text if is_chart_yaml(member) else content
            plain.size, plain.mtime, plain.mode = len(kept), member.mtime, member.mode
            target.addfile(plain, io.BytesIO(kept))
    return out.getvalue()


def _metadata(text: bytes) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Conflict(f"Chart.yaml is not YAML: {error}", expected="a packed chart", type_next=INSTEAD) from error
    if not isinstance(found, dict):
        raise Conflict("Chart.yaml holds no table", expected="a packed chart", type_next=INSTEAD)
    return found


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Conflict("the chart's manifest or metadata is not JSON", expected="a JSON object", type_next=INSTEAD)
    return found


def _spelled(found: dict[str, Any]) -> bytes:
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode()
