"""Islet."""
