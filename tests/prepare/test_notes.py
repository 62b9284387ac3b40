"""The changelog before a release: what nobody would find in the release's section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contd_release.engine.step import State
from contd_release.prepare import notes

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place


def test_entries_that_the_release_would_leave_behind(here: Place, beginning: Beginning) -> None:
    """Thirty bullets under [Unreleased] stop the release before anything is changed; the first one is shown."""
    bullets = "".join(f"- Change {number}\n" for number in range(30))
    here.replace("CHANGELOG.md", "<!-- towncrier", f"## [Unreleased]\n\n### Added\n\n{bullets}\n<!-- towncrier")
    here.publish()
    found = notes.ready(beginning()).observe()
    assert State.ABSENT is found.state
    text = (here.clone / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    line = text.index("## [Unreleased]") + 1
    assert found.detail == (
        f"CHANGELOG.md:{line} has 30 entries under '[Unreleased]', which the release would leave there: '- Change 0'"
    )
    assert found.type_next == "contd-release adopt   (it makes fragments of them)"


def test_an_empty_heading_is_no_obstacle(here: Place, beginning: Beginning) -> None:
    """A heading for what is unreleased may stand there, with the marker below it."""
    here.replace("CHANGELOG.md", "<!-- towncrier", "## [Unreleased]\n\n<!-- towncrier")
    here.publish()
    assert State.DONE is notes.ready(beginning()).observe().state


def test_a_changelog_with_a_replacement_character_is_utf8(here: Place, beginning: Beginning) -> None:
    """U+FFFD in the text of an entry is a character like any other."""
    here.replace("CHANGELOG.md", "# Changelog", "# Changelog \ufffd")
    here.publish()
    assert notes.ready(beginning()).observe().state is State.DONE


def test_a_fragment_that_is_not_committed_is_not_written_again(here: Place, beginning: Beginning) -> None:
    """Where the only fragments are not committed, that is what is said; git's files and the README do not count."""
    here.git("rm", "-q", *(f"newsfragments/{path.name}" for path in (here.clone / "newsfragments").glob("*.*.md")))
    here.publish()
    release = beginning()
    assert notes.ready(release).observe().type_next == 'invoke news "what changed for users" --type feature'
    here.write("newsfragments/12.feature.md", "A list may be empty.\n")
    found = notes.ready(release).observe()
    assert (found.state, found.detail) == (State.ABSENT, "1 fragment in newsfragments/ is not committed")
    assert found.type_next == "git add newsfragments   (then git commit, and push it)"
    here.write("newsfragments/13.bugfix.md", "A list may be long.\n")
    assert notes.ready(release).observe().detail == "2 fragments in newsfragments/ are not committed"
