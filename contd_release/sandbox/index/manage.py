"""`/manage/project/NAME/release/VERSION/`: the page on which a person yanks, as PyPI has no API for it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final

from packaging.utils import canonicalize_name
from werkzeug.wrappers import Request, Response

from contd_release.sandbox.index.distributions import Distribution, Distributions
from contd_release.sandbox.index.upload import UploadRefusal
from contd_release.sandbox.ledger import effect

_PAGE: Final = """<!DOCTYPE html>
<title>{title}</title>
<h1>{title}</h1>
<p>{state}</p>
<form method="post"><label>Reason <input name="reason"></label>
<button name="do" value="yank">Yank</button> <button name="do" value="unyank">Un-yank</button></form>
<form method="post"><label>File <select name="file">{files}</select></label>
<button name="do" value="delete">Delete, for ever</button></form>
"""


def page(distributions: Distributions, files: tuple[Distribution, ...]) -> Response:
    """What the person sees of a release."""
    reason = distributions.yanked(files[0])
    options = "".join(f"<option>{escape(one.filename)}</option>" for one in files)
    state = "Released" if reason is None else f"Yanked: {escape(reason)}"
    title = escape(f"{files[0].name} {files[0].version}")
    return Response(_PAGE.format(title=title, state=state, files=options), mimetype="text/html")


def decide(request: Request, distributions: Distributions, name: str, version: str) -> None:
    """
    Do what the person asks for.

    Raises:
        UploadRefusal: it is none of what the page offers.
    """
    project, file = canonicalize_name(name), request.form.get("file", "")
    decisions: dict[str, Callable[[], None]] = {
        "yank": lambda: distributions.yank(project, version, request.form.get("reason", "")),
        "unyank": lambda: distributions.yank(project, version, None),
        "delete": lambda: _delete(distributions, project, file),
    }
    wish = request.form.get("do", "")
    if wish not in decisions:
        raise UploadRefusal("Say what to do: yank, unyank or delete.")
    decisions[wish]()
    effect(request.environ, f"{wish} {file or f'{project} {version}'}")


def _delete(distributions: Distributions, project: str, file: str) -> None:
    found = distributions.named(file)
    if found is None or found.project != project:
        raise UploadRefusal(f"There is no file {file!r} here.")
    distributions.delete(found)
