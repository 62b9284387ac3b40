"""git answers about this clone alone, whatever its user has configured it to say besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.errors import NotReady, Unanswered
from contd_release.tools import git
from tests.conftest import Place
from tests.conftest import git as typed


def committed(place: Place, path: str, text: str) -> str:
    """Commit a file, and return the commit's hash."""
    (place.clone / path).write_text(text, encoding="utf-8")
    typed(place.clone, "add", "--", path)
    typed(place.clone, "commit", "--quiet", "--message", f"Change {path}\n\nAt length.")
    return typed(place.clone, "rev-parse", "HEAD").strip()


def test_a_commit_is_described(place: Place) -> None:
    """Its hash, its parents, its time and the first line of its message."""
    before = typed(place.clone, "rev-parse", "HEAD").strip()
    here = committed(place, "one.txt", "1\n")
    seconds = int(typed(place.clone, "show", "--no-patch", "--format=%ct", here))

    assert git.Commit(here, (before,), seconds, "Change one.txt") == git.described(place.clone)


def test_a_commit_is_described_where_git_is_told_to_show_signatures(place: Place, tmp_path: Path) -> None:
    """`log.showSignature` puts lines of gpg between those that were asked for."""
    program = tmp_path / "gpg"
    program.write_text("#!/bin/sh\necho '[GNUPG:] GOODSIG 1 Ada'\necho 'gpg: Good signature' >&2\n", encoding="utf-8")
    program.chmod(0o755)
    head = typed(place.clone, "cat-file", "commit", "HEAD")
    above, _, below = head.partition("\n\n")
    signed = f"{above}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n =aaaa\n -----END PGP SIGNATURE-----\n\n{below}"
    (tmp_path / "object").write_text(signed, encoding="utf-8")
    made = typed(place.clone, "hash-object", "-t", "commit", "-w", str(tmp_path / "object")).strip()
    typed(place.clone, "config", "log.showSignature", "true")
    typed(place.clone, "config", "gpg.program", str(program))

    assert "gpg: Good signature" in typed(place.clone, "log", "--max-count=1", "--format=%ct", made)
    assert git.described(place.clone, "HEAD").time == git.described(place.clone, made).time


def test_what_is_no_commit_is_not_described(place: Place) -> None:
    """No answer is never an empty one."""
    with pytest.raises(Unanswered, match="nowhere"):
        git.described(place.clone, "nowhere")


def test_a_file_that_was_missing_is_found_when_its_commit_has_come(place: Place, tmp_path: Path) -> None:
    """Texts of a commit are remembered; that one is not there is not, because the commit may still be fetched."""
    typed(tmp_path, "clone", "--quiet", str(place.clone), "other")
    here = committed(place, "two.txt", "2\n")

    assert git.text(tmp_path / "other", here, "two.txt") is None
    typed(tmp_path / "other", "fetch", "--quiet", "origin")

    assert git.text(tmp_path / "other", here, "two.txt") == "2\n"


def test_a_branch_is_read_anew_each_time(place: Place) -> None:
    """Only what a hash names never changes."""
    committed(place, "three.txt", "old\n")
    assert git.text(place.clone, "HEAD", "three.txt") == "old\n"
    committed(place, "three.txt", "new\n")

    assert git.text(place.clone, "HEAD", "three.txt") == "new\n"
    assert "three.txt" in git.names(place.clone, "HEAD")


def test_a_folder_is_no_text(place: Place) -> None:
    """`git show` would list it."""
    assert git.text(place.clone, typed(place.clone, "rev-parse", "HEAD").strip(), "contd") is None


def test_a_remote_that_is_not_there_says_what_to_type(place: Place) -> None:
    """Not what git guesses of a folder of that name."""
    with pytest.raises(NotReady, match="this clone has no remote 'upstream'") as told:
        git.remote(place.clone, "upstream")

    assert told.value.type_next == "git remote add upstream URL"


def test_a_remote_that_does_not_answer_is_unanswered(place: Place) -> None:
    """It is there, and nobody knows what is on it."""
    typed(place.clone, "remote", "set-url", "origin", "/nowhere/at/all")

    with pytest.raises(Unanswered, match="git ls-remote origin ended with 128"):
        git.remote(place.clone, "origin")


def test_files_are_read_together(place: Place) -> None:
    """
    Text, nothing, a folder, a name with spaces, bytes that are no text, an empty file: each by itself is the same.
    """
    (place.clone / "bytes").write_bytes(b"\xff\n9 blob 3\nabc")
    (place.clone / "empty").write_text("", encoding="utf-8")
    here = committed(place, "a name with spaces", "so\n")
    typed(place.clone, "add", "--all")
    typed(place.clone, "commit", "--quiet", "--amend", "--no-edit")
    here = typed(place.clone, "rev-parse", "HEAD").strip()
    names = ("a name with spaces", "no file here", "contd", "bytes", "empty", "two\nlines", "pyproject.toml")
    alone = {name: git.text(place.clone, "HEAD", name) for name in names}
    git.read_ahead(place.clone, here, *names)

    assert alone == {name: git.text(place.clone, here, name) for name in names}
    assert tuple(alone.values())[:6] == ("so\n", None, None, "\ufffd\n9 blob 3\nabc", "", None)


def test_an_unborn_clone_has_no_commit(tmp_path: Path) -> None:
    """It is a clone all the same."""
    typed(tmp_path, "init", "--quiet", "new")

    assert git.Clone(tmp_path / "new", tmp_path / "new" / ".git", "") == git.clone(tmp_path / "new")
