"""Kites."""

__version__ = "1.3.0.dev"
