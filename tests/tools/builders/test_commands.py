"""What RUN lines start."""

from __future__ import annotations

import pytest

from contd_release.tools.builders import commands
from contd_release.tools.builders.dockerfile import Instruction, stages


def run(value: str) -> Instruction:
    """A RUN line."""
    return Instruction(1, 2, "RUN", value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("apt-get update && apt-get install -y curl git", ("apt-get", "apt-get")),
        ("set -eux; groupadd -r app && useradd -r app >/dev/null 2>&1", ("set", "groupadd", "useradd")),
        ('["pip", "install", "."]', ("pip",)),
        ("--mount=type=cache,target=/c FOO=1 /usr/bin/make all | tee log", ("make", "tee")),
        ("if [ -f x ]; then ./configure; fi", ("[", "configure", "fi")),
        ('sh -c "$(curl -fsSL https://example.com)"', ("sh", "curl")),
        ("<<EOF\npip install .\nrm -r /x\n", ("pip", "rm")),
        ("echo 'a && b; c'", ("echo",)),
    ],
)
def test_the_programs_of_a_line(value: str, expected: tuple[str, ...]) -> None:
    """Each command's program, wherever it stands, without the words of the shell and what is in quotes."""
    assert expected == commands.programs(run(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mkdir -p /app && adduser -D app && chown app /app", ""),
        ("pip install .", "pip"),
        ("cd /app && make install", "make"),
    ],
)
def test_what_not_every_base_has(value: str, expected: str) -> None:
    """The first program that a stand-in for the base may not have."""
    assert expected == commands.beyond_plain(run(value))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("FROM a\nRUN apt-get install -y curl git\nRUN pip install .\n", None),
        ("FROM a\nRUN apk add curl && curl -O https://example.com/x\n", 2),
        ("FROM a\nWORKDIR /x\nRUN git clone https://example.com/x\n", 3),
        ("FROM a\nADD https://example.com/x /x\n", 2),
        ("FROM a\nADD x.tar.gz /x\nCOPY --chown=1 curl /usr/bin\n", None),
    ],
)
def test_what_fetches_more_than_packages(text: str, line: int | None) -> None:
    """Package managers may use the network in a rehearsal, and other downloads not."""
    found = commands.fetching(stages(text, {})[0])
    assert line == (found.line if found else None)


@pytest.mark.parametrize(
    "value",
    [
        "pip install contd",
        "python3 -m pip install --no-cache-dir 'contd[all]==1.2.0'",
        "apt-get update && pip3 install Contd>=1.2",
        "uv pip install --system contd==${VERSION}",
        "uv tool install contd",
        "pipx install contd~=1.2",
    ],
)
def test_the_own_package_from_the_index(value: str) -> None:
    """With extras, versions and other spellings of its name."""
    assert commands.installs(run(value), "contd")


@pytest.mark.parametrize(
    "value",
    [
        "pip install .",
        "pip install ./contd /src/contd contd.whl contd-1.2.0-py3-none-any.whl",
        "pip install -r requirements.txt contd-extras",
        "pip install --no-index --find-links /wheels contd",
        "pip install 'contd @ ./src'",
        "pip uninstall contd",
        "echo pip install contd-like",
        "mkdir contd",
    ],
)
def test_the_own_package_from_elsewhere(value: str) -> None:
    """From a folder or a file, and other packages whose names begin alike."""
    assert not commands.installs(run(value), "contd")
