"""Plants between land and sea."""

from importlib.metadata import version

__version__ = version("salt-marsh")
