"""The versions before a release: where they stand, what the bump will change, and what is tagged already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.engine.step import State
from contd_release.errors import NotReady
from contd_release.prepare import versions

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place

CHART = "[tool.contd-release.chart]\npath = 'helm/contd'\nregistry = 'oci://127.0.0.1:9/charts'\n"


def files_without(place: Place, *parts: str) -> None:
    """Leave these files out of the configuration of the bump."""
    path = place.clone / ".bumpversion.toml"
    head, *entries = path.read_text(encoding="utf-8").split("[[tool.bumpversion.files]]")
    kept = [entry for entry in entries if not any(part in entry for part in parts)]
    path.write_text("[[tool.bumpversion.files]]".join((head, *kept)), encoding="utf-8")


def test_places_that_disagree_are_a_table(here: Place, beginning: Beginning) -> None:
    """
    Each place with its line, what it says and what it will say; the wrong ones are marked, and nothing is passed over.
    """
    here.replace("contd/__init__.py", '__version__ = "0.1.5"', '__version__ = "1.0.0"')
    here.replace("helm/contd/Chart.yaml", "version: 0.1.5", "version: 0.1.0")
    here.publish()
    found = versions.agreed(beginning()).observe()
    assert State.ABSENT is found.state
    assert found.detail.splitlines() == [
        "2 of 5 places do not say 0.1.5, or will not say 0.2.0",
        "       place                    says   will say",
        "    ✓  .bumpversion.toml:3      0.1.5  0.2.0",
        "    ✓  pyproject.toml:7         0.1.5  0.2.0",
        "    ✗  contd/__init__.py:8      1.0.0  0.2.0",
        "    ✗  helm/contd/Chart.yaml:5  0.1.0  0.2.0",
        "    ✓  helm/contd/Chart.yaml:6  0.1.5  0.2.0",
    ]
    assert found.type_next == "$EDITOR .bumpversion.toml contd/__init__.py helm/contd/Chart.yaml"


def test_a_place_that_no_file_lists(here: Place, beginning: Beginning) -> None:
    """The package and the chart that are released state a version that the bump would leave as it is: refused."""
    files_without(here, "__init__", "Chart.yaml")
    here.replace("pyproject.toml", "[tool.contd-release.pypi]", f"{CHART}[tool.contd-release.pypi]")
    here.publish()
    found = versions.agreed(beginning()).observe()
    assert State.ABSENT is found.state
    assert found.detail.splitlines() == [
        "3 of 5 places do not say 0.1.5, or will not say 0.2.0",
        "       place                    says   will say",
        "    ✓  .bumpversion.toml:3      0.1.5  0.2.0",
        "    ✓  pyproject.toml:7         0.1.5  0.2.0",
        "    ✗  contd/__init__.py:8      0.1.5  0.1.5",
        "    ✗  helm/contd/Chart.yaml:5  0.1.5  0.1.5",
        "    ✗  helm/contd/Chart.yaml:6  0.1.5  0.1.5",
    ]


def test_a_file_with_a_version_of_its_own(here: Place, beginning: Beginning) -> None:
    """A file whose version is not the release's is named in the settings, and is no obstacle then."""
    files_without(here, "__init__")
    here.replace(
        "pyproject.toml", "[tool.contd-release]\n", '[tool.contd-release]\nown-versions = ["contd/__init__.py"]\n'
    )
    here.publish()
    assert State.DONE is versions.agreed(beginning()).observe().state


def test_a_listed_file_that_is_gone(here: Place, beginning: Beginning) -> None:
    """The table says so in its row."""
    (here.clone / "helm/contd/Chart.yaml").unlink()
    here.publish()
    assert "✗  helm/contd/Chart.yaml  the file is not there  0.2.0" in versions.agreed(beginning()).observe().detail


def test_a_version_below_what_is_tagged(here: Place, beginning: Beginning) -> None:
    """A clone whose files were never bumped: 0.2.0 is refused where v0.23.0 is tagged, unless a reason says why."""
    here.git("push", "--quiet", "origin", "HEAD:refs/tags/v0.23.0", "HEAD:refs/tags/0.9.0", "HEAD:refs/tags/nightly")
    found = versions.follows(beginning()).observe()
    assert State.ABSENT is found.state
    assert found.detail == "0.2.0 is below v0.23.0, the newest release tag on origin: the version files say 0.1.5"
    assert found.type_next.endswith('(they should say 0.23.0; or invoke release --part minor --because "…")')
    here.say("abort")
    assert State.DONE is versions.follows(beginning(because="old tags of another project")).observe().state


def test_a_withdrawn_version_is_no_obstacle(here: Place, beginning: Beginning) -> None:
    """What a rollback withdrew does not have to be passed."""
    here.git("push", "--quiet", "origin", "HEAD:refs/tags/v0.3.0", "HEAD:refs/tags/withdrawn/v0.3.0")
    found = versions.follows(beginning()).observe()
    assert State.DONE is found.state
    assert found.detail == "origin has no release tag"


def test_no_version_is_offered_below_what_is_tagged(here: Place) -> None:
    """Neither a release without a part nor the doctor proposes one."""
    here.git("push", "--quiet", "origin", "HEAD:refs/tags/v0.23.0")
    said = here.say("release")
    assert said.code == 2
    assert "the version files say 0.1.5, and v0.23.0 is tagged on origin" in said.text
    assert "0.2.0" not in said.text
    assert "nothing keeps" not in here.say("doctor").text


@pytest.mark.parametrize("name", ["master", "trunk"])
def test_the_branch_has_another_name(here: Place, beginning: Beginning, name: str) -> None:
    """
    Where the remote has no main and another main branch, a push of main would make a second one: the setting is named.
    """
    here.git("branch", "--move", name)
    here.git("push", "--quiet", "origin", name)
    here.git("update-ref", "-d", "refs/heads/main", where=here.remote)
    with pytest.raises(NotReady, match=f"origin has no branch main, and has {name}") as refused:
        beginning()
    assert f'$EDITOR pyproject.toml   (main = "{name}" in [tool.contd-release])' == refused.value.type_next
