"""
Work that continues: a durable list of what is done, so that a killed run picks up where it stopped.
"""

from contd.ledger import Ledger

__all__ = ["Ledger", "__version__"]
__version__ = "0.1.5"
