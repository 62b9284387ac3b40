"""The few questions that the files do not answer, and the answers that a person, or `--answer`, gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from contd_release.errors import Usage


@dataclass(frozen=True)
class Question:
    """
    One question.

    Args:
        key: what `--answer KEY=VALUE` calls it.
        choices: what can be answered; empty if any text can.
        default: the answer of `--yes`, and of Enter.
        reason: why it is asked, and why the default is what it is.
    """

    key: str
    text: str
    default: str
    reason: str = ""
    choices: tuple[str, ...] = ()


Asking: TypeAlias = Callable[[Question], str]


@dataclass(frozen=True)
class Answers:
    """
    The answers of one adoption, each asked for once.

    Args:
        given: by the options of the call.
        ask: asks a person; gives the default if there is no terminal.
        scope: what the keys begin with, where the questions are about one of several packages: `cli.`.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    ask: Asking = field(default=lambda question: question.default)
    asked: dict[str, tuple[Question, str]] = field(default_factory=dict)
    scope: str = ""

    def of_package(self, name: str) -> Answers:
        """The answers for one of several packages: `cli.image=…` is for cli alone, `image=…` for every package."""
        own = {key.removeprefix(f"{name}."): value for key, value in self.given.items() if key.startswith(f"{name}.")}
        return replace(self, given={**self.given, **own}, scope=f"{name}.")

    def of(self, question: Question) -> str:
        """
        The answer to a question.

        Raises:
            Usage: it is none of its choices.
        """
        key, scoped = question.key, f"{self.scope}{question.key}"
        if scoped in self.given or key not in self.given:
            question = replace(question, key=scoped)
        if question.key not in self.asked:
            answer = self.given[key] if key in self.given else self.ask(question)
            if question.choices and answer not in question.choices:
                raise Usage(
                    f"{answer!r} is no answer to {question.key!r}: {question.text}",
                    expected=", ".join(question.choices[:20]),
                    type_next=f"contd-release adopt --answer {question.key}={question.choices[0]}",
                )
            self.asked[question.key] = (question, answer)
        return self.asked[question.key][1]

    def is_yes(self, question: Question) -> bool:
        """Whether the answer to a question of yes and no is yes."""
        return self.of(question) == "yes"

    def refuse_unknown(self) -> None:
        """
        Refuse answers to questions that were not asked.

        Raises:
            Usage: there are some.
        """
        if unknown := sorted(self.given.keys() - self.asked.keys()):
            raise Usage(
                f"there was no question {', '.join(map(repr, unknown))}",
                expected=", ".join(sorted(self.asked)) or "no answer: there was no question",
                type_next="contd-release adopt",
            )
