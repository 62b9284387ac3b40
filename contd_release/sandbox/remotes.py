"""Bare git remotes that remember each update of each ref."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.process import files
from contd_release.process.command import Command

_REFUSED: Final = "refused"
_GUARDED: Final = "guarded"
# Git calls it for each ref of a push, after all objects have come, with the ref, its old and its new hash.
_HOOK: Final = """#!/bin/sh
case "$2" in *[!0]*) what=update;; *) what=creation;; esac
case "$3" in *[!0]*) ;; *) what=deletion;; esac
# Patterns are not names of files here.
set -f
if test -e guarded; then
  while read -r kind pattern exclude code why; do
    test "$kind" = "$what" || continue
    case "$1" in $pattern) ;; *) continue;; esac
    for one in $(echo "$exclude" | tr , ' '); do
      case "$1" in $one) continue 2;; esac
    done
    if test "$code" = GH013
    then echo "error: GH013: Repository rule violations found for $1." >&2
    else echo "error: GH006: Protected branch update failed for $1." >&2
    fi
    echo "- $why" >&2
    exit 1
  done < guarded
fi
test -e refused || exit 0
while read -r pattern why; do
  case "$1" in $pattern) echo "$1 is refused: $why" >&2; exit 1;; esac
done < refused
"""


@dataclass(frozen=True)
class Guard:
    """
    A rule that refuses pushes, as GitHub keeps them.

    Args:
        kind: `creation`, `update` or `deletion` of a ref.
        pattern: of whole refs; `*` stands for anything.
        code: `GH006` for a protected branch, `GH013` for a ruleset.
        why: what has to be done instead.
        exclude: patterns of the refs that it is not about.
    """

    kind: str
    pattern: str
    code: str
    why: str
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Update:
    """One update of one ref; `0000…` stands for "was not there" and "is not there any more"."""

    ref: str
    old: str
    new: str


def make(directory: Path, name: str) -> Path:
    """
    The bare repository of this name, made when it is not there.

    Its reflogs are kept for every ref, tags included, so that `updates` can count.
    """
    path = directory / f"{name}.git"
    if not (path / "hooks" / "update").exists():
        _git("init", "--quiet", "--bare", "--initial-branch=main", "--", str(path))
        for key, value in (("core.logAllRefUpdates", "always"), ("gc.auto", "0"), ("receive.advertiseAtomic", "true")):
            _git(f"--git-dir={path}", "config", key, value)
        files.write(path / "hooks" / "update", _HOOK, mode=0o755)
    return path


def fill(remote: Path, root: Path, commit: str, main: str) -> None:
    """
    Push a commit of a clone to the main branch of a remote, and every tag.

    Raises:
        NotReady: the clone lacks history, or git cannot push from it for another reason.
    """
    refs = (f"{commit}:refs/heads/{main}", "refs/tags/*:refs/tags/*")
    answer = Command(("git", "push", "--quiet", str(remote), *refs), cwd=root).ask()
    if answer.code:
        is_shallow = "shallow" in answer.err
        raise NotReady(
            f"git push ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="a clone with its whole history",
            type_next="git fetch --unshallow" if is_shallow else f"git -C {root} fsck",
        )
    _git(f"--git-dir={remote}", "symbolic-ref", "HEAD", f"refs/heads/{main}")


def refuse(remote: Path, ref: str, why: str = "protected") -> None:
    """
    Refuse pushes to this ref, as a protected branch does.

    Args:
        ref: whole, such as `refs/heads/main`; `*` stands for anything.

    Raises:
        Usage: it is not a ref.
    """
    if not re.fullmatch(r"refs/[\w./*-]+", ref):
        raise Usage(f"{ref!r} is not a whole ref", expected="refs/heads/… or refs/tags/…")
    lines = _refusals(remote)
    files.write(remote / _REFUSED, "".join(f"{line}\n" for line in (*lines, f"{ref} {why}")))


def allow(remote: Path, ref: str) -> None:
    """Take a refusal back."""
    lines = [line for line in _refusals(remote) if line.split(" ", 1)[0] != ref]
    files.write(remote / _REFUSED, "".join(f"{line}\n" for line in lines))


def guard(remote: Path, guards: tuple[Guard, ...]) -> None:
    """Let pushes keep these rules from now on, instead of those before."""
    lines = [f"{one.kind} {one.pattern} {','.join(one.exclude) or '-'} {one.code} {one.why}\n" for one in guards]
    files.write(remote / _GUARDED, "".join(lines))


def refs(remote: Path) -> dict[str, str]:
    """Every ref and the hash it names now."""
    output = _git(f"--git-dir={remote}", "for-each-ref", "--format=%(refname) %(objectname)")
    return dict(line.split(" ", 1) for line in output.splitlines())


def updates(remote: Path) -> tuple[Update, ...]:
    """Every update that a ref still there has seen, by ref and in the order they came."""
    logs = remote / "logs" / "refs"
    found = []
    for log in sorted(path for path in logs.rglob("*") if path.is_file()):
        ref = f"refs/{log.relative_to(logs).as_posix()}"
        hashes = (line.split(" ", 2)[:2] for line in log.read_text(encoding="utf-8", errors="replace").splitlines())
        found += [Update(ref, old, new) for old, new in hashes]
    return tuple(found)


def _refusals(remote: Path) -> tuple[str, ...]:
    path = remote / _REFUSED
    return tuple(path.read_text("utf-8").splitlines()) if path.exists() else ()


def _git(*words: str) -> str:
    answer = Command(("git", *words)).ask()
    if answer.code:
        raise Unanswered(f"git {words[0]} ended with {answer.code}: {answer.err.strip()}", expected="a git that works")
    return answer.out
