"""HTTP: one client, the addresses it may go to, and what comes back."""

from contd_release.tools.http.address import origin, refuse_unsafe
from contd_release.tools.http.client import MEBIBYTE, Http
from contd_release.tools.http.reply import Passing, Refused, Reply, expected, refused

__all__ = ["MEBIBYTE", "Http", "Passing", "Refused", "Reply", "expected", "origin", "refuse_unsafe", "refused"]
