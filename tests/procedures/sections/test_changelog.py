"""`invoke changelog`: what the next version will say, and the migration guide it owes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Place


def test_a_migration_guide(place: Place) -> None:
    """The template has a section for each breaking change, and is refused until somebody wrote it."""
    place.write("newsfragments/9.breaking.md", "Ledgers are files now. They were folders.\n")
    said = place.say("changelog", "--migration-guide")
    assert said.code == 0, said.err
    text = (place.clone / "docs/migrations/v0.2.md").read_text(encoding="utf-8")
    assert "# Migrating to 0.2.0\n" in text
    assert "## Ledgers are files now\n" in text


def test_a_fragment_that_towncrier_would_drop(place: Place) -> None:
    """A name without a type stops the draft and is named."""
    place.write("newsfragments/12.md", "A list may be empty.\n")
    said = place.say("changelog")
    assert said.code == 2
    assert "12.md" in said.err


def test_a_migration_guide_lists_what_broke(place: Place) -> None:
    """Each change of the API, with the line of the last release, for a person to describe."""
    place.write("contd/more.py", "def __load__(path): ...\n\n\ndef a_b_c(): ...\n")
    place.publish()
    place.git("tag", "-a", "-m", "v0.1.5", "v0.1.5")
    place.git("push", "--quiet", "origin", "v0.1.5")
    place.write("contd/more.py", "")
    place.write("newsfragments/9.breaking.md", "Ledgers are files now. They were folders.\n")
    place.publish()
    assert place.say("changelog", "--migration-guide").code == 0
    text = (place.clone / "docs/migrations/v0.2.md").read_text(encoding="utf-8")
    assert text.partition("## Ledgers are files now\n")[2] == (
        "\nBefore:\n\nAfter:\n\n## Every change that breaks\n\n"
        "- `v0.1.5:contd/more.py:1`: contd.more.\\_\\_load\\_\\_ is gone\n"
        "- `v0.1.5:contd/more.py:4`: contd.more.a\\_b\\_c is gone\n"
        "\nRemove the first line when this guide is written.\n"
    )
