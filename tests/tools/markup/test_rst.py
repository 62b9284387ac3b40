"""reStructuredText as Markdown: what people wrote is kept, and nothing of it is run."""

from __future__ import annotations

from pathlib import Path

from contd_release.tools.markup.rst import markdown

SECTION = """\
Lodestar 1.3.0 (2026-05-01)
===========================

Features
--------

- Add :func:`lodestar.open` and ``close``, see `the guide <https://example.com/guide>`_. (#12)

  A second paragraph of *the same* **entry**::

      lodestar.open("a_b")

- https://example.com/ is open.


Bugfixes
--------

1. First, a_b <x>.
2. Second.
"""

EXPECTED = """\
## Lodestar 1.3.0 (2026-05-01)

### Features

- Add `lodestar.open` and `close`, see [the guide](https://example.com/guide). (#12)

  A second paragraph of *the same* **entry**:

  ```
  lodestar.open("a_b")
  ```

- <https://example.com/> is open.

### Bugfixes

1. First, a\\_b \\<x>.
2. Second."""


def test_a_section_as_towncrier_writes_it() -> None:
    """Headings, lists, code, links and roles that only Sphinx knows."""
    assert markdown(SECTION) == EXPECTED


def test_nothing_of_it_is_run(tmp_path: Path) -> None:
    """No file is included, and no HTML passed on."""
    secret = tmp_path / "secret"
    secret.write_text("hush", encoding="utf-8")
    found = markdown(f"Text.\n\n.. include:: {secret}\n\n.. raw:: html\n\n   <script>x</script>\n\nMore.\n")
    assert found == "Text.\n\nMore."


def test_what_cannot_be_parsed_is_kept_as_text() -> None:
    """Docutils reports no error, and the words stay."""
    assert "broken" in markdown("A *broken\n\n.. unknown:: directive\n\nEnd.")
