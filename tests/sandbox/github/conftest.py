"""Questions to the sandbox's GitHub."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
import requests
from github_server import NAME, Github

Ask: TypeAlias = Callable[..., requests.Response]


@pytest.fixture
def ask(github: Github) -> Ask:
    """Ask as the publisher, with another token, or with none, below the repository."""

    def ask(method: str, path: str, token: str | None = "", **more: object) -> requests.Response:
        base = github.world.uploads_url if "/assets?name=" in path else github.world.api_url
        headers = {} if token is None else {"Authorization": f"Bearer {token or github.token}"}
        headers |= dict(more.pop("headers", {}))  # type: ignore[call-overload]
        url = f"{base}/repos/{NAME}{path}"
        return requests.request(method, url, headers=headers, timeout=30, **more)  # type: ignore[arg-type]

    return ask
