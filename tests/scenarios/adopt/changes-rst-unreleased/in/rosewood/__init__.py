"""Rosewood."""
