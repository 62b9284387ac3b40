"""What the RUN lines of a Dockerfile do: the programs that they start, and what these need beyond the base image."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Final

from contd_release.tools.builders.dockerfile import Instruction, Stage

# What every base has that can run anything: the shell's own words, the core utilities, and users and groups.
_PLAIN: Final = frozenset(
    ": . [ [[ addgroup adduser basename break case cat cd chgrp chmod chown cp cut date dirname do done echo elif else "
    "env esac exit export false fi find for grep groupadd head id if install ln ls mkdir mktemp mv printf pwd read rm "
    "rmdir sed set sh shift sleep sort stat tail tee test then touch tr true umask uname unset until useradd usermod "
    "wait wc while".split()
)
_WORDS_OF_THE_SHELL: Final = frozenset("if then elif else while until do ! { ( exec time".split())
# What fetches from anywhere; package managers and container registries are not among them.
_FETCHING: Final = frozenset("aria2c axel curl ftp git hg http lftp nc ncat rsync scp sftp ssh svn telnet wget".split())


def runs(stages: tuple[Stage, ...]) -> Iterator[tuple[Stage, Instruction]]:
    """Every RUN line, with its stage."""
    for stage in stages:
        yield from ((stage, one) for one in stage.instructions if one.keyword == "RUN")


def programs(run: Instruction) -> tuple[str, ...]:
    """The programs that a RUN line starts, by their names."""
    return tuple(words[0].rpartition("/")[2] for words in commands(run))


def commands(run: Instruction) -> Iterator[list[str]]:
    """The commands of a RUN line, each as words."""
    text = re.sub(r"^(?:--\w+=\S+\s+)+", "", run.value)
    if text.startswith("["):
        try:
            yield [str(word) for word in json.loads(text)]
        except ValueError:
            yield text.split()
        return
    for part in _parts(text):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            words = part.split()
        while words and (words[0] in _WORDS_OF_THE_SHELL or re.match(r"\w+=", words[0])):
            words = words[1:]
        if words and not re.match(r"[<>0-9]", words[0]):
            yield words
    # What the shell runs to fill in its output, in quotes or not.
    yield from ([name] for name in re.findall(r"(?:\$\(|`)\s*([\w./-]+)", text))


def beyond_plain(run: Instruction) -> str:
    """A program that not every base has; empty if the line needs none."""
    return next((one for one in programs(run) if one not in _PLAIN and not one.startswith("$")), "")


def fetching(stage: Stage) -> Instruction | None:
    """The first line that fetches something from the network that is no package."""
    for one in stage.instructions:
        if one.keyword == "RUN" and _FETCHING.intersection(programs(one)):
            return one
        if one.keyword == "ADD" and re.search(r"(?:^|\s)(?:https?://|git@|git://|ssh://)", one.value):
            return one
    return None


def installs(run: Instruction, name: str) -> bool:
    """
    Whether a RUN line installs this package from a package index.

    Args:
        name: as an index spells it.
    """
    for words in commands(run):
        if not re.match(r"(pip[0-9.]*|pipx|uv|python[0-9.]*|poetry|pdm|rye|hatch)$", words[0].rpartition("/")[2]):
            continue
        verbs = [at for at, word in enumerate(words) if word in ("install", "add", "sync", "tool")]
        local = any(word.startswith(("--no-index", "--find-links", "-f")) for word in words)
        if verbs and not local and any(_is_package(word, name) for word in words[verbs[0] + 1 :]):
            return True
    return False


def _is_package(word: str, name: str) -> bool:
    match = re.match(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?(?:\s*(?:[=<>~!@;]|$).*)?$", word)
    if match is None or " @ ." in word or word.endswith((".whl", ".gz", ".zip")):
        return False
    return re.sub(r"[-_.]+", "-", match[1]).lower() == name


def _parts(text: str) -> list[str]:
    """The commands between `&&`, `||`, `;`, `|` and line ends, none of which is in quotes."""
    parts, quote = [""], ""
    for at, character in enumerate(text):
        if quote:
            quote = "" if character == quote and text[at - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        elif character in ";|\n" or (character == "&" and text[at - 1 : at] != ">" and text[at + 1 : at + 2] != ">"):
            parts.append("")
            continue
        parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
