"""What to type next is what a person can type: with their words, and by the program that they started."""

from __future__ import annotations

import shlex

import pytest

from contd_release.errors import Unsettled
from contd_release.process import hints
from contd_release.process.printed import as_named


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        (["/venv/bin/inv", "release", "--part", "minor"], "invoke release --part minor"),
        (["/lib/contd_release/__main__.py", "news", "Two words"], "contd-release news 'Two words'"),
        (["/venv/bin/pytest", "-q"], "the same command again"),
    ],
)
def test_an_error_that_may_pass_repeats_the_command(
    argv: list[str], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words that a person typed, if they typed one of our programs."""
    monkeypatch.delenv(hints.TYPED, raising=False)
    monkeypatch.setattr("sys.argv", argv)
    assert hints.typed(Unsettled("it lags").type_next) == f"{command}   (in a while)"


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("invoke status", "invoke rehearse --part minor"),
        ("invoke release --part major", "invoke rehearse --part major"),
        ("invoke rehearse --part minor   (it continues)", "invoke rehearse --part minor   (it continues)"),
        ("invoke doctor", "invoke doctor"),
        ("git fetch", "git fetch"),
        ("", "invoke rehearse --part minor   (in a while)"),
    ],
)
def test_within_a_rehearsal_the_rehearsal_is_typed(hint: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task of the rehearsed release is not typed: the command that rehearses is, or one about the repository."""
    monkeypatch.setenv(hints.TYPED, "invoke rehearse --part minor")
    assert hints.typed(Unsettled("it lags", type_next=hint).type_next) == shown


@pytest.mark.parametrize(
    ("typed", "hint", "shown"),
    [
        ("plan --part mnor", "invoke release --part minor", "invoke plan --part minor"),
        (
            "check --part patch --without-ci 'no CI'",
            'invoke release --part minor   (or --part patch --because "…")',
            "invoke check --part minor --without-ci 'no CI'   (or --part patch --because \"…\")",
        ),
        (
            "release --part mnor --yes",
            "invoke release --part minor",
            "invoke release --part minor --yes",
        ),
        (
            "release --because=small --final",
            "invoke release --part minor",
            "invoke release --part minor --because small",
        ),
        ("--dry release --part x", "invoke release --version 1.0.0", "invoke --dry release --version 1.0.0"),
        (
            "release --part x --without-ci a",
            "invoke release --part minor --without-ci b",
            "invoke release --part minor --without-ci b",
        ),
        ("bump --part minor", "invoke release", "invoke release"),
        (
            "rollback --dry-run",
            "invoke rollback --version 1.2.0 --hotfix",
            "invoke rollback --version 1.2.0 --hotfix --dry-run",
        ),
        ("--dry rollback --yes", "invoke rollback --version 1.2.0", "invoke --dry rollback --version 1.2.0"),
        (
            "rollback --wait 7200 --json",
            "invoke rollback --version 1.2.0   (it waits again)",
            "invoke rollback --version 1.2.0 --wait 7200 --json   (it waits again)",
        ),
        ("rollback --wait abc", "invoke rollback --wait 1800", "invoke rollback --wait 1800"),
        (
            "hotfix.finish --yes --wait-ci --because small",
            "invoke hotfix.finish --version 1.2.1 --because small --wait-ci",
            "invoke hotfix.finish --version 1.2.1 --because small --wait-ci --yes",
        ),
        ("release --part minor --json", "invoke release --part major", "invoke release --part major --json"),
        ("status", "invoke rollback --version 1.2.0", "invoke rollback --version 1.2.0"),
        ("status", "invoke release --part auto", "invoke release --part auto"),
    ],
)
def test_a_hint_keeps_the_task_and_its_reasons(
    typed: str, hint: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan is never answered with a release, and the options that choose no version are typed again."""
    monkeypatch.delenv(hints.TYPED, raising=False)
    monkeypatch.setattr("sys.argv", ["/venv/bin/invoke", *shlex.split(typed)])
    assert hints.typed(hint) == shown


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("plan --part minor --package core", "invoke plan --part minor   (without --package)"),
        ("plan --package=core --part minor", "invoke plan --part minor   (without --package)"),
        ("plan --part minor", "unset CONTD_RELEASE_PACKAGE"),
    ],
)
def test_a_repository_with_one_package_needs_no_name(
    typed: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command is printed without the option, or the variable is unset; nothing adds the name again."""
    monkeypatch.delenv(hints.TYPED, raising=False)
    monkeypatch.setenv(hints.PACKAGE, "core")
    monkeypatch.setattr("sys.argv", ["/venv/bin/invoke", *shlex.split(typed)])
    assert hints.typed(hints.for_the_only_package()) == expected


@pytest.mark.parametrize("typed", ["release --part minor --because '' --yes", "release --because= --part minor --yes"])
def test_an_option_gets_another_value(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole command is printed again, with the value that was expected."""
    monkeypatch.delenv(hints.TYPED, raising=False)
    monkeypatch.setattr("sys.argv", ["/venv/bin/invoke", *shlex.split(typed)])
    hint = hints.typed(hints.with_value("--because", "the reason"))
    assert hint == "invoke release --part minor --yes --because 'the reason'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type: invoke status", "type: invoke status --package core"),
        ("then: invoke hotfix.finish", "then: invoke hotfix.finish --package core"),
        ("next: git push, invoke hotfix.finish", "next: git push, invoke hotfix.finish --package core"),
        ("      invoke news 'x', too", "      invoke news --package core 'x', too"),
        ("it is not finished; type: invoke rollback", "it is not finished; type: invoke rollback --package core"),
        ("the notes say: invoke news", "the notes say: invoke news"),
    ],
)
def test_a_line_that_says_what_comes_next_names_the_package(
    text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever words it begins with; other texts stay as they are."""
    monkeypatch.setenv(hints.PACKAGE, "core")
    assert as_named(text) == expected
