"""`invoke rehearse`: words that it refuses before anything is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Place


def test_what_to_type_next_is_a_rehearsal_again(place: Place) -> None:
    """A rehearsed release that stops never sends the person to a real one; the part that it asks for is kept."""
    said = place.run("rehearse", "--without-proof", "--part", "patch")
    assert said.code == 2
    hints = [line.strip() for line in said.text.splitlines() if "type: " in line]
    assert hints[0] == "type:     invoke rehearse --without-proof --part minor"
    assert [one for one in hints if "invoke release" in one] == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--scenario", "hotfixx"), "hotfixx"),
        (("--fault", "nothing at all"), "nothing at all"),
        (("--part", "mionr"), "there is no part 'mionr'; did you mean minor?"),
    ],
)
def test_a_word_that_is_off(place: Place, words: tuple[str, str], named: str) -> None:
    """The word is named, with what was expected and what to type, and no release is begun in the clone."""
    with place.untouched():
        said = place.say("rehearse", *words)
    assert said.code != 0
    assert named in said.text
    assert "Traceback" not in said.text


def test_a_part_that_is_off_keeps_the_other_options(place: Place) -> None:
    """No world is made, and the command has the part that was meant beside the rest of the call."""
    said = place.say("rehearse", "--without-proof", "--kills", "3", "--part", "mionr")
    assert said.code == 2
    assert said.out == ""
    assert said.err.endswith("  type:     invoke rehearse --part minor --without-proof --kills 3\n")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("--scenario hotfx", "--scenario hotfix --without-proof"),
        ("--version 0.1.5", "--version 0.1.6 --without-proof"),
        ("--version 0.2.0 --part minor", "--version 0.2.0 --without-proof"),
    ],
)
def test_what_is_off_is_replaced_in_the_call(place: Place, words: str, hint: str) -> None:
    """The command to type next is the call with the one word that was meant."""
    said = place.say("rehearse", "--without-proof", *words.split())
    assert said.err.endswith(f"  type:     invoke rehearse {hint}\n")


@pytest.mark.slow
def test_another_version_is_another_rehearsal(place: Place) -> None:
    """A rehearsal that was stopped continues for a call that names its version or none, and begins again otherwise."""
    quick = ("rehearse", "--without-proof")
    stopped = place.run(*quick, "--part", "minor", "--fault", "UPLOAD /legacy/ every 403")
    assert stopped.code != 0, stopped.text
    other = place.run(*quick, "--part", "major", "--fault", "UPLOAD /legacy/ every 403")
    assert ", continued" not in other.out
    assert "contd 1.0.0" in other.out
    same = place.run(*quick, "--part", "major")
    assert ", continued" in same.out
    assert "contd 1.0.0 is released" in same.out


@pytest.mark.parametrize("words", [("--kills", "3"), ("--crash-everywhere",)], ids=["kills", "everywhere"])
def test_a_sweep_whose_release_stops(place: Place, words: tuple[str, ...]) -> None:
    """The sweep ends with the exit code of the release in it, and with the command of the sweep."""
    place.write("newsfragments/12.feat.md", "Better.\n")
    place.publish()
    said = place.run("rehearse", "--without-proof", *words)
    assert said.code == 2, said.text
    assert "the release stopped with exit code 2 before it was killed, for the reason above\n" in said.err
    assert said.err.endswith(f"  type:     invoke rehearse --without-proof {' '.join(words)}\n")


def test_a_release_that_stops(place: Place) -> None:
    """The rehearsal ends with the exit code of the release in it, and says how to continue the rehearsal."""
    place.write("newsfragments/12.feat.md", "Better.\n")
    place.publish()
    said = place.run("rehearse", "--without-proof")
    assert said.code == 2, said.text
    assert "the rehearsed release stopped with exit code 2, for the reason above\n" in said.err
    assert "  type:     invoke rehearse --without-proof   (it continues; --fresh begins again)" in said.err


@pytest.mark.slow
def test_what_the_changes_ask_for(place: Place) -> None:
    """Without a part, the rehearsal takes what the fragments and the API ask for since the last release."""
    place.write("contd/more.py", "def load(path): ...\n")
    place.replace("pyproject.toml", "[tool.contd-release]\n", "[tool.contd-release]\ncontributors = true\n")
    for name in ("12.feature.md", "+ledger-file.doc.md"):
        (place.clone / "newsfragments" / name).unlink()
    place.publish()
    place.git("tag", "-a", "-m", "v0.1.5", "v0.1.5")
    place.git("push", "--quiet", "origin", "v0.1.5")
    place.write("contd/more.py", 'def load(path, mode="r"):\n    """\n    .. versionchanged:: next\n    """\n')
    place.write("newsfragments/31.bugfix.md", "Paths are kept.\n")
    place.publish()
    said = place.run("rehearse", "--without-proof")
    assert said.code == 0, said.text
    assert "feature   contd/more.py:1  contd.more.load takes a new argument mode" in said.out
    assert "contd 0.2.0 is out." in said.out
    (remote,) = place.cache.glob("contd-release/rehearsals/*/world/git/**/*.git")
    assert ".. versionchanged:: 0.2.0\n" in place.git("show", "v0.2.0:contd/more.py", where=remote)
    assert place.git("show", "v0.2.0:changelog.d/0.2.0.md", where=remote).endswith("\n\nMade by Ada.")
