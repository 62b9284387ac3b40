"""
A small stand-in for the `helm` command line, on top of the Helm SDK from the `helm` extra.

It takes helm's own words and prints what helm prints, as far as a release needs them, so its callers do not
see which of the two answers. The SDK starts Go threads, which do not survive a fork: it only ever runs here, in a
process of its own. This file imports nothing of this package, so it runs as a script with any working directory.

https://helm.sh/docs/helm/helm/
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_python import RegistryClient

_SEVERITIES = ("UNKNOWN", "INFO", "WARNING", "ERROR")
_WARNING = 2


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run one command; a failure is one line on standard error.

    Returns:
        The exit code: 0, 1 for what helm refuses, 2 for words that are off, 127 where the SDK is not installed.
    """
    words = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = words.run
    try:
        from helm_python import HelmError
    except ImportError as error:
        sys.stderr.write(f"Error: the Helm SDK cannot be loaded: {error}\n")
        return 127
    try:
        return run(words)
    except HelmError as error:
        sys.stderr.write(f"Error: {' '.join(str(error).split())}\n")
        return 1


def lint(words: argparse.Namespace) -> int:
    """`helm lint --strict PATH`: one line for each problem."""
    import helm_python as helm

    report = helm.lint(words.path, strict=words.strict)
    found = [(one["severity"], f"{one['path']}: {one['error']}") for one in report["messages"]]
    said = " ".join(text for _, text in found)
    found += [(_SEVERITIES.index("ERROR"), one) for one in report["errors"] if one not in said]
    for severity, text in found:
        _say(f"[{_SEVERITIES[severity]}] {' '.join(text.split())}")
    lowest = _WARNING if words.strict else _WARNING + 1
    return int(bool(report["errors"]) or any(severity >= lowest for severity, _ in found))


def package(words: argparse.Namespace) -> int:
    """`helm package PATH --version V --app-version V --destination DIR`"""
    import helm_python as helm

    archive = helm.package(
        words.path, destination=words.destination, version=words.version, app_version=words.app_version
    )
    _say(f"Successfully packaged chart and saved it to: {archive}")
    return 0


def push(words: argparse.Namespace) -> int:
    """`helm push ARCHIVE oci://REGISTRY/FOLDER`"""
    import helm_python as helm

    with _client(plain_http=words.plain_http) as client:
        said = helm.push(words.archive, words.remote, client=client, plain_http=words.plain_http)
    _say(said.get("output", ""))
    return 0


def pull(words: argparse.Namespace) -> int:
    """`helm pull oci://REGISTRY/FOLDER/NAME --version V --destination DIR`"""
    import helm_python as helm

    with _client(plain_http=words.plain_http) as client:
        said = helm.pull(
            words.path,
            client=client,
            version=words.version,
            destination=words.destination,
            plain_http=words.plain_http,
        )
    _say(said.get("output", ""))
    return 0


def show_chart(words: argparse.Namespace) -> int:
    """`helm show chart PATH`: the Chart.yaml."""
    import helm_python as helm

    _say(helm.show(words.path, output_format="chart"))
    return 0


def template(words: argparse.Namespace) -> int:
    """`helm template NAME PATH`: the rendered objects as one YAML stream."""
    import helm_python as helm

    values = None
    if words.values:
        with open(words.values, encoding="utf-8") as stream:
            values = helm.values_from_yaml(stream.read())
    with helm.Chart.load(words.path) as chart:
        rendered = chart.render(values, name=words.name)
    for source, text in sorted(rendered.items()):
        if text.strip() and not source.endswith("NOTES.txt"):
            _say(f"---\n# Source: {source}\n{text.rstrip()}")
    return 0


def version(_: argparse.Namespace) -> int:
    """`helm version --short`"""
    import helm_python as helm

    _say(f"Helm SDK {helm.helm_sdk_version()}")
    return 0


def dependency_build(words: argparse.Namespace) -> int:
    """`helm dependency build PATH`: fill `charts/` with what Chart.lock names."""
    import helm_python as helm

    helm.dependency_build(words.path)
    return 0


def dependency_list(words: argparse.Namespace) -> int:
    """`helm dependency list PATH`: name, version, repository and status of each, separated by tabs."""
    import helm_python as helm

    found = helm.dependency_list(words.path)
    rows = [("NAME", "VERSION", "REPOSITORY", "STATUS")]
    rows += [(one["name"], one["version"], one["repository"], one["status"]) for one in found]
    for row in rows if found else ():
        _say("\t".join(row))
    return 0


def _client(*, plain_http: bool) -> RegistryClient:
    """A registry client that reads the credentials file which helm's own variable names, and writes none."""
    import helm_python as helm

    return helm.RegistryClient(plain_http=plain_http, credentials_file=os.environ.get("HELM_REGISTRY_CONFIG"))


def _say(text: str) -> None:
    if text.strip():
        sys.stdout.write(f"{text.rstrip()}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="helm_sdk", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True)
    one = _command(commands, "lint", lint, "path")
    one.add_argument("--strict", action="store_true")
    one = _command(commands, "package", package, "path")
    for option in ("--version", "--app-version", "--destination"):
        one.add_argument(option)
    one = _command(commands, "push", push, "archive", "remote")
    one.add_argument("--plain-http", action="store_true")
    one = _command(commands, "pull", pull, "path")
    for option in ("--version", "--destination"):
        one.add_argument(option)
    one.add_argument("--plain-http", action="store_true")
    one = _command(commands, "template", template, "name", "path")
    one.add_argument("--values")
    _command(commands, "version", version).add_argument("--short", action="store_true")
    show = commands.add_parser("show").add_subparsers(required=True)
    _command(show, "chart", show_chart, "path")
    dependency = commands.add_parser("dependency").add_subparsers(required=True)
    _command(dependency, "build", dependency_build, "path")
    _command(dependency, "list", dependency_list, "path")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    *operands: str,
) -> argparse.ArgumentParser:
    one = commands.add_parser(name, allow_abbrev=False)
    one.set_defaults(run=run)
    for operand in operands:
        one.add_argument(operand)
    return one


if __name__ == "__main__":
    sys.exit(main())
