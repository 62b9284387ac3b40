"""The stand-in for the image's base, as builders choose from it."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import base_image
import pytest
from programs import needed

SCRIPT = Path(base_image.__file__)


@pytest.mark.slow
@pytest.mark.integration
def test_the_stand_in_has_a_python_for_every_platform(tmp_path: Path) -> None:
    """One archive holds both platforms, each with Python and a shell, and neither was run to make it."""
    for program in ("mmdebstrap", "skopeo"):
        needed(program)
    archive = tmp_path / "base.tar"
    subprocess.run((sys.executable, str(SCRIPT), str(archive)), check=True)
    for architecture in ("amd64", "arm64"):
        folder = tmp_path / architecture
        words = ("skopeo", "--override-arch", architecture, "copy", "-q", f"oci-archive:{archive}", f"dir:{folder}")
        subprocess.run(words, check=True)
        manifest = json.loads((folder / "manifest.json").read_text())
        config = json.loads((folder / manifest["config"]["digest"].removeprefix("sha256:")).read_text())
        assert (architecture, "linux") == (config["architecture"], config["os"])
        with tarfile.open(folder / manifest["layers"][0]["digest"].removeprefix("sha256:")) as layer:
            assert {"./usr/bin/python3.11", "./bin/sh", "./usr/bin/env"} <= set(layer.getnames())


def test_a_machine_without_the_tool_is_told_what_to_install(tmp_path: Path) -> None:
    """One line, and no archive."""
    environment = {"PATH": str(tmp_path)}
    words = (sys.executable, str(SCRIPT), str(tmp_path / "base.tar"))
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == "mmdebstrap is not here\n  type: apt-get install mmdebstrap\n"
    assert list(tmp_path.glob("*.tar")) == []
