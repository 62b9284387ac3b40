"""A light at the end of the pier."""

from harbor_light._version import __version__

__all__ = ["__version__"]
