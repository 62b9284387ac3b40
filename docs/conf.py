"""
The documentation: `nox -s docs`.

The modules it describes import what they need inside their functions, so they can be read here without their
dependencies.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from contd_release import __version__

project = "contd-release"
author = "The contd-release authors"
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
default_role = "code"
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "description"
autodoc_mock_imports = ["invoke", "packaging", "platformdirs", "requests", "rich", "werkzeug"]
html_theme = "furo"
html_title = f"contd-release {release}"
