"""The tasks of this repository: `invoke --list`."""

from contd_release.tasks import namespace

__all__ = ["namespace"]
