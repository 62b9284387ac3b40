"""Chart.yaml in the release commit lists what changed, as Artifact Hub reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State
from contd_release.errors import Usage
from contd_release.prepare import tree
from contd_release.prepare.docs import artifact_hub
from contd_release.process.action import Running
from contd_release.project.settings import Chart

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place

CHART = Chart("helm/demo", artifact_hub=True)
CHART_YAML = "apiVersion: v2\nname: demo\nversion: 0.1.0 # kept\n"
CRDS = "annotations:\n  artifacthub.io/crds: |\n    - kind: Demo\n"


def test_the_states(here: Place, beginning: Beginning, tmp_path: Path) -> None:
    """Absent without a tree and in an untouched one; done once written, also when the fragments are gone."""
    here.write("helm/demo/Chart.yaml", CHART_YAML + CRDS)
    here.write("newsfragments/7.security.md", "Passwords stay\nout of the log.\n")
    here.publish()
    release = beginning()
    step = artifact_hub.annotated(release, CHART)
    assert (step.observe().state, step.observe().detail) == (State.ABSENT, "there is no tree yet")
    Checklist((tree.checked_out(release),)).walk(lambda _: None, Running(tmp_path))
    assert (step.observe().state, step.observe().detail) == (State.ABSENT, "helm/demo/Chart.yaml lists other changes")
    Checklist((step,)).walk(lambda _: None, Running(tmp_path))
    (release.tree / "newsfragments/7.security.md").unlink()
    assert (step.observe().state, step.observe().detail) == (State.DONE, "4 changes")
    text = (release.tree / "helm/demo/Chart.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)["annotations"]
    assert text.startswith(CHART_YAML)
    assert found["artifacthub.io/prerelease"] == str(release.version.is_prerelease).lower()
    assert {"kind": "security", "description": "Passwords stay out of the log."} in yaml.safe_load(
        found["artifacthub.io/changes"]
    )
    assert len(yaml.safe_load(found["artifacthub.io/changes"])) == 4


def test_annotations_on_one_line_stop_the_release(here: Place, beginning: Beginning, tmp_path: Path) -> None:
    """The file in the release's tree is left as it was."""
    text = f"{CHART_YAML}annotations: {{a/b: c}}\n"
    here.write("helm/demo/Chart.yaml", text)
    here.publish()
    release = beginning()
    with pytest.raises(Usage):
        Checklist((tree.checked_out(release), artifact_hub.annotated(release, CHART))).walk(
            lambda _: None, Running(tmp_path)
        )
    assert (release.tree / "helm/demo/Chart.yaml").read_text(encoding="utf-8") == text
