"""What the tide leaves."""

__version__ = "1.4.0"
