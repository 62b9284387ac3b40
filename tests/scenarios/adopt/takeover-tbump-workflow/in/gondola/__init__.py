"""Gondola."""
