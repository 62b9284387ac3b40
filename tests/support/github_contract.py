"""GitHub's published OpenAPI description as a judge: every request and reply of a test must be valid against it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from jsonschema import FormatChecker

DESCRIPTION = Path(__file__).parents[1] / "data" / "github-openapi.json"
# The description lists these for a few operations only, and every operation can answer them.
_ANYWHERE = frozenset({400, 401, 403, 404, 411, 422, 429, 502})


@dataclass
class Contract:
    """
    Judges every exchange with the application it stands before; `broken` lists what was not valid.

    Args:
        is_asleep: whether exchanges pass unjudged, in tables of cases whose shapes another test has judged.
    """

    application: WSGIApplication
    broken: list[str] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)
    is_asleep: bool = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Judge the request, let it be answered, judge the reply."""
        request = Request(environ)
        if self.is_asleep or request.path.startswith(("/github/", "/api/v3/_forge/")):
            return self.application(environ, start_response)
        name, operation = _operation(request.method, re.sub(r"^/(api/v3|uploads)(?=/)", "", request.path))
        self.judged.add(name)
        found = _unknown_parameters(operation, request)
        if request.is_json:
            body = request.get_data()
            environ = {**environ, "wsgi.input": BytesIO(body)}
            found += _problems("request", _body_schema(operation), body)
        response = Response.from_app(self.application, environ, buffered=True)
        found += _judged(operation, response)
        self.broken += [f"{name} {problem}" for problem in found]
        return response(environ, start_response)


@cache
def _description() -> dict[str, Any]:
    found: dict[str, Any] = _translated(json.loads(DESCRIPTION.read_text(encoding="utf-8")))
    # The enumeration of an asset's states lacks the one that the prose of the upload explains.
    # https://docs.github.com/rest/releases/assets#upload-a-release-asset
    found["components"]["schemas"]["release-asset"]["properties"]["state"]["enum"].append("starter")
    return found


def _translated(node: Any) -> Any:
    """OpenAPI's `nullable` in JSON Schema's words."""
    if isinstance(node, list):
        return [_translated(one) for one in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _translated(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [schema, {"type": "null"}]} if node.get("nullable") is True else schema


def _operation(method: str, path: str) -> tuple[str, dict[str, Any]]:
    for template, item in _fixed_first():
        pattern = re.sub(r"\\\{(ref|path|tag|branch)\\\}", r".+", re.escape(template))
        pattern = re.sub(r"\\\{\w+\\\}", r"[^/]+", pattern)
        if method.lower() in item and re.fullmatch(pattern, path):
            return f"{method} {template}", item[method.lower()]
    raise AssertionError(f"{method} {path} is not in GitHub's description")


@cache
def _fixed_first() -> list[tuple[str, dict[str, Any]]]:
    return sorted(_description()["paths"].items(), key=lambda pair: (pair[0].count("{"), -len(pair[0])))


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found = _description()
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        node = found
    return node


def _body_schema(operation: dict[str, Any]) -> dict[str, Any] | None:
    content = _resolved(operation.get("requestBody", {})).get("content", {})
    found: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return found


def _unknown_parameters(operation: dict[str, Any], request: Request) -> list[str]:
    known = {_resolved(one)["name"] for one in operation.get("parameters", ())}
    sent = {name for name, _ in parse_qsl(request.query_string.decode())}
    return [f"has no parameter {name}" for name in sorted(sent - known)]


def _judged(operation: dict[str, Any], response: Response) -> list[str]:
    status = str(response.status_code)
    if status not in operation["responses"] and response.status_code not in _ANYWHERE:
        return [f"does not answer {status}"]
    listed = _resolved(operation["responses"].get(status, {}))
    schema = listed.get("content", {}).get("application/json", {}).get("schema")
    if schema is None and response.status_code >= 400:
        name = "validation-error" if response.status_code == 422 else "basic-error"
        schema = {"$ref": f"#/components/schemas/{name}"}
    return _problems(f"reply {status}", schema, response.get_data())


def _problems(what: str, schema: dict[str, Any] | None, body: bytes) -> list[str]:
    if schema is None:
        return []
    # Some installations of jsonschema take seconds to import.
    from jsonschema import Draft202012Validator

    whole = {"components": _description()["components"], "allOf": [schema]}
    found = Draft202012Validator(whole, format_checker=_formats()).iter_errors(json.loads(body))
    return [f"{what}: {error.json_path} {error.message}"[:400] for error in found]


@cache
def _formats() -> FormatChecker:
    from jsonschema import FormatChecker

    formats = FormatChecker(formats=())
    for name, is_valid in {"date-time": _is_date, "uri": _is_uri}.items():
        formats.checks(name, ValueError)(partial(_holds, is_valid))
    return formats


def _holds(is_valid: Callable[[str], bool], value: object) -> bool:
    return not isinstance(value, str) or is_valid(value)


def _is_date(value: str) -> bool:
    return datetime.fromisoformat(value).tzinfo is not None


def _is_uri(value: str) -> bool:
    parts = urlsplit(value)
    return bool(parts.scheme and parts.netloc)


def operations() -> set[str]:
    """Every operation that is described."""
    return {f"{method.upper()} {path}" for path, item in _description()["paths"].items() for method in item}
