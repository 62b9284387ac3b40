"""The report in a real browser: it can be read in the light and in the dark, and it prints."""

from __future__ import annotations

import struct
import subprocess
import zlib
from collections import Counter
from pathlib import Path

import pytest
from programs import needed
from release_story import story

from contd_release.report import forms

pytestmark = pytest.mark.integration
LIGHT, DARK = "1", "0"


@pytest.fixture
def browser() -> str:
    """A Chromium."""
    return needed("chromium", others=("google-chrome",))


def run(browser: str, folder: Path, *words: str) -> None:
    """Open the page without a window."""
    page = folder / "report.html"
    page.write_text(forms.html(story("a rather ordinary claim about the world")), encoding="utf-8")
    plain = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}",
    )
    argv = (browser, *plain, *words, page.as_uri())
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def pixels(png: bytes) -> Counter[bytes]:
    """
    How often each colour is in a picture of eight bits a channel.

    https://www.w3.org/TR/png-3/
    """
    at, packed, header = 8, b"", b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        header = body if kind == b"IHDR" else header
        packed += body if kind == b"IDAT" else b""
        at += length + 12
    width, height, depth, colour = struct.unpack(">IIBB", header[:10])
    size = {2: 3, 6: 4}[colour]
    assert depth == 8
    raw, before, found = zlib.decompress(packed), bytearray(width * size), Counter[bytes]()
    for row in range(height):
        line = raw[row * (width * size + 1) :][: width * size + 1]
        before = unfiltered(line[0], bytearray(line[1:]), before, size)
        found.update(bytes(before[x : x + 3]) for x in range(0, len(before), size * 3))
    return found


def unfiltered(kind: int, line: bytearray, above: bytearray, size: int) -> bytearray:
    """One line of a picture as it was before it was prepared for packing."""
    for index in range(len(line)):
        left = line[index - size] if index >= size else 0
        up, corner = above[index], above[index - size] if index >= size else 0
        if kind == 4:
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda one: abs(guess - one))
        line[index] = (line[index] + (0, left, up, (left + up) // 2, nearest if kind == 4 else 0)[kind]) % 256
    return line


@pytest.mark.parametrize(("scheme", "paper", "good"), [(LIGHT, "fdfdfc", "2b8a4b"), (DARK, "15181b", "56b978")])
def test_it_is_seen(browser: str, tmp_path: Path, scheme: str, paper: str, good: str) -> None:
    """The paper, ink and pictures of the scheme that the reader prefers; not a blank page."""
    picture = tmp_path / "report.png"
    size, preferred = "--window-size=800,1800", f"--blink-settings=preferredColorScheme={scheme}"
    run(browser, tmp_path, size, preferred, f"--screenshot={picture}")
    seen = pixels(picture.read_bytes())

    (most, count), total = seen.most_common(1)[0], seen.total()
    assert bytes.fromhex(paper) == most
    assert 0.5 < count / total < 0.97
    assert len(seen) > 50
    assert seen[bytes.fromhex(good)] > 20


def test_it_prints(browser: str, tmp_path: Path) -> None:
    """On a few pages, with its pictures."""
    paper = tmp_path / "report.pdf"
    run(browser, tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    printed = paper.read_bytes()

    assert printed.startswith(b"%PDF-")
    assert 1 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page/") <= 5
