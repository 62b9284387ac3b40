"""
The tag of the one wheel that a build backend makes of a pure Python package: its name is known before the build.

Backends disagree about a package that does not say `requires-python`: hatchling, flit and poetry then tag it for
Python 2 as well. https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
"""

from __future__ import annotations

import re
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet

PYTHON_3: Final = "py3-none-any"
BOTH: Final = "py2.py3-none-any"
# hatchling tries each minor version with a high patch version.
_MINORS: Final = 100
_FROM_3: Final = re.compile(r"^\s*(?:>=?|~=?|\^|={2,3}|=)?\s*[3-9]")


def wheel_tag(backend: str, requires_python: str, *, is_universal: bool) -> str:
    """
    The tag of the wheel that this backend makes.

    Args:
        requires_python: as the files say it, in poetry's notation for poetry; empty if they do not.
        is_universal: whether setuptools is asked for a wheel for both Pythons.
    """
    if backend.startswith("hatchling"):
        return BOTH if _allows_python_2(requires_python) else PYTHON_3
    if backend.startswith(("flit_core", "poetry")):
        alternatives = re.split(r"\|\|?", requires_python)
        return PYTHON_3 if all(map(_is_from_3, alternatives)) else BOTH
    return BOTH if is_universal and backend.startswith("setuptools") else PYTHON_3


def _allows_python_2(requires_python: str) -> bool:
    try:
        allowed = SpecifierSet(requires_python)
    except InvalidSpecifier:
        return False
    return any(allowed.contains(f"2.{minor}.{_MINORS}") for minor in range(_MINORS))


def _is_from_3(constraint: str) -> bool:
    """Whether one of the parts that all hold begins at Python 3."""
    return any(_FROM_3.match(part) for part in constraint.split(","))
