"""The website, in real git repositories."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import git_server
import pytest

from contd_release.after.announce.announcement import Announcement
from contd_release.after.website import branch, publication, site
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State
from contd_release.errors import Conflict, FailedCommand, NotReady, Unanswered, Unsettled, Usage
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.project.settings import Github, Settings, Website
from contd_release.tools.git import File
from tests.after.conftest import NOTES, Made

# Each pushes to a website.
pytestmark = pytest.mark.slow

pytest.importorskip("feedgen", reason="the extra `website` is not installed")

ATOM = "{http://www.w3.org/2005/Atom}"


def git(where: Path, *words: str) -> str:
    """What git says."""
    return subprocess.run(("git", *words), cwd=where, check=True, capture_output=True, text=True).stdout.strip()


class Remote:
    """The website's repository, and the maintainer's clone that knows who commits."""

    def __init__(self, folder: Path, made: Made) -> None:
        self.path = folder / "website.git"
        self.made = made
        git(folder, "init", "--quiet", "--bare", str(self.path))
        root = made.folder / "root"
        root.mkdir(parents=True)
        git(root, "init", "--quiet")
        git(root, "config", "user.name", "Ada")
        git(root, "config", "user.email", "ada@example.org")

    def announcement(self, version: str, notes: str = NOTES, **settings: str) -> Announcement:
        """A verified release of a project with this website."""
        pages = Website(repository=str(self.path), url="https://example.org/contd", **settings)
        release = self.made.release(version, Settings(website=pages, github=Github("owner/contd")))
        return Announcement(self.made.verified(release, "pypi"), lambda: notes, "", ("pypi",))

    def publish(self, version: str, notes: str = NOTES, **settings: str) -> Release:
        """Walk the step."""
        announcement = self.announcement(version, notes, **settings)
        self.made.walk(announcement.release, publication.site_published(announcement))
        return announcement.release

    def state(self, version: str) -> State:
        """What the step says."""
        return publication.site_published(self.announcement(version)).observe().state

    def text(self, path: str) -> str:
        """A file on the branch."""
        return git(self.path, "show", f"gh-pages:{path}")

    def json(self, path: str) -> Any:
        """A JSON file on the branch."""
        return json.loads(self.text(path))

    @property
    def commits(self) -> list[str]:
        """The subjects of the commits on the branch, oldest first."""
        return git(self.path, "log", "--reverse", "--format=%s", "gh-pages").splitlines()


@pytest.fixture
def remote(tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """An empty repository for the website."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Remote(tmp_path, made)


def test_first_release_makes_the_site(remote: Remote) -> None:
    """An empty repository gets one commit with page, list, feed and latest; a second walk makes none."""
    assert State.ABSENT is remote.state("1.2.0")

    remote.publish("1.2.0")
    remote.publish("1.2.0")

    assert State.DONE is remote.state("1.2.0")
    assert remote.commits == ["contd 1.2.0"]
    assert git(remote.path, "ls-tree", "-r", "--name-only", "gh-pages").splitlines() == [
        "1.2.0/index.html",
        "feed.xml",
        "latest.json",
        "releases.json",
    ]
    latest = remote.json("latest.json")
    assert (latest["version"], latest["artifacts"][0]["sha256"]) == ("1.2.0", "a" * 64)
    assert remote.json("releases.json")["releases"][0]["link"] == "https://github.com/owner/contd/releases/tag/v1.2.0"
    assert git(remote.path, "log", "-1", "--format=%an <%ae>", "gh-pages") == "Ada <ada@example.org>"
    page = remote.text("1.2.0/index.html")
    assert "<h1>contd 1.2.0</h1>" in page
    assert "<li>Ledgers can be kept in a file (#12)</li>" in page


def test_hotfix_of_an_old_line_does_not_move_latest_back(remote: Remote) -> None:
    """Two lines of history: the list is in order, and latest stays the highest final one."""
    for version in ("1.2.0", "2.0.0", "1.2.1", "2.1.0rc1"):
        remote.publish(version)

    assert remote.json("latest.json")["version"] == "2.0.0"
    assert [one["version"] for one in remote.json("releases.json")["releases"]] == [
        "2.1.0rc1",
        "2.0.0",
        "1.2.1",
        "1.2.0",
    ]
    assert remote.commits == ["contd 1.2.0", "contd 2.0.0", "contd 1.2.1", "contd 2.1.0rc1"]


def test_order_does_not_matter(tmp_path: Path, remote: Remote) -> None:
    """The same releases in another order end in the same files, byte for byte."""
    other = tmp_path / "other"
    other.mkdir()
    second = Remote(other, Made(other / "clone"))
    for version in ("1.2.0", "2.0.0", "1.2.1"):
        remote.publish(version)
    for version in ("2.0.0", "1.2.1", "1.2.0"):
        second.publish(version)

    assert git(remote.path, "rev-parse", "gh-pages^{tree}") == git(second.path, "rev-parse", "gh-pages^{tree}")


def test_others_files_stay(remote: Remote, tmp_path: Path) -> None:
    """What else is on the branch is kept as it is, outside the folder and inside."""
    clone = tmp_path / "somebody"
    git(tmp_path, "clone", "--quiet", str(remote.path), str(clone))
    git(clone, "checkout", "--quiet", "-b", "gh-pages")
    (clone / "docs").mkdir()
    (clone / "docs" / "index.html").write_text("<h1>mine</h1>")
    (clone / "CNAME").write_text("example.org\n")
    git(clone, "add", ".")
    git(clone, "-c", "user.name=B", "-c", "user.email=b@example.org", "commit", "--quiet", "-m", "mine")
    git(clone, "push", "--quiet", "origin", "gh-pages")

    remote.publish("1.2.0", folder="docs/releases")

    assert remote.commits == ["mine", "contd 1.2.0"]
    assert remote.text("docs/index.html") == "<h1>mine</h1>"
    assert remote.json("docs/releases/latest.json")["version"] == "1.2.0"


def test_link_in_the_site_is_not_followed(remote: Remote, tmp_path: Path) -> None:
    """A symbolic link where our page goes is replaced in the commit; nothing is written through it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    clone = tmp_path / "somebody"
    git(tmp_path, "clone", "--quiet", str(remote.path), str(clone))
    git(clone, "checkout", "--quiet", "-b", "gh-pages")
    (clone / "1.2.0").symlink_to(outside)
    git(clone, "add", ".")
    git(clone, "-c", "user.name=B", "-c", "user.email=b@example.org", "commit", "--quiet", "-m", "trap")
    git(clone, "push", "--quiet", "origin", "gh-pages")

    remote.publish("1.2.0")

    assert list(outside.iterdir()) == []
    assert "<h1>contd 1.2.0</h1>" in remote.text("1.2.0/index.html")


def test_somebody_else_was_faster(remote: Remote, tmp_path: Path) -> None:
    """A push between our look and ours is fetched, and both releases are there; nothing is forced."""
    remote.publish("1.2.0")
    _hook(remote, tmp_path, times=1)

    remote.publish("1.3.0")

    assert remote.commits == ["contd 1.2.0", "meanwhile", "contd 1.3.0"]
    assert remote.json("latest.json")["version"] == "1.3.0"


def test_somebody_else_is_always_faster(remote: Remote, tmp_path: Path) -> None:
    """After five times it is said, and nothing was lost."""
    remote.publish("1.2.0")
    _hook(remote, tmp_path, times=9)

    with pytest.raises(Unsettled, match="somebody else pushed to the website 5 times"):
        remote.publish("1.3.0")

    assert ["contd 1.2.0", *["meanwhile"] * 5] == remote.commits


def test_refused_push_is_told(remote: Remote) -> None:
    """A remote that does not take the push is a failed command with the log, not an endless loop."""
    remote.publish("1.2.0")
    hook = remote.path / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho no room for you\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(FailedCommand, match="no room for you"):
        remote.publish("1.3.0")

    assert State.ABSENT is remote.state("1.3.0")


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the argv of every process in /proc")
def test_login_in_the_remotes_url_is_shown_nowhere(remote: Remote) -> None:
    """
    A website on a branch of the project's own repository, whose URL has a password: published, refused, never shown.
    """
    root, hook = remote.made.folder / "root", remote.path / "hooks" / "pre-receive"
    settings = Settings(website=Website(url="https://example.org/contd"), github=Github("owner/contd"))

    def walk(version: str) -> None:
        release = remote.made.verified(remote.made.release(version, settings), "pypi")
        announcement = Announcement(release, lambda: NOTES, "", ("pypi",))
        remote.made.walk(release, publication.site_published(announcement))

    with git_server.serving(remote.path.parent) as server:
        git(remote.path, "config", "http.receivepack", "true")
        git(root, "remote", "add", "origin", server.url(remote.path.name))
        walk("1.2.0")
        hook.write_text(f"#!/bin/sh\necho no, {server.password}\nexit 1\n")
        hook.chmod(0o755)
        with pytest.raises(FailedCommand, match="pre-receive hook declined") as refused:
            walk("1.3.0")

    assert remote.commits == ["contd 1.2.0"]
    assert not server.shown_in(str(refused.value))
    logs = [path for path in remote.made.folder.rglob("*") if path.is_file() and path != root / ".git" / "config"]
    assert [path for path in logs if server.shown_in(path.read_text(errors="replace"))] == []
    assert set() == server.seen


def test_lost_answer_of_the_push_is_no_second_commit(remote: Remote) -> None:
    """The push arrived and its answer did not: the world says that it is done."""
    hook = remote.path / "hooks" / "post-receive"
    hook.write_text("#!/bin/sh\nkill -9 $PPID\n")
    hook.chmod(0o755)

    remote.publish("1.2.0")
    remote.publish("1.2.0")

    assert remote.commits == ["contd 1.2.0"]


def test_states(remote: Remote, tmp_path: Path) -> None:
    """Partial when a page is gone, a conflict when another commit has our version, unanswered when nobody is there."""
    announcement = remote.announcement("1.2.0")
    remote.publish("1.2.0")
    with branch.looked_at(announcement.release.project) as found:
        emptied = found.commit([File("x", "")], "x", {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a",
                               "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a"})  # fmt: skip
        assert emptied
    clone = tmp_path / "somebody"
    git(tmp_path, "clone", "--quiet", "-b", "gh-pages", str(remote.path), str(clone))
    git(clone, "rm", "--quiet", "-r", "1.2.0")
    git(clone, "-c", "user.name=B", "-c", "user.email=b@example.org", "commit", "--quiet", "-m", "clean up")
    git(clone, "push", "--quiet", "origin", "gh-pages")
    assert State.PARTIAL is remote.state("1.2.0")
    remote.publish("1.2.0")
    assert State.DONE is remote.state("1.2.0")

    seal = announcement.release.dist / "artifacts.json"
    seal.write_text(seal.read_text().replace("0" * 40, "1" * 40))
    assert (
        publication.site_published(announcement).observe().detail
    ) == "gh-pages has 1.2.0 of 000000000000, ours is 111111111111"
    with pytest.raises(Conflict):
        remote.made.walk(announcement.release, publication.site_published(announcement))

    remote.path.rename(tmp_path / "gone")
    with pytest.raises(Unanswered):
        publication.site_published(announcement).observe()


def test_nothing_unverified_is_published(remote: Remote) -> None:
    """The website is an announcement: without the verification there is no commit."""
    announcement = replace(remote.announcement("1.2.0"), channels=("pypi", "image"))

    with pytest.raises(NotReady, match="not verified on image"):
        remote.made.walk(announcement.release, publication.site_published(announcement))

    assert git(remote.path, "branch", "--list") == ""


def test_withdrawn_release_says_so(remote: Remote) -> None:
    """The page, the feed and the list say why; latest goes back to what is good; undone, all is as before."""
    remote.publish("1.2.0")
    before = git(remote.path, "rev-parse", "gh-pages^{tree}")
    release = remote.publish("1.3.0")
    with_both = git(remote.path, "rev-parse", "gh-pages^{tree}")
    step = publication.withdrawn(release, "It loses ledgers. Use 1.3.1.")
    assert State.ABSENT is step.observe().state

    remote.made.walk(release, step)
    remote.made.walk(release, step)

    assert remote.json("latest.json")["version"] == "1.2.0"
    assert "It loses ledgers. Use 1.3.1." in remote.text("1.3.0/index.html")
    assert "contd 1.3.0 (withdrawn)" in remote.text("feed.xml")
    assert remote.commits == ["contd 1.2.0", "contd 1.3.0", "contd 1.3.0 is withdrawn"]
    Checklist((step,)).undo(lambda event: None, Running(release.logs))
    assert with_both == git(remote.path, "rev-parse", "gh-pages^{tree}") != before


def test_withdrawing_what_never_was_there(remote: Remote) -> None:
    """A release that the site never had needs no word, and makes no commit."""
    remote.publish("1.2.0")
    step = publication.withdrawn(remote.announcement("1.9.0").release, "no")

    assert State.DONE is step.observe().state


def test_only_withdrawn_release_is_nobodys_latest(remote: Remote) -> None:
    """When the only release is withdrawn, latest.json names none."""
    release = remote.publish("1.2.0")
    remote.made.walk(release, publication.withdrawn(release, "no"))

    assert None is remote.json("latest.json")["version"]


def test_feed_is_atom(remote: Remote) -> None:
    """The feed parses, has an id and a date for each release, and carries the notes as escaped HTML."""
    remote.publish("1.2.0")
    remote.publish("1.3.0rc1", "<script>alert(1)</script> \x00\x1b[31m\u202e")

    feed = ET.fromstring(remote.text("feed.xml"))  # noqa: S314

    entries = feed.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}id") for one in entries] == [
        "https://example.org/contd/1.3.0rc1/",
        "https://example.org/contd/1.2.0/",
    ]
    assert str(feed.findtext(f"{ATOM}updated")) < "2026-09-21T14:13:20"
    assert "&lt;script&gt;" in str(entries[0].findtext(f"{ATOM}content"))


def test_somebody_elses_site_is_not_touched(remote: Remote, tmp_path: Path) -> None:
    """A `releases.json` of another project, or of another kind, is a conflict that says so."""
    remote.publish("1.2.0")
    other = remote.announcement("1.2.0")
    renamed = replace(other.release, project=replace(other.release.project, name="other"))

    with pytest.raises(Conflict, match=r"releases.json of the website belongs to 'contd'"):
        publication.site_published(replace(other, release=renamed)).observe()
    for text in ("[]", "{}", "no", '{"project": "contd", "releases": [{"version": "../x"}]}'):
        with pytest.raises(Conflict, match=r"releases.json of the website cannot be read"):
            site.read("contd", "", text)


@pytest.mark.parametrize(
    "repository",
    [
        "ext::sh -c touch% /tmp/x",
        "--upload-pack=x",
        "https://u:pw-canary@h/x",
        "ssh://u:canary@h/x",
        "http://h/x",
        "git://h/x",
        "a\nb",
    ],
)
def test_hostile_repository_is_refused(repository: str, remote: Remote) -> None:
    """
    An option, a transport that runs programs, an unencrypted one, or a password is no address, and is not repeated.
    """
    found = remote.announcement("1.2.0")
    settings = replace(found.release.project.settings, website=Website(repository=repository))
    release = replace(found.release, project=replace(found.release.project, settings=settings))

    with pytest.raises(Usage, match=r"is not the address of a git repository|cannot be used") as caught:
        publication.site_published(replace(found, release=release)).observe()
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("folder", ["../x", "/etc", "a/../../b", ".git/hooks"])
def test_hostile_folder_is_refused(folder: str, remote: Remote) -> None:
    """A folder that leaves the repository is refused before anything is asked."""
    with pytest.raises(Usage, match="folder is"):
        remote.publish("1.2.0", folder=folder)


def test_folder_of_this_repository(remote: Remote) -> None:
    """Without a repository the website is a branch of the project's own remote; nothing else of it moves."""
    root = remote.made.folder / "root"
    git(root, "remote", "add", "origin", str(remote.path))
    git(root, "commit", "--quiet", "--allow-empty", "-m", "code")
    git(root, "push", "--quiet", "origin", "HEAD:refs/heads/main")
    announcement = remote.announcement("1.2.0")
    settings = replace(announcement.release.project.settings, website=Website(branch="pages", folder="docs"))
    release = replace(announcement.release, project=replace(announcement.release.project, settings=settings))

    remote.made.walk(release, publication.site_published(replace(announcement, release=release)))

    assert git(remote.path, "log", "--format=%s", "main") == "code"
    assert git(remote.path, "log", "--format=%s", "pages") == "contd 1.2.0"
    assert "urn:contd-release:contd:1.2.0" in git(remote.path, "show", "pages:docs/feed.xml")
    assert git(root, "status", "--porcelain") == ""


def test_plan_says_what_would_happen(remote: Remote) -> None:
    """The act prints itself: what is committed, where."""
    step = publication.site_published(remote.announcement("1.2.0"))

    assert [f"commit 'contd 1.2.0' to gh-pages of {remote.path}, and push it"] == [str(one) for one in step.act]


def _hook(remote: Remote, tmp_path: Path, times: int) -> None:
    """Somebody who commits to the branch whenever a push arrives, so many times."""
    left = tmp_path / "left"
    left.write_text("x" * times)
    hook = remote.path / "hooks" / "pre-receive"
    hook.write_text(
        "#!/bin/sh\n"
        f"test -s {left} || exit 0\n"
        f"printf %s \"$(tail -c +2 {left})\" > {left}.new && mv {left}.new {left}\n"
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        "export GIT_AUTHOR_NAME=B GIT_AUTHOR_EMAIL=b GIT_COMMITTER_NAME=B GIT_COMMITTER_EMAIL=b\n"
        "new=$(git commit-tree -p gh-pages -m meanwhile 'gh-pages^{tree}')\n"
        "git update-ref refs/heads/gh-pages $new\n"
    )  # fmt: skip
    hook.chmod(0o755)
