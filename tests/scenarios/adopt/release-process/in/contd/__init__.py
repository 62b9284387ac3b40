"""Durable workflows."""

from contd.core.engine import run

__all__ = ["run"]
