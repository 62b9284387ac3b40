"""Small animals, by another count."""

__version__ = "0.3.0"
