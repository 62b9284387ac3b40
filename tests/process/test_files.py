"""Files are there whole or not at all."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from contd_release.process import files


class Broken(BytesIO):
    """A stream that ends with an error after its first bytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        """The first bytes, once."""
        if piece := super().read(size):
            return piece
        raise ConnectionResetError


def test_the_old_content_stays_until_the_new_is_whole(tmp_path: Path) -> None:
    """A copy that breaks off leaves what was there."""
    path = tmp_path / "folder" / "file"
    files.write(path, "old")
    with pytest.raises(ConnectionResetError):
        files.copy(Broken(b"ne"), path)
    assert path.read_text() == "old"
    assert [path] == list(path.parent.iterdir())
    files.copy(BytesIO(b"new"), path)
    assert path.read_text() == "new"


def test_a_folder_takes_its_name_when_it_is_filled(tmp_path: Path) -> None:
    """Until then the old folder stays, and what a failure or a kill left behind is removed."""
    path, left = tmp_path / "folder", tmp_path / ".folder.half"
    with files.whole_folder(path) as folder:
        (folder / "old").touch()
    with pytest.raises(ConnectionResetError), files.whole_folder(path) as folder:
        (folder / "half").touch()
        raise ConnectionResetError
    assert [one.name for one in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]

    left.mkdir()
    (left / "half").touch()
    with files.whole_folder(path) as folder:
        (folder / "new").touch()
    assert [one.name for one in path.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    """Its mode is set when it is made, not afterwards."""
    files.write(tmp_path / "secret", "x", mode=0o600)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
