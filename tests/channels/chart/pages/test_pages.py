"""The classic chart repository, on a branch of a real git remote."""

from __future__ import annotations

from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from charted import EPOCH, git, look, undo, walk, write
from local_server import listening
from packaging.version import Version
from packed_chart import archive

from contd_release.channels.chart.pages import place, publish, verify, withdraw
from contd_release.channels.readings import Verdict
from contd_release.channels.withdrawal import Rollback
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict, FailedCommand
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Chart, Settings
from contd_release.tools.git import Branch, CommitPushed, File

# Each pushes to a real remote several times.
pytestmark = pytest.mark.slow

TGZ = "demo-1.2.0.tgz"
OTHERS = "apiVersion: v1\nentries:\n  zoo:\n  - name: zoo # theirs\n    version: 3.0.0\n"


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A release whose chart is sealed, of a clone with a bare remote."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    clone, remote = tmp_path / "clone", tmp_path / "remote.git"
    write(clone, {"helm/demo/Chart.yaml": "name: demo\n"})
    git(tmp_path, "init", "-q", "--bare", str(remote))
    git(tmp_path, "init", "-q", "-b", "main", str(clone))
    for key, value in (("user.name", "Ann"), ("user.email", "ann@example.com")):
        git(clone, "config", key, value)
    git(clone, "remote", "add", "origin", str(remote))
    git(clone, "add", "--all")
    git(clone, "commit", "-qm", "Begin")
    chart = Chart("helm/demo", "oci://127.0.0.1:1/charts", pages="gh-pages", pages_folder="charts")
    project = Project(clone, clone / ".git" / "contd-release", "demo", Settings(chart=chart), News())
    found = Release(project, Version("1.2.0"), Version("1.1.0"), git(clone, "rev-parse", "HEAD"), EPOCH)
    found.dist.mkdir(parents=True)
    (found.dist / TGZ).write_bytes(archive({"demo/Chart.yaml": "name: demo\nversion: 1.2.0\n"}))
    mine = artifacts.measured(found.dist / TGZ, "chart")
    artifacts.seal(found.dist, Sealed("demo", "1.2.0", found.base, EPOCH, (mine,)))
    return found


def publish_step(release: Release) -> Step:
    """The step, whose chart was compared with its seal before."""
    return publish.published(release, lambda: None, "invoke release --part patch")


def remote(release: Release) -> Path:
    """The bare remote."""
    return release.project.root.parent / "remote.git"


def branch(release: Release, **files: str) -> None:
    """Commit these files on top of gh-pages of the remote, as somebody else."""
    clone = release.project.root.parent / "somebody"
    if not clone.is_dir():
        git(clone.parent, "clone", "-q", str(remote(release)), str(clone))
        git(clone, "checkout", "-q", "--orphan", "gh-pages")
    else:
        git(clone, "pull", "-q", "origin", "gh-pages")
    write(clone, {path.replace("__", "."): text for path, text in files.items()})
    git(clone, "add", "--all")
    git(clone, "-c", "user.name=B", "-c", "user.email=b@example.com", "commit", "-qm", "theirs")
    git(clone, "push", "-q", "origin", "gh-pages")


def shown(release: Release, path: str = "charts/index.yaml") -> str:
    """A file of the branch."""
    return git(remote(release), "show", f"gh-pages:{path}")


def test_chart_is_published_once(release: Release) -> None:
    """A branch that is missing is made; a second walk makes no commit; and the branch is read back."""
    step = publish_step(release)
    new = "gh-pages of origin is not there: it is made as a new branch"
    assert look(publish.open_to(release, "")) == (State.DONE, new)
    assert look(step) == (State.ABSENT, new)
    assert look(verify.served(release))[0] is State.ABSENT

    walk(release, step)
    walk(release, step, verify.served(release))

    assert git(remote(release), "log", "--format=%s %an %at", "gh-pages") == f"demo 1.2.0 Ann {EPOCH}"
    assert git(remote(release), "ls-tree", "-r", "--name-only", "gh-pages").split() == [
        f"charts/{TGZ}",
        "charts/index.yaml",
    ]
    assert git(remote(release), "rev-parse", f"gh-pages:charts/{TGZ}") == git(
        release.dist, "hash-object", "--no-filters", TGZ
    )
    (reading,) = verify.readings(release)
    assert reading.look().verdict is Verdict.SAME


def test_a_concurrent_push_stays(release: Release) -> None:
    """Somebody pushes between our fetch and our push: both commits are there, ours on top."""
    branch(release, **{"charts/index__yaml": OTHERS})
    act = publish_step(release).act[1]
    pushed: list[tuple[File, ...]] = []
    assert isinstance(act, CommitPushed)

    def changed(found: Branch) -> tuple[File, ...]:
        files = tuple(act.changed(found))
        if not pushed:
            branch(release, **{"charts/index__yaml": OTHERS.replace("3.0.0", "3.1.0")})
        pushed.append(files)
        return files

    replace(act, changed=changed).run(Running(release.logs))

    assert len(pushed) == 2
    assert git(remote(release), "log", "--format=%s", "gh-pages").split("\n") == ["demo 1.2.0", "theirs", "theirs"]
    assert OTHERS.partition("zoo")[2].replace("3.0.0", "3.1.0") in shown(release) + "\n"
    assert look(publish_step(release))[0] is State.DONE


def test_what_is_in_the_way_stops(release: Release) -> None:
    """Another digest, other bytes, and an index that is none: what is there stays."""
    entry = "apiVersion: v1\nentries:\n  demo:\n  - version: 1.2.0\n    digest: abc\n"
    for path, text, why in (
        ("charts/index__yaml", entry, "demo 1.2.0 in index.yaml of gh-pages has sha256 abc, ours is"),
        ("charts/index__yaml", "entries: [", "index.yaml is not valid YAML"),
        ("charts/demo-1__2__0__tgz", "other", "demo-1.2.0.tgz on gh-pages has other bytes than ours"),
    ):
        branch(release, **{"charts/index__yaml": OTHERS})
        branch(release, **{path: text})
        for step in (publish_step(release), publish.open_to(release, "invoke release --part patch")):
            with pytest.raises(Conflict) as error:
                walk(release, step)
            assert why in str(error.value)
    assert git(remote(release), "log", "-1", "--format=%s", "gh-pages") == "theirs"


def test_a_push_without_permission_is_named(release: Release) -> None:
    """The remote refuses: the error has its words, and nothing was changed."""
    hook = remote(release) / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho you may not\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(FailedCommand, match="you may not"):
        walk(release, publish_step(release))

    assert look(publish_step(release))[0] is State.ABSENT


def test_a_chart_without_its_file_is_partial(release: Release) -> None:
    """The entry is there and the file is not: it is put back, and the index stays."""
    walk(release, publish_step(release))
    before = shown(release)
    clone = release.project.root.parent / "cleaner"
    git(clone.parent, "clone", "-q", "-b", "gh-pages", str(remote(release)), str(clone))
    git(clone, "rm", "-q", f"charts/{TGZ}")
    git(clone, "-c", "user.name=B", "-c", "user.email=b@example.com", "commit", "-qm", "clean")
    git(clone, "push", "-q", "origin", "gh-pages")
    assert look(publish_step(release))[0] is State.PARTIAL

    walk(release, publish_step(release))

    assert shown(release) == before


def test_the_public_address_is_read(release: Release) -> None:
    """Index and file are fetched over HTTP; what is not served yet is absent, and other bytes are a conflict."""
    walk(release, publish_step(release))
    served: dict[str, bytes] = {}

    class Pages(BaseHTTPRequestHandler):
        """A host of pages."""

        def do_GET(self) -> None:
            found = served.get(self.path)
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *_: object) -> None:
            pass

    with listening(Pages) as port:
        address = f"http://127.0.0.1:{port}/charts"
        settings = release.project.settings
        assert settings.chart
        chart = replace(settings.chart, pages_url=address)
        project = replace(release.project, settings=replace(settings, chart=chart))
        step = verify.served(replace(release, project=project))
        assert look(step) == (State.ABSENT, f"{address} does not list demo 1.2.0")
        served["/charts/index.yaml"] = shown(release).encode()
        assert look(step)[0] is State.ABSENT
        served[f"/charts/{TGZ}"] = (release.dist / TGZ).read_bytes()
        assert look(step)[0] is State.DONE
        served[f"/charts/{TGZ}"] = b"other"
        with pytest.raises(Conflict, match=r"its file has"):
            look(step)


def test_a_version_is_withdrawn_on_request(release: Release) -> None:
    """Marked, the mark taken back, and removed; the entries of others stay."""
    branch(release, **{"charts/index__yaml": OTHERS})
    walk(release, publish_step(release))
    plain = Rollback(release, "It crashes.")
    assert withdraw.steps(plain) == ()

    (mark,) = withdraw.steps(replace(plain, wishes=frozenset({"deprecate-chart"})))
    assert look(mark)[0] is State.ABSENT
    walk(release, mark)
    assert "deprecated: true" in shown(release)
    undo(release, mark)
    assert "deprecated: true" not in shown(release)
    (gone,) = withdraw.steps(replace(plain, wishes=frozenset({"delete-chart"})))
    walk(release, gone)
    walk(release, gone, mark)

    assert place.looked_at(release) is None
    assert OTHERS in shown(release) + "\n"
    assert git(remote(release), "ls-tree", "-r", "--name-only", "gh-pages") == "charts/index.yaml"
    assert withdraw.row(plain).there == "nothing of this version"
