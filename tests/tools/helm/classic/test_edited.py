"""The index.yaml of a classic chart repository, edited in its text."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
import yaml

from contd_release.errors import Conflict
from contd_release.tools.helm.classic import edited, index

HEAD = "apiVersion: v1 # kept\nentries:\n"
NEW = """\
  demo:
  - apiVersion: v2
    appVersion: '1.10'
    created: '2023-11-14T22:13:20Z'
    description: "É: a \\U0001F40B"
    digest: {digest}
    name: demo
    urls:
    - demo-1.2.0.tgz
    version: 1.2.0
"""
OLD = "  - name: demo\n    created: 2020-01-01T00:00:00.123456789Z\n    version: 1.1.0 # old\n    digest: abc\n"
APP = "  app:\n    - {name: app, version: 0.1.0}\n"
ZOO = "  zoo:\n  - name: zoo\n    version: 3.0.0\n"
NOW = 'generated: "2023-11-14T22:13:20Z"\n'
EPOCH, DIGEST = 1_700_000_000, "f" * 64


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A packed chart."""
    text = "apiVersion: v2\nname: demo\nversion: 1.2.0\nappVersion: '1.10'\ndescription: 'É: a \U0001f40b'\n"
    path = tmp_path / "demo-1.2.0.tgz"
    with tarfile.open(path, "w:gz") as packed:
        member = tarfile.TarInfo("demo/Chart.yaml")
        member.size = len(text.encode())
        packed.addfile(member, io.BytesIO(text.encode()))
    return path


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"apiVersion: v1\nentries:\n{{}}{NOW}"),
        ("apiVersion: v1\nentries:\ngenerated: x\n", f"apiVersion: v1\nentries:\n{{}}{NOW}"),
        (f"{HEAD}{APP}{ZOO}generated: '2020-01-01'\n", f"{HEAD}{APP}{{}}{ZOO}{NOW}"),
        (f"{HEAD}{APP}generated: '2020-01-01'\n", f"{HEAD}{APP}{{}}{NOW}"),
        (f"{HEAD}{APP}".rstrip(), f"{HEAD}{APP}{{}}"),
        (f"{HEAD}  demo: []\n{ZOO}", f"{HEAD}{{}}{ZOO}"),
        (f"{HEAD}  demo:\n{OLD}{ZOO}# end\n", f"{HEAD}{{}}{OLD}{ZOO}# end\n"),
    ],
)
def test_an_entry_is_added_and_removed(before: str | None, after: str, archive: Path) -> None:
    """Everything else stays byte for byte; without the entry, the index says again what it said."""
    written = edited.added(before, archive, DIGEST, EPOCH)

    dumped = yaml.safe_load(NEW.format(digest=DIGEST))["demo"][0]
    assert edited.added(before, archive, DIGEST, EPOCH) == written
    assert yaml.safe_load(written)["entries"]["demo"][0] == dumped
    head, _, rest = after.partition("{}")
    assert written.startswith(head)
    assert written.endswith(rest)
    assert index.entry(written, "demo", "1.2.0") == index.Entry("1.2.0", DIGEST, ("demo-1.2.0.tgz",), False)
    gone = edited.removed(written, "demo", "1.2.0")
    assert (yaml.safe_load(gone)["entries"].get("demo") or []) == (
        ((yaml.safe_load(before or "") or {}).get("entries") or {}).get("demo") or []
    )
    assert index.entry(gone, "demo", "1.2.0") is None


@pytest.mark.parametrize("before", [f"{HEAD}  demo:\n{OLD}{ZOO}", f"{HEAD}  demo:\n{OLD}    deprecated: false\n{ZOO}"])
def test_a_version_is_marked(before: str, archive: Path) -> None:
    """Only the version has `deprecated: true`, and undone it has not."""
    text = edited.added(before, archive, DIGEST, EPOCH)

    for version in ("1.1.0", "1.2.0"):
        after = edited.marked(text, "demo", version, is_deprecated=True)
        found = {one: index.entry(after, "demo", one) for one in ("1.1.0", "1.2.0")}
        assert [one for one, entry in found.items() if entry and entry.is_deprecated] == [version]
        undone = index.entry(edited.marked(after, "demo", version, is_deprecated=False), "demo", version)
        assert undone
        assert not undone.is_deprecated


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("entries: [", "index.yaml is not valid YAML"),
        ("<html>", "index.yaml has no `entries`"),
        ("entries: [1]\n", "index.yaml has no charts in its `entries`"),
        ("entries: {demo: 1}\n", "index.yaml has no list of versions of demo"),
        ("entries: {zoo: [{version: 1.0.0}]}\n", "index.yaml is not written as helm writes it"),
    ],
)
def test_what_is_no_index_stops(text: str, why: str, archive: Path) -> None:
    """The error says what is wrong, and nothing is written."""
    with pytest.raises(Conflict) as error:
        edited.added(text, archive, DIGEST, EPOCH)

    assert why in str(error.value)
