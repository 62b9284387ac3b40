"""
The site: `nox -s site`.
"""

from contd import __version__

project = "contd"
release = __version__
extensions = ["myst_parser"]
# The pages link to each other in plain Markdown, so that they read well on GitHub too.
suppress_warnings = ["toc.not_included"]
