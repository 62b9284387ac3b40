"""Saltpan."""
