"""What a release must be at least: fragments, API, commands and chart values, compared with the last release."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from contd_release.engine.step import State
from contd_release.errors import NotReady, Usage
from contd_release.prepare import committed, versions
from contd_release.prepare.part import evidence
from contd_release.procedures import selection
from contd_release.procedures.options import Words
from contd_release.project.release import Release

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place

CHART = "[tool.contd-release.chart]\npath = 'helm/contd'\nregistry = 'oci://127.0.0.1:9/charts'\n"


def released(place: Place, tag: str = "v0.1.5") -> None:
    """The commit is a release; what comes next has only a bugfix fragment."""
    for name in ("12.feature.md", "+ledger-file.doc.md"):
        (place.clone / "newsfragments" / name).unlink()
    place.publish("Begin")
    tagged(place, tag)


def tagged(place: Place, tag: str) -> None:
    """Tag the commit as a release, here and on the remote."""
    place.git("tag", "-a", "-m", tag, tag)
    place.git("push", "--quiet", "origin", tag)


def planned(part: str) -> Release:
    """The release that a call would begin."""
    found = committed.current_project()
    return selection.chosen(found, Words(part))


def found(part: str = "patch") -> list[str]:
    """The evidence as lines, without the padding."""
    return [" ".join(line.split()) for line in evidence.of(planned(part)).lines(100)]


def test_a_first_release(here: Place) -> None:
    """Without a tag there is nothing to compare: the fragments decide."""
    assert planned("auto").part == "minor"
    assert found("minor") == [
        "feature newsfragments/12.feature.md:1 `python -m contd` prints what is left of a list, and its exit code …"
    ]


def test_a_function_that_is_gone(here: Place) -> None:
    """The plan refuses a patch, names the line of the last release, and says what to type; `--because` overrides."""
    here.write("contd/more.py", "\n\ndef load(path): ...\n")
    released(here)
    here.write("contd/more.py", "def _load(path): ...\n")
    here.publish()
    assert found() == ["breaking v0.1.5:contd/more.py:3 contd.more.load is gone"]
    step = versions.big_enough(planned("patch")).observe()
    assert (step.state, step.type_next) == (
        State.ABSENT,
        'invoke release --part minor   (or --part patch --because "…")',
    )
    assert step.detail.splitlines() == [
        "1 bugfix and the code ask for minor at least, and 0.1.6 is a patch release",
        "        breaking  v0.1.5:contd/more.py:3  contd.more.load is gone",
    ]
    assert planned("auto").part == "minor"
    because = selection.chosen(committed.current_project(), Words("patch", because="nobody calls it"))
    assert (
        versions.big_enough(because)
        .observe()
        .detail.startswith("1 bugfix and the code ask for minor; patch because nobody calls it\n")
    )


def test_after_one_zero(here: Place) -> None:
    """From 1.0 on, what breaks asks for a major release, and pre-releases of the next one are not compared with."""
    here.write("contd/more.py", "def load(path): ...\n")
    for path in (".bumpversion.toml", "pyproject.toml", "contd/__init__.py", "helm/contd/Chart.yaml"):
        here.replace(path, "0.1.5", "1.2.0")
    released(here, "v1.2.0")
    here.write("contd/more.py", "")
    here.publish()
    tagged(here, "v2.0.0rc1")
    assert planned("auto").part == "major"
    assert evidence.of(planned("major")).since == evidence.last_final(committed.current_project(), None)


def test_a_withdrawn_release(here: Place) -> None:
    """The next release is compared with the one before it, and the part that it raises is counted from there."""
    released(here)
    here.write("contd/more.py", "def load(path): ...\n")
    for path in (".bumpversion.toml", "pyproject.toml", "contd/__init__.py", "helm/contd/Chart.yaml"):
        here.replace(path, "0.1.5", "0.2.0")
    here.publish()
    tagged(here, "v0.2.0")
    tagged(here, "withdrawn/v0.2.0")
    assert evidence.of(planned("patch")).unmet(planned("patch")) is None
    assert found() == ["feature contd/more.py:1 contd.more is new"]


def test_commands(here: Place) -> None:
    """A command that is gone breaks scripts; a new one is a feature; the function behind it does not matter."""
    here.replace("pyproject.toml", "[project.scripts]\n", '[project.scripts]\nold = "contd:a"\nsame = "contd:a"\n')
    here.replace(
        "pyproject.toml", "[project.urls]\n", '[project.entry-points."contd.parts"]\none = "contd:a"\n[project.urls]\n'
    )
    released(here)
    here.replace("pyproject.toml", 'old = "contd:a"\nsame = "contd:a"\n', 'new = "contd:a"\nsame = "contd:b"\n')
    here.replace("pyproject.toml", 'one = "contd:a"\n', "")
    here.publish()
    now = (here.clone / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    old = here.git("show", "v0.1.5:pyproject.toml").splitlines()
    command, point, new = (
        one.index(f'{name} = "contd:a"') + 1 for one, name in ((old, "old"), (old, "one"), (now, "new"))
    )
    assert sorted(found()) == [
        f"breaking v0.1.5:pyproject.toml:{command} the command old is gone",
        f"breaking v0.1.5:pyproject.toml:{point} the entry point one of contd.parts is gone",
        f"feature pyproject.toml:{new} the command new is new",
    ]


def test_values_of_the_chart(here: Place) -> None:
    """A key that is gone, renamed or of another kind breaks installations; a new one is a feature."""
    here.replace("pyproject.toml", "[tool.contd-release.pypi]", f"{CHART}[tool.contd-release.pypi]")
    here.write(
        "helm/contd/values.yaml", "image:\n  tag: a\n  old: x\nlist: []\ngone:\n  a: 1\n  b: 2\nopen:\nmany: {a: 1}\n"
    )
    released(here)
    here.write("helm/contd/values.yaml", "# now\nimage:\n  tag: b\n  new: x\nlist: []\nopen: {c: 1}\nmany: [1]\n")
    here.publish()
    assert found() == [
        "breaking v0.1.5:helm/contd/values.yaml:3 the value image.old is named image.new now",
        "breaking v0.1.5:helm/contd/values.yaml:5 the value gone is gone",
        "breaking helm/contd/values.yaml:7 the value many is a list now, before a map",
        "feature helm/contd/values.yaml:4 the value image.new is new",
        "feature helm/contd/values.yaml:6 the value open.c is new",
    ]


def test_the_schema_of_the_chart(here: Place) -> None:
    """What the new schema refuses and the old one took."""
    here.replace("pyproject.toml", "[tool.contd-release.pypi]", f"{CHART}[tool.contd-release.pypi]")
    old = '{"properties": {"a": {"type": ["string", "integer"]}, "b": {"enum": [1, 2]}, "c": {}}}'
    new = '{"required": ["a"],\n"properties": {\n"a": {"type": "string"},\n"b": {"enum": [1]}},\n'
    new += '"additionalProperties": false}'
    here.write("helm/contd/values.schema.json", old)
    released(here)
    here.write("helm/contd/values.schema.json", new)
    here.publish()
    assert found() == [
        "breaking helm/contd/values.schema.json:1 the schema refuses unknown keys in the values",
        "breaking helm/contd/values.schema.json:1 the schema demands a",
        "breaking helm/contd/values.schema.json:1 the schema takes only string for a",
        "breaking helm/contd/values.schema.json:4 the schema takes fewer values for b",
        "breaking helm/contd/values.schema.json:1 the schema refuses c, which it took",
    ]


def test_files_that_cannot_be_read(here: Place) -> None:
    """They ask for nothing; the evidence names each."""
    here.replace("pyproject.toml", "[tool.contd-release.pypi]", f"{CHART}[tool.contd-release.pypi]")
    released(here)
    here.write("helm/contd/values.yaml", "a: [\n")
    here.write("helm/contd/values.schema.json", "{")
    here.write("contd/more.py", "def f(:\n")
    here.publish()
    assert [line.partition(" with ")[0] for line in found()] == [
        "the public API was not compared",
        "helm/contd/values.yaml was not compared",
        "helm/contd/values.schema.json was not compared",
    ]
    assert planned("auto").part == "patch"


def test_without_griffe(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The evidence says that the API was not compared, and what to type."""
    released(here)
    here.write("contd/more.py", "def f(): ...\n")
    here.publish()
    monkeypatch.setitem(sys.modules, "griffe", None)
    assert found() == [
        "the public API was not compared with v0.1.5: griffe is not installed "
        '(python -m pip install "contd-release[api]")'
    ]


def test_a_tag_that_is_not_here(here: Place) -> None:
    """`--part auto` does not guess: it says what to fetch. The fragments of a named part still count."""
    released(here)
    here.git("commit", "--quiet", "--allow-empty", "-m", "Elsewhere")
    tagged(here, "v0.1.6")
    here.git("tag", "-d", "v0.1.6")
    here.git("reset", "--quiet", "--hard", "HEAD~1")
    for path in (".bumpversion.toml", "pyproject.toml", "contd/__init__.py", "helm/contd/Chart.yaml"):
        here.replace(path, "0.1.5", "0.1.6")
    here.publish()
    here.git("reflog", "expire", "--expire=now", "--all")
    here.git("gc", "--quiet", "--prune=now")
    assert found() == ["not compared with v0.1.6, which is not in this clone (git fetch --tags origin)"]
    with pytest.raises(NotReady) as stopped:
        planned("auto")
    assert stopped.value.type_next == "git fetch --tags origin"


def test_auto_goes_on_with_what_is_under_way(here: Place, beginning: Beginning) -> None:
    """The same words continue the release that they began."""
    assert str(beginning("auto").version) == "0.2.0"
    assert str(planned("auto").version) == "0.2.0"


def test_the_plan_and_the_review_show_it(here: Place) -> None:
    """Both list the changes, each with the line that shows it."""
    released(here)
    here.write("contd/more.py", "def load(path): ...\n")
    here.publish()
    line = "feature   contd/more.py:1  contd.more is new"
    plan = here.say("plan", "--part", "auto").out
    assert "contd 0.2.0 from" in plan
    assert f"✓ minor is big enough for what changed: 1 bugfix and the code ask for minor\n        {line}\n" in plan
    review = here.say("release", "--part", "auto")
    assert review.code == 8, review.text
    assert f"  what changed asks for minor:\n    {line}\n" in review.out


def test_other_layouts(here: Place) -> None:
    """A package that moves below `src`, and one that is named otherwise than the project: nothing is gone."""
    released(here)
    here.git("mv", "contd", "src-contd")
    here.git("mv", "src-contd", "contd-moved")
    (here.clone / "src").mkdir()
    here.git("mv", "contd-moved", "src/contd")
    here.replace("pyproject.toml", 'name = "contd"\nversion', 'name = "contd-tool"\nversion')
    here.replace(".bumpversion.toml", "contd/__init__.py", "src/contd/__init__.py")
    here.publish()
    assert found() == []


def test_code_that_is_no_distribution(here: Place) -> None:
    """A service without a build tool has no API that people import."""
    here.write("contd/more.py", "def load(path): ...\n")
    text = (here.clone / "pyproject.toml").read_text(encoding="utf-8")
    (here.clone / "pyproject.toml").write_text(text[text.index("[project]") :], encoding="utf-8")
    released(here)
    here.write("contd/more.py", "")
    here.publish()
    assert found() == []


def test_auto_in_a_series_of_pre_releases(here: Place) -> None:
    """The series has its part already: it goes on, or a person says that it ends."""
    for path in (".bumpversion.toml", "pyproject.toml", "contd/__init__.py"):
        here.replace(path, "0.1.5", "0.2.0rc1")
    here.replace("helm/contd/Chart.yaml", "version: 0.1.5", "version: 0.2.0-rc.1")
    here.replace("helm/contd/Chart.yaml", '"0.1.5"', '"0.2.0-rc.1"')
    here.publish()
    with pytest.raises(Usage) as stopped:
        planned("auto")
    assert stopped.value.what_is == "0.2.0rc1 is a pre-release of 0.2.0, which is still open"
    assert str(selection.chosen(committed.current_project(), Words("auto", pre="rc")).version) == "0.2.0rc2"
