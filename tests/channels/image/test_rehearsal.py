"""What of an image is rehearsed, and why one is left out."""

from __future__ import annotations

import pytest
from programs import needed

from contd_release.channels.image import rehearsal as images
from contd_release.project.settings import Image
from contd_release.tools.builders import emulation

IMAGE = Image(platforms=(f"linux/{emulation.here()}",))


@pytest.fixture(autouse=True)
def builder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that builds is here, and no stand-in is named."""
    monkeypatch.delenv(images.BASE, raising=False)
    needed("buildah")


def test_the_base_can_be_empty_where_nothing_runs() -> None:
    """Such an image is rehearsed without any network."""
    assert images.stand_in(IMAGE, "FROM python:3.13\nCOPY . .\n") == "scratch"
    assert images.left_out(IMAGE, "FROM python:3.13\nCOPY . .\n", "contd") is None


@pytest.mark.parametrize("text", ["FROM a\nRUN make\n", "FROM a\nCOPY --from=b /b /b\n"])
def test_the_base_is_pulled_where_something_runs(text: str) -> None:
    """Or where files of another image are taken."""
    assert images.stand_in(IMAGE, text) == ""
    assert images.stand_in(Image(run=("--version",)), "FROM a\n") == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM a\nRUN pip install contd\n", "Dockerfile:2 RUN pip install contd installs contd from the package index"),
        (
            "FROM a\nRUN curl -O https://example.com/x\n",
            "Dockerfile:2 RUN curl -O https://example.com/x needs a network that a rehearsal does not have",
        ),
        (
            "FROM a\nADD https://example.com/x /x\n",
            "Dockerfile:2 ADD https://example.com/x /x needs a network that a rehearsal does not have",
        ),
    ],
)
def test_lines_that_need_more_are_named(text: str, why: str) -> None:
    """The line of the Dockerfile is the reason why the image is left out."""
    found = images.left_out(IMAGE, text, "contd")
    assert found
    assert why == found.why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "FROM a\nRUN pip install .\n",
            "Dockerfile:2 RUN pip install . needs pip, which a stand-in for the base may not",
        ),
        ("FROM a\nCOPY --from=other/image /x /x\n", "Dockerfile takes files from other/image, which no stand-in has"),
    ],
)
def test_what_a_stand_in_does_not_have(monkeypatch: pytest.MonkeyPatch, text: str, why: str) -> None:
    """On a stand-in only what any base can do is done."""
    monkeypatch.setenv(images.BASE, "stand-in")
    found = images.left_out(IMAGE, text, "contd")
    assert found
    assert found.why.startswith(why)
    assert images.left_out(IMAGE, "FROM a\nRUN mkdir /data && chown 1:1 /data\n", "contd") is None


def test_a_platform_that_does_not_run_here() -> None:
    """Its RUN line is named, as the release would."""
    other = next((one for one in ("linux/s390x", "linux/riscv64") if not emulation.runs(one)), None)
    if other is None:
        pytest.skip("this machine runs the programs of every platform")
    found = images.left_out(Image(platforms=(other,)), "FROM a\nRUN make\n", "contd")
    assert found
    assert f"Dockerfile:2 RUN make has to run for {other}, which this machine does not" == found.why
