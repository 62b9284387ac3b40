"""
What is proved is the released tree, whatever the environment of the person who releases it has installed.
"""

from __future__ import annotations

import shutil
import subprocess
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import needed
import pytest

from contd_release.process.running import environment
from contd_release.tools.python import overlay
from tests.conftest import Said

if TYPE_CHECKING:
    from tests.conftest import Place

PROVE = "import contd\n\n\ndef test():\n    assert contd.ANSWER == 'right'\n\n\ntest()\n"
NOXFILE = """
import nox

nox.options.reuse_existing_virtualenvs = True


@nox.session(venv_backend={backend!r})
def prove(session):
    {install}
    session.run("python", "prove.py", external=True)
"""


class Maintainer:
    """
    The person who releases: an environment of their own, with an editable installation of their working tree.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.environment = place.directory / "maintainer"
        venv.create(self.environment, symlinks=True)
        overlay.show_packages(self.environment, ())
        [self.site] = self.environment.glob("lib/python*/site-packages")
        install(self.site, "0.1.5", place.clone / "src", editable=place.clone)

    @property
    def python(self) -> Path:
        """
        The Python of the environment.
        """
        return self.environment / "bin" / "python"

    def release(self, *words: str) -> Said:
        """
        Build and prove the next release, with the environment activated.
        """
        env = self.place.environment()
        env["PATH"] = f"{self.environment / 'bin'}:{env['PATH']}"
        argv = (str(self.python), "-P", "-m", "contd_release", "build", "--part", "minor", *words)
        done = subprocess.run(
            argv, cwd=self.place.clone, env=env, capture_output=True, text=True, timeout=120, check=False
        )
        return Said(done.returncode, done.stdout, done.stderr)


def install(site: Path, version: str, path: Path, editable: Path | None = None) -> None:
    """
    Install contd as an editable installation does: a path, metadata, and where both are from.
    """
    info = site / f"contd-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: contd\nVersion: {version}\n", encoding="utf-8")
    (info / "RECORD").write_text("contd.pth,,\n", encoding="utf-8")
    (site / "contd.pth").write_text(f"{path}\n", encoding="utf-8")
    if editable:
        url = f'{{"url": "{editable.as_uri()}", "dir_info": {{"editable": true}}}}'
        (info / "direct_url.json").write_text(url, encoding="utf-8")


@pytest.fixture
def maintainer(release: Place) -> Maintainer:
    """
    A project in the src layout, whose released commit gives the wrong answer, and the working tree the right one.
    """
    (release.clone / "src").mkdir()
    release.git("mv", "contd", "src/contd")
    release.replace(".bumpversion.toml", 'filename = "contd/', 'filename = "src/contd/')
    release.write("prove.py", PROVE)
    release.write("Makefile", "prove:\n\tpython prove.py\n")
    answers(release, "wrong")
    release.publish()
    return Maintainer(release)


def answers(place: Place, answer: str) -> None:
    """
    Let the package of the working tree give this answer.
    """
    path = place.clone / "src/contd/__init__.py"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "ANSWER" not in line]
    path.write_text("\n".join((*lines, f'ANSWER = "{answer}"', "")), encoding="utf-8")


def proof(place: Place, line: str, more: str = "") -> None:
    """
    Let the released commit be proved with this line.
    """
    place.replace("pyproject.toml", 'proof = ["python -c pass"]', f"proof = ['{line}']\n{more}")
    place.publish()


COMMANDS = [
    "python prove.py",
    *(
        pytest.param(line, marks=pytest.mark.slow)
        for line in ("python3 -m prove", "pytest -q -p no:cacheprovider prove.py", "make prove")
    ),
]


@pytest.mark.parametrize("line", COMMANDS)
def test_the_maintainers_working_tree_is_not_what_passes(maintainer: Maintainer, line: str) -> None:
    """
    The fix is in the working tree and not in the commit: the proof fails, however the package is imported.
    """
    proof(maintainer.place, line)
    answers(maintainer.place, "right")
    said = maintainer.release()
    assert said.code == 7, said.text
    assert f"{line} failed on the tree that would be released" in said.err
    assert "AssertionError" in said.err


@pytest.mark.parametrize("line", COMMANDS)
def test_the_maintainers_working_tree_is_not_what_fails(maintainer: Maintainer, line: str) -> None:
    """
    The commit is right, and the working tree is being changed: the proof passes.
    """
    answers(maintainer.place, "right")
    proof(maintainer.place, line)
    answers(maintainer.place, "wrong")
    said = maintainer.release()
    assert said.code == 0, said.text
    assert f"the released tree passes {line}" in said.out


def test_a_nox_session_without_an_environment(maintainer: Maintainer) -> None:
    """
    It runs in the environment around it, which has the working tree: what it passed on is not what is released.
    """
    maintainer.place.write("noxfile.py", NOXFILE.format(backend="none", install="pass"))
    answers(maintainer.place, "right")
    proof(maintainer.place, "nox -s prove")
    said = maintainer.release()
    assert said.code == 7, said.text
    assert "prove passed without an environment of its own" in said.err
    assert f"contd is installed from {maintainer.place.clone}" in said.err


@pytest.mark.slow
def test_a_nox_session_with_an_environment(maintainer: Maintainer) -> None:
    """
    It installs the released tree; an environment that nox has kept from an earlier release is not used again.
    """
    maintainer.place.write("noxfile.py", NOXFILE.format(backend="venv", install="session.install('.', '-q')"))
    proof(maintainer.place, "nox -s prove")
    answers(maintainer.place, "right")
    kept = maintainer.place.cache / "contd-release"
    said = maintainer.release()
    assert said.code == 7, said.text
    assert "AssertionError" in said.err
    maintainer.place.say("abort")
    maintainer.place.publish("Answer right")
    said = maintainer.release()
    assert said.code == 0, said.text
    [environment] = kept.glob("*/nox/prove")
    maintainer.place.say("abort")
    shutil.rmtree(next(environment.glob("lib/python*/site-packages/contd")))
    [info] = environment.glob("lib/python*/site-packages/contd-0.2.0.dist-info")
    shutil.rmtree(info)
    install(info.parent, "0.1.0", maintainer.place.clone / "src")
    maintainer.place.write("noxfile.py", NOXFILE.format(backend="venv", install="pass"))
    maintainer.place.publish()
    said = maintainer.release()
    assert said.code == 7, said.text
    assert "the environments of nox have no earlier contd" in said.out
    assert "No module named 'contd'" in said.err


def test_a_program_of_another_environment(maintainer: Maintainer) -> None:
    """
    A script that another Python runs proves what that one has installed: it is not run.
    """
    other = maintainer.place.directory / "other"
    venv.create(other, symlinks=True)
    [site] = other.glob("lib/python*/site-packages")
    install(site, "0.1.5", maintainer.place.clone / "src", editable=maintainer.place.clone)
    program = maintainer.environment / "bin" / "prove-it"
    program.write_text(f"#!{other / 'bin' / 'python'}\nimport contd\n", encoding="utf-8")
    program.chmod(0o755)
    proof(maintainer.place, "prove-it")
    said = maintainer.release()
    assert said.code == 7, said.text
    assert f"{program} runs with {other / 'bin' / 'python'}, where contd is installed from" in said.err


@pytest.mark.slow
def test_only_what_an_extra_requires(maintainer: Maintainer) -> None:
    """
    With proof-extras the environment has what those require, and not what the maintainer has besides.
    """
    answers(maintainer.place, "right")
    extra = '[project.optional-dependencies]\nproof = []\n[tool.contd-release]\nproof-extras = ["proof"]\n'
    maintainer.place.replace("pyproject.toml", "[tool.contd-release]\n", extra)
    proof(maintainer.place, "python prove.py")
    said = maintainer.release()
    assert said.code == 0, said.text
    maintainer.place.say("abort")
    maintainer.place.replace("pyproject.toml", "python prove.py", "python -m invoke --version")
    maintainer.place.publish()
    said = maintainer.release()
    assert said.code == 7, said.text
    assert "No module named invoke" in said.err


def test_a_requirement_that_the_maintainer_does_not_have(maintainer: Maintainer, tmp_path: Path) -> None:
    """
    The package cannot be imported with what is installed here: that is said before the proof runs.
    """
    needed.wheel(tmp_path)
    maintainer.place.env.update({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"})
    path = maintainer.place.clone / "src/contd/__init__.py"
    path.write_text(f"{path.read_text(encoding='utf-8')}\nimport needed\n", encoding="utf-8")
    maintainer.place.replace("pyproject.toml", "[project]\n", '[project]\ndependencies = ["needed"]\n')
    maintainer.place.publish()
    said = maintainer.release()
    assert said.code == 7, said.text
    assert "contd is installed for the proof and cannot be imported:" in said.err
    assert "No module named 'needed'" in said.err


@pytest.mark.slow
def test_the_environment_is_kept_for_a_continued_release(maintainer: Maintainer) -> None:
    """
    A proof that failed for a passing reason runs again in the environment that is there; abort removes it.
    """
    answers(maintainer.place, "right")
    maintainer.place.write("flaky.py", "import os, sys\nsys.exit(not os.path.exists(os.environ['HOME'] + '/mended'))\n")
    proof(maintainer.place, "python flaky.py")
    assert maintainer.release().code == 7
    [environment] = maintainer.place.cache.glob("contd-release/*/v0.2.0-proof")
    (environment / "kept").touch()
    (maintainer.place.directory / "home" / "mended").touch()
    assert maintainer.release().code == 0
    assert (environment / "kept").exists()
    assert maintainer.place.say("abort").code == 0
    assert list(maintainer.place.cache.glob("contd-release/*/v0.2.0*")) == []


def test_variables_that_lead_elsewhere(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Neither the maintainer's PYTHONPATH nor the environment that their uv works on reaches a command.
    """
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PROJECT", "NOX_ENVDIR"):
        monkeypatch.setenv(name, "/elsewhere")
    assert "/elsewhere" not in environment().values()


def test_a_proof_that_takes_too_long(release: Place) -> None:
    """A command that is not done within `proof-timeout` is ended, fails the proof, and the setting is named."""
    proof(release, 'python -c "import time; time.sleep(60)"', 'proof-timeout = "1s"\n')
    said = release.say("release", "--part", "minor", "--yes")
    assert said.code == 7, said.text
    assert "within 1s (proof-timeout)" in said.err
