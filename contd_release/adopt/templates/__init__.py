"""The texts that are written where a repository has none."""

from __future__ import annotations

import json
from importlib import resources

from contd_release import __version__
from contd_release.project import tag_format
from contd_release.project.tag_format import TagFormat

_REQUIREMENT = "contd-release[helm,sbom,sign]"


def template(name: str) -> str:
    """The text of a file that comes with us."""
    return (resources.files(__name__) / name).read_text(encoding="utf-8")


def release_workflow(tags: TagFormat) -> str:
    """The workflow that publishes what is tagged, started by the tags of this format, with our version."""
    text = template("release.yml").replace(f'"{_REQUIREMENT}"', f'"{_REQUIREMENT}=={__version__}"')
    if tags.text == tag_format.DEFAULT:
        return text
    text = text.replace('tags: ["v*"]', f"tags: {json.dumps([tags.pattern])}")
    return text.replace("startsWith(github.ref, 'refs/tags/v')", f"startsWith(github.ref, 'refs/tags/{tags.before}')")
