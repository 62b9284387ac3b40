"""What adoption would write: the new text of each file, with the line ends of the old one, and the diff of it all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from contd_release.adopt.tree import Tree
from contd_release.errors import NotReady


@dataclass(frozen=True)
class Change:
    """
    One file that is written, or removed.

    Args:
        before: its bytes now; None if it is not there.
        after: its bytes then; None if it is removed.
    """

    path: str
    before: bytes | None
    after: bytes | None

    def diff(self) -> str:
        """The change as a unified diff."""
        old, new = _lines(self.before), _lines(self.after)
        here = "/dev/null" if self.before is None else f"a/{self.path}"
        there = "/dev/null" if self.after is None else f"b/{self.path}"
        lines = difflib.unified_diff(old, new, here, there)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True)
class Draft:
    """The files as adoption would leave them. Texts have line feeds here, whatever the files have."""

    tree: Tree
    _texts: dict[str, str | None] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        """The text of a file with the edits so far; None if it is not there."""
        return self._texts[path] if path in self._texts else self.tree.text(path)

    def write(self, path: str, text: str) -> None:
        """Give a file this text."""
        self._texts[path] = text

    def take_over(self, path: str, text: str | None) -> None:
        """Give a file the text that it has in another draft; None if it is removed there."""
        self._texts[path] = text

    def edit(self, path: str, function: Callable[[str], str]) -> None:
        """
        Change the text of a file that is there.

        Raises:
            NotReady: it cannot be read as text.
        """
        text = self.text(path)
        if text is None:
            raise NotReady(f"{path} is not UTF-8 text", expected="a file that can be read", type_next=f"file {path}")
        self.write(path, function(text))

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._texts[path] = None

    def changes(self) -> tuple[Change, ...]:
        """
        What differs from the tree, by path.

        Raises:
            NotReady: a file that would change is not UTF-8, or is a link.
        """
        return tuple(self._changes())

    def _changes(self) -> Iterator[Change]:
        for path, text in sorted(self._texts.items()):
            require_inside(self.tree.root / self.tree.above, path, self.tree.root)
            file = self.tree.root / path
            before = file.read_bytes() if file.is_file() else None
            _require_utf_8(path, before or b"")
            after = None if text is None else _with_line_ends(text, before)
            if before != after:
                yield Change(path, before, after)


def require_inside(root: Path, path: str, where: Path | None = None) -> None:
    """
    Refuse to change a link, which may lead anywhere.

    Args:
        where: the folder that the path begins in, if that is not the root.

    Raises:
        NotReady: the path is one, or lies below one.
    """
    file = (where or root) / path
    if not file.parent.resolve().is_relative_to(root.resolve()) or file.is_symlink():
        raise NotReady(
            f"{path} is a link, or lies below one", expected="a file of this repository", type_next=f"ls -l {path}"
        )


def _require_utf_8(path: str, content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotReady(f"{path} is not UTF-8 in line {line}", expected="UTF-8", type_next=f"$EDITOR {path}") from error


def _with_line_ends(text: str, before: bytes | None) -> bytes:
    """The text as bytes: every line that was there keeps its end, new ones get the end that most have."""
    old = (before or b"").decode("utf-8", errors="surrogateescape")
    mark = "\ufeff" if old.startswith("\ufeff") else ""
    if "\r\n" not in old:
        return f"{mark}{text}".encode("utf-8", errors="surrogateescape")
    lines = re.findall(r"[^\n]*\n|[^\n]+$", old.removeprefix("\ufeff"))
    crlf = sum(line.endswith("\r\n") for line in lines)
    end = "\r\n" if crlf * 2 >= len(lines) else "\n"
    plain = [line.replace("\r\n", "\n") for line in lines]
    new = re.findall(r"[^\n]*\n|[^\n]+$", text)
    kept: list[str] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, plain, new, autojunk=False).get_opcodes():
        kept += lines[i1:i2] if tag == "equal" else [re.sub(r"\n$", end, line) for line in new[j1:j2]]
    return f"{mark}{''.join(kept)}".encode("utf-8", errors="surrogateescape")


def _lines(content: bytes | None) -> list[str]:
    text = (content or b"").decode("utf-8", errors="replace").replace("\r\n", "\n")
    return text.splitlines(keepends=True)
