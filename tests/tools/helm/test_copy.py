"""The copy of a chart that helm warns of: what differs, what does not, and what is no chart."""

from __future__ import annotations

import gzip
import io
import json
import tarfile

import pytest
import yaml
from packed_chart import CHART_YAML, archive, packed

from contd_release.errors import Conflict
from contd_release.tools.helm.copy import Packed
from contd_release.tools.oci.manifest import digest_of
from contd_release.tools.oci.upload import Bytes


def files(content: bytes) -> dict[str, tuple[bytes, float, int]]:
    """What an archive holds: bytes, time and mode by name."""
    with tarfile.open(fileobj=io.BytesIO(content)) as source:
        return {one.name: (source.extractfile(one).read(), one.mtime, one.mode) for one in source}  # type: ignore[union-attr]


def test_two_keys_differ_and_nothing_else() -> None:
    """`deprecated` and the description; in the archive, in the metadata and in the manifest alike."""
    chart = packed("1.2.0")
    copy = chart.deprecated("WITHDRAWN: it was bad.")
    assert (chart.is_deprecated, copy.is_deprecated) == (False, True)
    before, after = files(chart.archive.content), files(copy.archive.content)
    changed = {name for name in before if before[name] != after[name]}
    assert ({"contd/Chart.yaml"}, list(before)) == (changed, list(after))
    assert before["contd/Chart.yaml"][1:] == after["contd/Chart.yaml"][1:]
    told = {"deprecated": True, "description": "WITHDRAWN: it was bad. A chart."}
    assert yaml.safe_load(CHART_YAML.format("1.2.0")) | told == yaml.safe_load(after["contd/Chart.yaml"][0])
    assert json.loads(chart.config.content) | told == json.loads(copy.config.content)
    manifest = json.loads(copy.manifest.content)
    assert told["description"] == manifest["annotations"]["org.opencontainers.image.description"]
    assert copy.config.digest == copy.manifest.config.digest
    assert [copy.archive.digest] == [one.digest for one in copy.manifest.layers]
    assert [copy.archive.size] == [one.size for one in copy.manifest.layers]


def test_a_copy_is_the_same_whenever_it_is_made() -> None:
    """Equal charts and equal reasons give equal bytes, with the time of the chart."""
    one, other = (packed("1.2.0").deprecated("bad").manifest.digest for _ in range(2))
    assert one == other
    assert one != packed("1.2.0").deprecated("worse").manifest.digest
    chart = packed("1.2.0")
    assert chart.archive.content[4:8] == chart.deprecated("bad").archive.content[4:8]


@pytest.mark.parametrize("why", ["a: b\nversion: 9.9.9", "{{ .Values }}", "'\"#&*!", "- \u202e", "null"])
def test_a_reason_is_data(why: str) -> None:
    """Whatever a reason holds, it is in the description and changes no other key."""
    said = yaml.safe_load(files(packed("1.2.0").deprecated(why).archive.content)["contd/Chart.yaml"][0])
    told = {"deprecated": True, "description": f"{why} A chart."}
    assert yaml.safe_load(CHART_YAML.format("1.2.0")) | told == said


def test_a_signature_does_not_stay_on_what_it_does_not_cover() -> None:
    """A provenance layer is of the archive as it was: the copy has none."""
    chart = packed("1.2.0")
    manifest = json.loads(chart.manifest.content)
    signature = {"mediaType": "application/vnd.cncf.helm.chart.provenance.v1.prov", "digest": "sha256:1", "size": 1}
    manifest["layers"].append(signature)
    signed = Packed(type(chart.manifest)(json.dumps(manifest).encode(), ""), chart.config, chart.archive)
    assert len(signed.manifest.layers) == 2
    assert len(signed.deprecated("bad").manifest.layers) == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"not an archive", "the archive is not one"),
        (gzip.compress(b"not a tar"), "the archive is not one"),
        (archive({"contd/charts/other/Chart.yaml": "name: other\n"}), "the archive has no Chart.yaml"),
        (archive({"contd/Chart.yaml": "- a list\n"}), "Chart.yaml holds no table"),
        (archive({"contd/Chart.yaml": "a: [\n"}), "Chart.yaml is not YAML"),
        (archive({"contd/Chart.yaml": "a: 2024-13-45\n"}), "Chart.yaml is not YAML"),
        (archive({"contd/big": "x" * (100 << 20), "contd/Chart.yaml": "a: b\n"}), "unpacks to more than 100 MB"),
    ],
    ids=["bytes", "gzip", "a subchart's", "list", "yaml", "date", "bomb"],
)
def test_what_is_no_chart(content: bytes, expected: str) -> None:
    """It is said what is wrong with it, and no copy is made."""
    chart = packed("1.2.0")
    wrong = Packed(chart.manifest, chart.config, Bytes(content))
    with pytest.raises(Conflict, match=expected):
        _ = wrong.is_deprecated
    with pytest.raises(Conflict, match=expected):
        wrong.deprecated("bad")
    assert digest_of(content) == wrong.archive.digest
