"""HTTP: one client, the addresses that it may ask, its limits, and its replies."""

from contd_release.tools.http.address import origin, refuse_unsafe, safely_joined
from contd_release.tools.http.client import Http
from contd_release.tools.http.limits import MEBIBYTE, Budget, Limits
from contd_release.tools.http.node import Node, node
from contd_release.tools.http.reply import Passing, Refused, Reply, expected, may_pass, refused

__all__ = [
    "MEBIBYTE",
    "Budget",
    "Http",
    "Limits",
    "Node",
    "Passing",
    "Refused",
    "Reply",
    "expected",
    "may_pass",
    "node",
    "origin",
    "refuse_unsafe",
    "refused",
    "safely_joined",
]
