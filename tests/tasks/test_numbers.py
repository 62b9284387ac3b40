"""Every option that takes a number, with what is none; and a machine that refuses a file."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from contd_release.tasks import namespace

if TYPE_CHECKING:
    from tests.conftest import Place

NUMBERS = (
    ("rollback", "--wait"),
    ("verify", "--patience"),
    ("monitor", "--every"),
    ("rehearse", "--kills"),
    ("news", "--issue"),
)


def test_no_option_is_parsed_by_invoke_into_a_number() -> None:
    """What invoke cannot convert ends with a traceback; the tasks convert by themselves."""
    numbers = [
        (name, argument.name)
        for name in namespace.task_names
        for argument in namespace[name].get_arguments()
        if argument.kind not in (str, bool, list)
    ]
    assert numbers == []


@pytest.mark.parametrize("value", ["abc", "-1", "", "9" * 30, "1e400", "nan", "1.5", "٣"])
@pytest.mark.parametrize(("task", "option"), NUMBERS)
def test_what_is_no_number_is_refused(place: Place, task: str, option: str, value: str) -> None:
    """The option is named, with what was expected and a command that works."""
    words = ("Text",) if task == "news" else ()
    if (task, value) == ("news", ""):
        pytest.skip("a change without an issue")
    with place.untouched():
        said = place.say(task, *words, f"{option}={value}")
    assert said.code == 2, said.text
    assert "Traceback" not in said.text
    assert "expected:" in said.err
    assert "type:     invoke" in said.err


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ('rollback --version 0.2.0 --revert --dry-run --reason "It fails." --wait abc', "--wait 1800"),
        ("verify --version 0.2.0 --only pypi --patience abc", "--patience 300"),
        ("rehearse --scenario hotfix --without-proof --fault 'GET * 1 500' --kills 0", "--kills 20"),
        ("monitor --version 0.2.0 --once --json --every often", "--every 5m"),
        ("verify --version 0.2.0 --artifacts dist --patience 10 --json --only pypy", "--only pypi"),
        ("publish --artifacts dist --yes --json --only pypy", "--only pypi"),
        ("promote --artifacts dist --yes --only ''", "--only pypi"),
    ],
)
def test_the_command_keeps_the_other_options(place: Place, words: str, command: str) -> None:
    """What is to be typed next has all that the call gave, and a usual number."""
    said = place.say(*shlex.split(words))
    hint = said.err.partition("  type:     invoke ")[2].strip()
    expected = f"{words.rpartition(' --')[0]} {command}"
    assert sorted(shlex.split(hint)) == sorted(shlex.split(expected))


@pytest.mark.parametrize("task", [("rehearse", "--without-proof"), ("release", "--part", "minor"), ("status",)])
def test_a_home_that_cannot_be_used(place: Place, task: tuple[str, ...]) -> None:
    """A home that is a file, or read-only, is a sentence."""
    (place.directory / "file").write_text("", encoding="utf-8")
    home = str(place.directory / "file" / "home")
    said = place.run(*task, env={"HOME": home, "XDG_CACHE_HOME": ""})
    assert said.code == 9
    assert f"{home}/.invoke.yaml cannot be used: Not a directory" in said.err
    assert "Traceback" not in said.text


def test_a_cache_that_cannot_be_used(place: Place) -> None:
    """The same where only the cache is a file."""
    (place.directory / "file").write_text("", encoding="utf-8")
    said = place.run("rehearse", "--without-proof", env={"XDG_CACHE_HOME": str(place.directory / "file")})
    assert said.code == 9
    assert f"{place.directory}/file/contd-release/rehearsals/contd-" in said.err
    assert " cannot be used: Not a directory\n" in said.err


def test_a_folder_of_fragments_that_cannot_be_written(place: Place) -> None:
    """A file in the place of the folder, or a folder without the right to write, is a sentence."""
    place.git("rm", "-qr", "newsfragments")
    place.write("newsfragments", "")
    said = place.say("news", "Text", "--type", "feature")
    assert said.code != 0
    assert "Traceback" not in said.text
    assert "newsfragments" in said.err
