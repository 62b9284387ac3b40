"""What would be written is tried before it is kept: what does not work is refused, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.scenario import FOLDER, Scenario
from tests.conftest import Place, contents

TOWNCRIER = '[tool.towncrier]\ndirectory = "news"\nfilename = "CHANGES.md"\n'


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A repository that is not adopted."""
    return Scenario(FOLDER / "poetry-tags-without-v").begun(tmp_path)


OWN = f'{TOWNCRIER}template = "news/t.md"\n'
HEADING = "## {{ versiondata.version }}\n"
BUMP = """[tool.bumpversion]
current_version = "1.4.0"
[[tool.bumpversion.files]]
filename = "pyproject.toml"
search = "nowhere {current_version}"
"""
BROKEN = "import nox, not_here\n\n@nox.session\ndef tests(session): ...\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"noxfile.py": BROKEN}, "nox cannot read noxfile.py: "),
        ({"towncrier.toml": OWN}, "towncrier ended with 1: "),
        ({"towncrier.toml": OWN, "news/t.md": "{% for %}"}, "towncrier ended with 1: "),
        ({"towncrier.toml": OWN, "news/t.md": "Nothing.\n"}, "towncrier writes no heading"),
        (
            {"towncrier.toml": OWN, "news/t.md": HEADING, "news/1.feature.md": "One thing.\n"},
            "towncrier leaves out 1.fe",
        ),
        ({".bumpversion.toml": BUMP}, "pyproject.toml does not have 'nowhere 1.4.0'"),
    ],
)
def test_what_does_not_work_is_refused(place: Place, files: dict[str, str], said: str) -> None:
    """The tool's own words say why."""
    for path, text in files.items():
        place.write(path, text)
    before = contents(place.clone)
    done = place.say("adopt", "--yes")
    assert done.code == 2, done.text
    assert said in done.err
    assert before == contents(place.clone)


def test_a_session_that_nox_does_not_know_is_refused(place: Place) -> None:
    """The sessions that it knows are listed."""
    place.write("noxfile.py", "import nox\n\n@nox.session\ndef tests(session): ...\n")
    done = place.say("adopt", "--yes", "--answer", "proof=nox -s tests docs")
    assert done.code == 2, done.text
    assert "nox knows no session docs: it has tests" in done.err
