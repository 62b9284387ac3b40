"""Currents below the surface."""

from undertow._version import __version__

__all__ = ["__version__"]
