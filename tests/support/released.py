"""A small project with every channel, its GitHub in a world, and the release workflow run by `act`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.sandbox import remotes
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Check, Job, Run
from contd_release.sandbox.github.store import now
from contd_release.sandbox.world import World

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "contd_release" / "adopt" / "templates" / "release.yml"
STAND_INS = Path(__file__).parent / "actions"
NAME = "contd/contd"
EPOCH = 1_800_000_000
WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"), ("DATE", f"{EPOCH - 3600} +0000"))
}
SETTINGS = f"""
[tool.contd-release]
proof = ["python -c pass"]
[tool.contd-release.github]
repository = "{NAME}"
[tool.contd-release.image]
name = "ghcr.io/{NAME}"
dockerfile = "docker/Dockerfile"
[tool.contd-release.chart]
path = "helm/contd"
registry = "oci://ghcr.io/contd/charts"
"""
BACKEND = '[build-system]\nrequires = []\nbuild-backend = "small_backend"\nbackend-path = ["backend"]\n'
WITHOUT_IMAGE = "image = false\n"


@dataclass(frozen=True)
class Lab:
    """
    One world with one clone of the project.

    Args:
        is_quick: whether a backend in the tree builds in no time, or the example's own, in an environment of its own.
    """

    folder: Path
    world: World
    with_image: bool = True
    is_quick: bool = True

    @property
    def clone(self) -> Path:
        """Where releases are walked."""
        return self.folder / "clone"

    @property
    def remote(self) -> Path:
        """The repository on the world's GitHub."""
        return remotes.make(self.world.part(Forge).remotes, NAME)

    def prepare(self) -> None:
        """Put the project on the world's GitHub, checked and green, and clone it."""
        source = self.folder / "source"
        shutil.copytree(
            ROOT / "examples" / "contd", source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
        )
        text = (source / "pyproject.toml").read_text(encoding="utf-8")
        kept = text[: text.index("[tool.contd-release]")] + SETTINGS
        if self.is_quick:
            ours = text[text.index("[project]") : text.index("[tool.setuptools]")]
            kept = BACKEND + ours + text[text.index("[tool.towncrier]") : text.index("[tool.contd-release]")]
            kept += SETTINGS + "[tool.contd-release.pypi]\nisolated = false\n"
        (source / "pyproject.toml").write_text(kept, encoding="utf-8")
        (source / "docker" / "Dockerfile").write_text("FROM scratch\nCOPY contd /app/contd\n", encoding="utf-8")
        (source / "backend").mkdir()
        shutil.copy(ROOT / "tests" / "small_backend.py", source / "backend")
        (source / ".github" / "workflows").mkdir(parents=True)
        shutil.copy(TEMPLATE, source / ".github" / "workflows" / "release.yml")
        self.git(source, "init", "--quiet", "--initial-branch=main")
        self.git(source, "add", "--all")
        self.git(source, "commit", "--quiet", "-m", "Begin")
        self.git(source, "push", "--quiet", str(self.remote), "HEAD:refs/heads/main")
        head = self.git(source, "rev-parse", "HEAD")
        checks = self.world.part(Forge).place(NAME).shelf(Check)
        checks.put(Check(id=1, created_at=now(), sha=head, name="ci"))
        self.git(self.folder, "clone", "--quiet", str(self.remote), str(self.clone))

    def environment(self, publisher: str) -> dict[str, str]:
        """What the product sees: this world and nothing else."""
        world, account = self.world, self.world.accounts.publisher
        overlay = self.folder / f"overlay-{publisher}.toml"
        image = f'[image]\nname = "{world.registry}/{NAME}"\n' if self.with_image else ""
        overlay.write_text(
            f'publisher = "{publisher}"\n'
            f"{'' if self.with_image else WITHOUT_IMAGE}"
            f'[pypi]\nrepository = "{world.upload_url}"\nindex = "{world.index_url}"\n'
            f'[github]\napi = "{world.api_url}"\nuploads = "{world.uploads_url}"\n'
            f'[chart]\nregistry = "oci://{world.registry}/contd/charts"\nimage = "ghcr.io/{NAME}"\n{image}',
            encoding="utf-8",
        )
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        password = account.password.reveal()
        found = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "SOURCE_DATE_EPOCH": str(EPOCH),
            "CONTD_RELEASE_CONFIG": str(overlay),
            "TWINE_USERNAME": account.user,
            "TWINE_PASSWORD": password,
            "GITHUB_TOKEN": password,
            "CONTD_REGISTRY_USERNAME": account.user,
            "CONTD_REGISTRY_PASSWORD": password,
        }
        # A build in an environment of its own fetches its backend the way this machine does.
        ways = ("PIP_", "UV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
        more = {name: value for name, value in os.environ.items() if name.upper().startswith(ways)}
        return found | WHO | ({} if self.is_quick else more)

    def run(self, *words: str, publisher: str = "here", where: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the product, with no terminal."""
        return subprocess.run(
            (sys.executable, "-P", "-m", "contd_release", *words),
            cwd=where or self.clone,
            env=self.environment(publisher),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def start(self, *words: str, publisher: str) -> subprocess.Popen[str]:
        """Start the product."""
        return subprocess.Popen(
            (sys.executable, "-P", "-m", "contd_release", *words),
            cwd=self.clone,
            env=self.environment(publisher),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def fresh(self, tag: str) -> Path:
        """Another clone, on another machine, at a tag: no journal, nothing built."""
        folder = self.folder / f"fresh-{tag}"
        self.git(self.folder, "clone", "--quiet", str(self.remote), str(folder))
        self.git(folder, "checkout", "--quiet", tag)
        return folder

    def put_run(self, run: Run, *jobs: Job) -> None:
        """Let GitHub have this run, with these jobs."""
        place = self.world.part(Forge).place(NAME)
        place.shelf(Run).put(run)
        for job in jobs:
            place.shelf(Job).put(job)

    def act(self, tag: str) -> subprocess.CompletedProcess[str]:
        """Run the release workflow on a tag to its end."""
        process = self.acting(tag)
        out, _ = process.communicate(timeout=900)
        return subprocess.CompletedProcess(process.args, process.returncode, out)

    def acting(self, tag: str) -> subprocess.Popen[str]:
        """Start the release workflow on a tag, as GitHub does; every action from elsewhere is a local stand-in."""
        commit = self.git(self.remote, "rev-parse", f"{tag}^{{commit}}")
        work, room = self.folder / "act", self.folder / "stand-in"
        shutil.rmtree(work, ignore_errors=True)
        self.git(self.folder, "clone", "--quiet", str(self.remote), str(work))
        self.git(work, "checkout", "--quiet", tag)
        room.mkdir(exist_ok=True)
        event = self.folder / "event.json"
        event.write_text(json.dumps({"ref": f"refs/tags/{tag}", "after": commit}), encoding="utf-8")
        account = self.world.accounts.publisher
        env = self.environment("github-actions") | {
            "STAND_IN_REMOTE": str(self.remote),
            "STAND_IN_FOLDER": str(room),
            "STAND_IN_INDEX": self.world.upload_url,
            "STAND_IN_USER": account.user,
            "STAND_IN_PASSWORD": account.password.reveal(),
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        for name in ("GITHUB_TOKEN", "TWINE_USERNAME", "TWINE_PASSWORD", "SOURCE_DATE_EPOCH"):
            del env[name]
        file = self.folder / "act.env"
        file.write_text("".join(f"{name}={value}\n" for name, value in env.items()), encoding="utf-8")
        machines = ("ubuntu-latest", "ubuntu-24.04", "ubuntu-24.04-arm")
        words = [
            "push",
            *(word for one in machines for word in ("-P", f"{one}=-self-hosted")),
            "--eventpath",
            str(event),
            "--env-file",
            str(file),
        ]
        words += ["--no-skip-checkout", "--secret", f"GITHUB_TOKEN={account.password.reveal()}"]
        words += ["--actor", account.user, "--workflows", ".github/workflows/release.yml"]
        for uses in sorted(set(re.findall(r"uses: ([^/]+/[^@]+@\S+)", TEMPLATE.read_text(encoding="utf-8")))):
            words += ["--local-repository", f"{uses}={STAND_INS / uses.partition('@')[0].rpartition('/')[2]}"]
        return subprocess.Popen(
            ("act", *words),
            cwd=work,
            env={name: env[name] for name in ("PATH", "HOME", "LANG", "XDG_CACHE_HOME")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def sealed(self, version: str = "0.2.0", where: Path | None = None) -> Sealed:
        """What a clone has sealed."""
        found = artifacts.read((where or self.clone) / ".git" / "contd-release" / f"v{version}" / "dist")
        assert found is not None
        return found

    def end_state(self) -> tuple[dict[str, str], list[str]]:
        """Every ref of the remote and every thing that was published; not the runs that published it."""
        effects = sorted(one for one in self.world.ledger.effects() if not one.startswith("run "))
        return remotes.refs(self.remote), effects

    @staticmethod
    def git(where: Path, *words: str) -> str:
        """What git says."""
        env = os.environ | WHO | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(("git", *words), cwd=where, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
