"""Whole releases, from the call to what is in the world afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.tools import git

if TYPE_CHECKING:
    from tests.conftest import Place

WHEEL, SDIST = "contd-0.2.0-py3-none-any.whl", "contd-0.2.0.tar.gz"
MINOR = ("release", "--part", "minor")


def untidy(place: Place) -> None:
    """Leave things lying about, as people do: staged, changed, deleted, untracked, stashed, on other branches."""
    place.git("branch", "idea")
    place.write("README.md", "stashed\n")
    place.git("stash", "-q")
    place.write("contd/line.py", "staged\n")
    place.git("add", "contd/line.py")
    place.write("contd/line.py", "changed again\n")
    place.write("secret notes.txt", "untracked\n")
    (place.clone / "CHANGELOG.md").unlink()
    (place.clone / "hooked").symlink_to("README.md")
    place.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n")
    (place.clone / ".git/hooks/pre-commit").chmod(0o755)


def walked_again(place: Place, world: World) -> int:
    """
    Forget that the release has ended and walk again; how many requests for a change that made, the login's trial aside.
    """
    journal = place.state / "journal.jsonl"
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    journal.write_text("".join(line for line in lines if '"Ended"' not in line), encoding="utf-8")
    before, refs = len(world.ledger.requests()), remotes.updates(place.remote)
    said = place.run("release", "--yes")
    assert said.code == 0, said.text
    assert refs == remotes.updates(place.remote)
    return len(world.ledger.mutating(after=before))


def test_a_release(release: Place, world: World) -> None:
    """
    One call takes the repository from "main is green" to "installable, and checked", and touches nothing of mine.

    Walked again, nothing is asked to change (R4).
    """
    untidy(release)
    mine = release.mine()
    said = release.run(*MINOR, "--yes")
    assert said.code == 0, said.text
    assert said.out.endswith("\ncontd 0.2.0 is out.\ntype: git pull\n")
    assert mine == release.mine()

    tag = git.remote(release.clone, "origin").tag("v0.2.0")
    assert tag is not None
    assert tag.is_annotated
    refs = remotes.refs(release.remote)
    assert {
        "refs/heads/main": tag.commit,
        "refs/heads/release/v0.2.0": tag.commit,
        "refs/tags/v0.2.0": tag.object,
    } == refs
    assert release.git("for-each-ref", "--format=%(contents:subject)", "refs/tags/v0.2.0") == "Release v0.2.0"
    assert git.described(release.clone, "v0.2.0").subject == "Release 0.2.0"
    assert git.distance(release.clone, "v0.2.0~1", "v0.2.0") == 1

    text = {path: git.text(release.clone, "v0.2.0", path) or "" for path in git.names(release.clone, "v0.2.0")}
    assert '\nversion = "0.2.0"\n' in text["pyproject.toml"]
    assert '\n__version__ = "0.2.0"\n' in text["contd/__init__.py"]
    assert 'version: 0.2.0\nappVersion: "0.2.0"\n' in text["helm/contd/Chart.yaml"]
    assert "\n## [0.2.0] - 2027-01-15\n" in text["CHANGELOG.md"]
    assert text["changelog.d/0.2.0.md"].strip() in text["CHANGELOG.md"]
    assert [path for path in text if path.startswith("newsfragments/")] == ["newsfragments/README.md"]
    changed = git.changed(release.clone, "v0.2.0~1", "v0.2.0")
    assert {"newsfragments", "changelog.d", ".bumpversion.toml", "pyproject.toml", "contd", "helm", "CHANGELOG.md"} == {
        path.partition("/")[0] for path in changed
    }

    assert {f"file {WHEEL}": 1, f"file {SDIST}": 1} == dict(world.ledger.effects())
    assert walked_again(release, world) == 0

    seen = [json.loads(line) for line in release.run("status", "--version", "0.2.0", "--json").out.splitlines()]
    assert {"done"} == {one["state"] for one in seen if one["event"] == "seen"}
    assert "0.2.0 finished at" in release.say("status").out
    assert release.run("verify", "--version", "0.2.0").code == 0
