"""A disk that is full or read-only, a link in a chart, an early Ctrl-C: each ends with its cause, and no traceback."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from terminal import on_terminal

from contd_release.sandbox.world import World
from tests.adopt.scenario import FOLDER, Scenario

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.fixture
def charted(release: Place, world: World) -> Place:
    """A place that releases a chart as well."""
    pytest.importorskip("helm_python", reason="the extra `helm` is not installed")
    overlay = Path(release.env["CONTD_RELEASE_CONFIG"])
    chart = f'[chart]\npath = "helm/contd"\nregistry = "oci://{world.registry}/charts"\n'
    overlay.write_text(overlay.read_text(encoding="utf-8") + chart, encoding="utf-8")
    account = world.accounts.publisher
    release.env.update(CONTD_REGISTRY_USERNAME=account.user, CONTD_REGISTRY_PASSWORD=account.password.reveal())
    return release


@pytest.mark.parametrize("words", [("release", "--part", "minor", "--yes"), ("rehearse",)])
def test_a_cache_that_cannot_be_written_is_named(release: Place, words: tuple[str, ...]) -> None:
    """The folder, and what to look at."""
    said = release.run(*words, env={"XDG_CACHE_HOME": "/dev/null/cache"})
    assert said.code == 9, said.text
    assert "Traceback" not in said.text
    assert "/dev/null/cache/contd-release" in said.err
    assert "df -h /dev" in said.err


@pytest.mark.slow
@pytest.mark.parametrize("target", ["/etc/passwd", "../../../outside", "../../.git/config"])
def test_a_link_in_a_chart_that_leads_outside_is_named(charted: Place, target: str) -> None:
    """By every check that meets it; nothing is done."""
    (charted.clone / "helm/contd/templates/x.yaml").symlink_to(target)
    charted.publish()
    said = charted.run("release", "--part", "minor", "--yes")
    assert said.code == 2, said.text
    assert "Traceback" not in said.text
    assert "helm/contd/templates/x.yaml" in said.err


@pytest.mark.slow
def test_a_full_folder_for_temporary_files_is_not_the_fault_of_the_configuration(charted: Place) -> None:
    """No file may be larger than two kilobytes, so that the chart cannot be unpacked."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

    done = subprocess.run(
        charted.argv("plan", "--part", "minor"),
        cwd=charted.clone,
        env=charted.environment({"PYTHONDONTWRITEBYTECODE": "1"}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=limited,
    )
    said = done.stdout + done.stderr
    assert "the chart cannot be unpacked to" in said, said
    assert "git has no helm/contd" not in said
    assert "Traceback" not in said


# A person presses Ctrl-C while the program imports what it needs.
EARLY = """
import os, signal, sys
module = sys.argv[1]
class Early:
    def find_spec(self, name, *_):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Early())
sys.argv[1:] = ["plan"]
from contd_release.__main__ import main
main()
"""


@pytest.mark.parametrize("module", ["invoke.program", "contd_release.tasks", "contd_release.tasks.sections"])
def test_an_early_interruption_is_no_traceback(release: Place, module: str) -> None:
    """Nothing was begun, and the exit code is that of every interruption."""
    argv = (sys.executable, "-P", "-c", EARLY, module)
    done = subprocess.run(
        argv, cwd=release.clone, env=release.environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, "Traceback" in done.stderr) == (130, False), done.stderr
    assert "interrupted: nothing was begun" in done.stderr


def test_the_end_of_the_input_answers_no_question(tmp_path: Path) -> None:
    """Ctrl-D at a question of an adoption: what was asked is named, and nothing is written."""
    place = Scenario(FOLDER / "every-place").begun(tmp_path)
    code, seen = on_terminal(place.argv("adopt"), place.clone, place.environment(), asked="): ", answer="\x04")
    assert (code, "Traceback" in seen) == (8, False), seen
    assert "was not answered, and nothing was written" in seen
    assert place.git("status", "--porcelain") == ""
