"""Tannery."""
