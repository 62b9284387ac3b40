"""Jetty."""
