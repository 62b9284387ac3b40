"""What it takes to make the same bytes twice, and to hand over exactly what was announced."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from contd_release.errors import Conflict
from contd_release.process.action import Running
from contd_release.tools import build


def sdist(path: Path, names: tuple[str, ...], *, mtime: int, mode: int = 0o644, owner: str = "ada") -> Path:
    """An sdist as a build backend leaves it on some machine."""
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(f"contd-1.0.0/{name}")
            member.size, member.mtime, member.mode, member.uname = len(name), mtime, mode, owner
            archive.addfile(member, io.BytesIO(name.encode()))
    return path


def test_equal_bytes_from_unequal_machines(tmp_path: Path) -> None:
    """Order, times, owners, group-writable modes and the gzip header do not come into an sdist."""
    one = sdist(tmp_path / "one.tar.gz", ("a.py", "b.py"), mtime=1_700_000_000)
    two = sdist(tmp_path / "two.tar.gz", ("b.py", "a.py"), mtime=1_800_000_000, mode=0o664, owner="bob")
    assert one.read_bytes() != two.read_bytes()
    for path in (one, two):
        build.settle_times(path, 1_790_000_000)
    assert one.read_bytes() == two.read_bytes()
    with tarfile.open(one) as archive:
        assert archive.getnames() == ["contd-1.0.0/a.py", "contd-1.0.0/b.py"]
        assert {(1_790_000_000, 0o644, "")} == {(one.mtime, one.mode, one.uname) for one in archive.getmembers()}


def test_settled_again_it_stays(tmp_path: Path) -> None:
    """A killed build may settle twice."""
    path = sdist(tmp_path / "one.tar.gz", ("a.py",), mtime=1)
    build.settle_times(path, 2)
    before = path.read_bytes()
    build.settle_times(path, 2)
    assert before == path.read_bytes()


def test_a_program_stays_a_program(tmp_path: Path) -> None:
    """The executable bit is the file's own."""
    path = sdist(tmp_path / "one.tar.gz", ("run.sh",), mtime=1, mode=0o775)
    build.settle_times(path, 2)
    with tarfile.open(path) as archive:
        assert archive.getmembers()[0].mode == 0o755


@pytest.mark.parametrize("made", [(), ("a.whl",), ("a.whl", "a.tar.gz", "b.whl")])
def test_other_files_than_announced(tmp_path: Path, made: tuple[str, ...]) -> None:
    """A build that makes less or more than was computed beforehand hands over nothing."""
    folder, dist = tmp_path / "made", tmp_path / "dist"
    folder.mkdir()
    for name in made:
        (folder / name).touch()
    with pytest.raises(Conflict) as caught:
        build.hand_over(folder, dist, ("a.whl", "a.tar.gz"))
    assert f"the build made {', '.join(sorted(made)) or 'nothing'}" == caught.value.what_is
    assert not dist.exists()


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("a-1.2-py3-none-any.whl", "invoke abort   (the package shortens 1.2.0 to 1.2: have it state three numbers, "),
        ("a-9.0.0-py3-none-any.whl", "$EDITOR .bumpversion.toml   (list the file from which the build reads 9.0.0, "),
        ("a-1.2.0-cp311-cp311-linux_x86_64.whl", "$EDITOR pyproject.toml   ([tool.contd-release.pypi] wheels = "),
    ],
)
def test_what_to_type_after_another_wheel(tmp_path: Path, made: str, expected: str) -> None:
    """A wheel of another version is no question of its tag."""
    (tmp_path / made).touch()
    with pytest.raises(Conflict) as caught:
        build.refuse_others(tmp_path, ("a-1.2.0-py3-none-any.whl",))
    assert caught.value.type_next.startswith(expected)


def test_what_was_announced_is_handed_over(tmp_path: Path) -> None:
    """Hidden files of a backend do not count, and nothing stays behind."""
    folder, dist = tmp_path / "made", tmp_path / "dist"
    folder.mkdir()
    for name in ("a.whl", ".gitignore"):
        (folder / name).write_text(name, encoding="utf-8")
    build.hand_over(folder, dist, ("a.whl",))
    assert [path.name for path in dist.iterdir()] == ["a.whl"]
    assert not folder.exists()


def test_a_backend_of_the_source_leaves_nothing_in_it(tmp_path: Path) -> None:
    """Python compiles what it imports, and an sdist of a whole folder would hold that."""
    source = tmp_path / "source"
    (source / "backend").mkdir(parents=True)
    (source / "backend/small_backend.py").write_bytes((Path(__file__).parents[1] / "small_backend.py").read_bytes())
    (source / "README.md").write_text("# Tide\n", encoding="utf-8")
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "small_backend"\nbackend-path = ["backend"]\n'
        '[project]\nname = "tide"\nversion = "1.0"\nrequires-python = ">=3"\n',
        encoding="utf-8",
    )
    build.build(source, tmp_path / "made", {"SOURCE_DATE_EPOCH": "1700000000"}, isolated=False).run(
        Running(tmp_path / "log")
    )
    assert not list(source.rglob("*.pyc"))
