"""Versions of helm that cannot push a chart to an OCI registry, or cannot pull it from there."""

from __future__ import annotations

import re
from typing import Final

INSTEAD: Final = (
    "helm version --short   (with helm 3.12.3, or 3.13.2 or later, on PATH: https://helm.sh/docs/intro/install/)"
)
# https://github.com/helm/helm-www/pull/1266
_FIRST: Final = (3, 8, 0)
# https://github.com/helm/helm/issues/12423 and https://github.com/helm/helm/issues/12476
_CANNOT_LOG_IN: Final = ((3, 13, 0), (3, 13, 1))
_VERSION: Final = re.compile(r"\bv(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?")


def problem(stated: str) -> str:
    """
    Why this version of helm does not work with OCI registries; empty if it does, or if the version cannot be read.

    Args:
        stated: what `helm version --short` prints, such as `v3.16.4+g7877b45`.
    """
    match = _VERSION.search(stated)
    if match is None:
        return ""
    version = (int(match[1]), int(match[2]), int(match[3]))
    if version < _FIRST or (version == _FIRST and match[4]):
        return "OCI registries are an experiment before helm 3.8.0"
    return "helm 3.13.0 and 3.13.1 cannot log in to many OCI registries" if version in _CANNOT_LOG_IN else ""
