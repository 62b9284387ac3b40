"""`invoke news`: a fragment for a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from terminal import on_terminal

from contd_release.errors import Usage
from contd_release.procedures.news.news import add
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.settings import Settings
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Pull
from contd_release.sandbox.github.store import now
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

GITHUB = "[tool.contd-release.github]\nrepository = 'contd/contd'\napi = '{}'\n"


def test_a_fragment_and_what_it_will_say(place: Place) -> None:
    """`news` writes a file that `changelog` shows; a second text of the same words gets a name of its own."""
    texts = {
        "+a-list-may-be-empty.bugfix.md": "A list may be empty!",
        "+a-list-may-be-empty.bugfix.1.md": "A list may be empty?",
        "7.feature.md": "A list may be empty.",
    }
    for name, text in texts.items():
        words = ("--issue", "7") if name.startswith("7") else ("--type", "bugfix")
        said = place.say("news", text, *words)
        kind = "feature" if name.startswith("7") else "bugfix"
        assert said.code == 0, said.text
        assert said.out == (
            f"{place.clone}/newsfragments/{name} is written, of type {kind}; commit it with the change\n"
        )
    before = place.everything()
    said = place.say("changelog")
    assert said.code == 0, said.err
    assert said.out.startswith("## [0.2.0] - unreleased\n")
    assert "### Added\n\n- A list may be empty. (#7)\n" in said.out
    assert before == place.everything()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Größe und Maß zählen.", "+groesse-und-mass-zaehlen.feature.md"),
        ("Café à la carte", "+cafe-a-la-carte.feature.md"),
        ("数える", "+change.feature.md"),
    ],
)
def test_words_become_a_name_in_plain_letters(tmp_path: Path, text: str, name: str) -> None:
    """Letters that are not ASCII are spelled out, or left out where they cannot be."""
    assert name == add(project(tmp_path), text, "feature", "").name
    assert f"{text}\n" == (tmp_path / "newsfragments" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("issue", ["abc", "12 13", "../12", "-", "1.2", "0"])
def test_an_issue_has_a_number(tmp_path: Path, issue: str) -> None:
    """A word, a space, a path or 0 is no issue, and nothing is written; text and type are typed again."""
    with pytest.raises(Usage, match="is no issue") as refused:
        add(project(tmp_path), "It is better", "bugfix", issue)
    assert refused.value.type_next == "invoke news 'It is better' --type bugfix --issue 12"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "  ", "…", "- !"])
def test_a_text_has_words(tmp_path: Path, text: str) -> None:
    """Spaces and punctuation alone say nothing, and nothing is written; type and issue are typed again."""
    with pytest.raises(Usage, match="there is no text") as refused:
        add(project(tmp_path), text, "bugfix", "7")
    assert refused.value.type_next == 'invoke news "…" --type bugfix --issue 7'
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("issue", ["12", "gh-12"])
def test_an_issue_may_have_a_prefix(tmp_path: Path, issue: str) -> None:
    """The number of an issue, and the letters that a tracker puts before it, are the name."""
    assert f"{issue}.bugfix.md" == add(project(tmp_path), "Better", "bugfix", issue).name


def test_the_same_text_is_not_added_twice(tmp_path: Path) -> None:
    """A text that a fragment has already, of whatever type, is refused with the name of that file."""
    add(project(tmp_path), "A list may be empty.", "feature", "")
    with pytest.raises(Usage) as refused:
        add(project(tmp_path), " A list  may be empty.\n", "bugfix", "12")
    assert refused.value.what_is == "newsfragments/+a-list-may-be-empty.feature.md says this already"
    assert len(list((tmp_path / "newsfragments").iterdir())) == 1


def project(folder: Path) -> Project:
    """A project in this folder, with a fragments folder."""
    return Project(folder, folder / "state", "contd", Settings(), News(ignore=("README.md",)))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("Better lists", "--type", "bugfix", "--issue", "7"), "7.bugfix.md"),
        (("--type", "bugfix", "--issue", "7", "Better lists"), "7.bugfix.md"),
        (("--type=bugfix", "--issue=7", "Better lists"), "7.bugfix.md"),
        (("--text", "Better lists"), "+better-lists.feature.md"),
    ],
)
def test_the_order_of_the_words_does_not_matter(place: Place, words: tuple[str, ...], name: str) -> None:
    """The text is the one word that is no option, before or after them."""
    said = place.say("news", *words)
    assert said.code == 0, said.text
    assert (place.clone / "newsfragments" / name).read_text(encoding="utf-8") == "Better lists\n"


@pytest.mark.parametrize("words", [(), ("--type", "bugfix"), ("--issue=7",)], ids=str)
def test_nobody_to_ask(place: Place, words: tuple[str, ...]) -> None:
    """Without a text and without a terminal, the error says what to type."""
    said = place.say("news", *words)
    assert said.code == 2
    assert 'there is no text\n  expected: what changed, for users\n  type:     invoke news "…"' in said.err


def pull(place: Place, world: World, title: str, *labels: str) -> None:
    """A pull request 31 of the project on the world's GitHub."""
    text = f"{GITHUB.format(world.api_url)}[tool.contd-release.pypi]"
    place.replace("pyproject.toml", "[tool.contd-release.pypi]", text)
    place.publish()
    place.env["GITHUB_TOKEN"] = world.accounts.publisher.password.reveal()
    made = Pull(
        id=1, created_at=now(), number=31, title=title, labels=labels, head="a", base="b", head_sha="", base_sha=""
    )
    world.part(Forge).place("contd/contd").shelf(Pull).put(made)


@pytest.mark.parametrize(
    ("labels", "words", "name"),
    [
        (("bug",), (), "31.bugfix.md"),
        (("good first issue", "type: enhancement"), (), "31.feature.md"),
        (("kind/documentation",), (), "31.doc.md"),
        ((), (), "31.feature.md"),
        (("bug",), ("--type", "security", "--issue", "12"), "12.security.md"),
    ],
)
def test_a_fragment_from_a_pull_request(
    release: Place, world: World, labels: tuple[str, ...], words: tuple[str, ...], name: str
) -> None:
    """Its title is the text, the first label that names a type the type; what the call says counts more."""
    pull(release, world, "Keep  every item", *labels)
    said = release.say("news", "--from-pr", "31", *words)
    assert said.code == 0, said.text
    assert (release.clone / "newsfragments" / name).read_text(encoding="utf-8") == "Keep every item\n"


@pytest.mark.parametrize("number", ["32", "abc", "-1"])
def test_a_pull_request_that_is_not_there(release: Place, world: World, number: str) -> None:
    """Or no number: what is, what was expected, what to type; nothing is written."""
    pull(release, world, "Keep every item")
    said = release.say("news", f"--from-pr={number}")
    assert said.code == 2
    what = "is not on GitHub, or our token cannot see it" if number == "32" else "is no pull request"
    assert what in said.err
    assert release.git("status", "--porcelain") == ""


def test_a_person_is_asked(place: Place) -> None:
    """On a terminal, `invoke news` asks for the text, the type and the number; an empty line takes the default."""
    code, seen = on_terminal(
        place.argv("news"), place.clone, place.environment(), asked="What changed", answer="Better lists\nbugfix\n#7"
    )
    assert code == 0, seen
    assert "Of which type, breaking, security, feature, bugfix, deprecation, removal, doc, misc (feature): " in seen
    assert (place.clone / "newsfragments/7.bugfix.md").read_text(encoding="utf-8") == "Better lists\n"
    code, seen = on_terminal(
        place.argv("news", "--type", "doc"), place.clone, place.environment(), asked="What changed", answer="A page\n"
    )
    assert code == 0, seen
    assert (place.clone / "newsfragments/+a-page.doc.md").read_text(encoding="utf-8") == "A page\n"
