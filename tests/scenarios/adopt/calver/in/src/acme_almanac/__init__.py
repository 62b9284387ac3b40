"""Almanacs."""
