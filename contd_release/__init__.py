"""Release checklists that run: they continue, rehearse, verify and withdraw."""

__version__ = "0.1.0"
