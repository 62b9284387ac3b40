"""
What every test has around it.
"""

from __future__ import annotations

from hypothesis import settings

# How long one example takes says how busy the machine is, not whether it is right.
settings.register_profile("contd-release", deadline=None)
settings.load_profile("contd-release")
