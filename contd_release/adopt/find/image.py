"""The container image: the file that it is built from, its name and its platforms, as they are published today."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from contd_release.adopt.find.workflows import Step
from contd_release.adopt.finding import Finding
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.tree import APART, Tree
from contd_release.project.rules import IMAGE, PLATFORM

# Words in a file's name by which it builds something else than what is published.
_OTHERS: Final = frozenset(
    "dev devel development test tests testing ci debug docs builder build base lint e2e local".split()
)
_APART: Final = APART - {"docker"}


@dataclass(frozen=True)
class Image:
    """
    The image.

    Args:
        name: registry and repository, where something says it; empty if it follows from the remote.
        platforms: those that a workflow builds; empty if none says.
        context: the folder that is sent to the builder.
        is_by_remote: whether the name follows from the remote.
    """

    dockerfile: str
    name: str
    platforms: tuple[str, ...]
    context: str
    is_published: bool
    findings: tuple[Finding, ...]
    is_by_remote: bool = False


def find(tree: Tree, steps: Sequence[Step], values: str, by_remote: str, answers: Answers) -> Image | None:
    """
    The image of this tree; None if there is none, or nothing says what it is called.

    Args:
        values: the image's name in the chart's values.
        by_remote: what it is called where nothing says its name; empty if the remote is not on GitHub.
    """
    files = [path for path in tree.files if is_dockerfile(tree, path)]
    if not files:
        return None
    pushing = [step for step in steps if step.uses == "docker/build-push-action"]
    pushing += [one for step in steps if (one := _by_command(step))]
    pushing = [_from_folder(one, tree.folder) for one in pushing]
    step = next((one for one in pushing if file_of(one) in files and _names(one, steps)), None)
    chosen = _chosen(files, file_of(step) if step else "", answers)
    if chosen == "none":
        return None
    name, where = _name(step, steps, values, answers)
    if not name and not by_remote:
        reason = "no workflow, no chart and no GitHub remote names it: --answer image.name=HOST/NAME"
        return Image(chosen, "", (), ".", False, (Finding("the image is left out", chosen, reason),))
    platforms = tuple(re.findall(r"[^\s,]+", step.inputs.get("platforms", ""))) if step else ()
    if step and not platforms:
        platforms = ("linux/amd64",)
    name, reason = (name, f"as {where} says") if name else (by_remote, "after the remote")
    findings = [Finding(f"the image is {name}", chosen, reason)]
    others = [path for path in files if path != chosen]
    findings += [Finding(f"{path} is not published", path) for path in others[:5]]
    return Image(
        chosen,
        name,
        tuple(one for one in platforms if PLATFORM.holds(one)),
        _context(step, chosen, tree),
        True,
        tuple(findings),
        is_by_remote=name == by_remote,
    )


def is_dockerfile(tree: Tree, path: str) -> bool:
    """Whether an image can be built from a file, and it is no test's and no example's."""
    name = PurePosixPath(path).name
    is_one = re.fullmatch(r"(Docker|Container)file(\.[\w-]+)?|[\w-]+\.(Docker|docker|Container|container)file", name)
    return (
        bool(is_one)
        and _APART.isdisjoint(PurePosixPath(path).parts[:-1])
        and bool(re.search(r"(?im)^FROM\s", tree.text(path) or ""))
    )


def _chosen(files: list[str], by_workflow: str, answers: Answers) -> str:
    """The file that a workflow publishes, else the plainest one."""

    def rank(path: str) -> tuple[bool, bool, bool, int, str]:
        words = frozenset(re.split(r"[./_-]", path.lower()))
        is_plain = PurePosixPath(path).name in ("Dockerfile", "Containerfile")
        return (path != by_workflow, not _OTHERS.isdisjoint(words), not is_plain, path.count("/"), path)

    ordered = sorted(files, key=rank)
    best = ordered[0]
    if len(ordered) == 1 and "image" not in answers.given:
        return best
    reason = "a workflow pushes it" if best == by_workflow else "it has the plainest name"
    return answers.of(
        Question("image", f"which of {len(files)} files builds the image", best, reason, ("none", *ordered))
    )


def file_of(step: Step) -> str:
    """The file that a step builds from, as seen from the folder that it runs in."""
    context = step.inputs.get("context", ".").removeprefix("./").strip("/") or "."
    named = step.inputs.get("file", "").removeprefix("./")
    return named or ("Dockerfile" if context == "." or "{{" in context else f"{context}/Dockerfile")


def _from_folder(step: Step, folder: str) -> Step:
    """A step with its file and its context as seen from the folder of a package; empty for the root."""
    if not folder:
        return step
    context = step.inputs.get("context", ".")
    seen = {"file": file_of(step), "context": "." if "{{" in context else context}
    return replace(step, inputs={**step.inputs, **{key: posixpath.relpath(one, folder) for key, one in seen.items()}})


def _by_command(step: Step) -> Step | None:
    """A step that builds and pushes with commands, as one that does it with the action; None if it does neither."""
    text = step.run.replace("\\\n", " ")
    build = re.search(r"(?:docker|podman|buildah)\s+(?:(?:buildx|image)\s+)?(?:build|bud)\s+([^\n;&|]*)", text)
    if not build or not re.search(r"\bpush\b", text):
        return None
    options: dict[str, list[str]] = {}
    words = re.findall(r"[^\s\"']+", build[1])
    for flag, value in zip(words, [*words[1:], ""], strict=True):
        key, equals, given = flag.partition("=")
        if key in ("-t", "--tag", "-f", "--file", "--platform"):
            options.setdefault(key.lstrip("-")[:1], []).append(given if equals else value)
    context = words[-1] if words and not words[-1].startswith("-") else "."
    inputs = {
        "tags": "\n".join(options.get("t", [])),
        "file": options.get("f", [""])[0],
        "platforms": options.get("p", [""])[0],
        "context": context if "$" not in context else ".",
    }
    return replace(step, inputs=inputs)


def _names(step: Step, steps: Sequence[Step]) -> list[str]:
    """The names, without tags, that a step pushes to: its own, or those of docker/metadata-action in its job."""
    texts = [step.inputs.get("tags", "")]
    texts += [
        one.inputs.get("images", "")
        for one in steps
        if one.uses == "docker/metadata-action" and (one.path, one.job) == (step.path, step.job)
    ]
    words = [word for text in texts for word in re.findall(r"[^\s,]+", text) if "$" not in word.partition(":")[0]]
    found = [_whole(word.removeprefix("name=")) for word in words]
    return [one for one in found if IMAGE.holds(one)]


def _whole(word: str) -> str:
    """A name with its registry, without a tag: `docker.io/library/x` for `x`."""
    first, slash, rest = word.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return f"{first}/{rest.partition(':')[0]}".lower()
    return f"docker.io/{word.partition(':')[0]}".lower() if slash else ""


def _name(step: Step | None, steps: Sequence[Step], values: str, answers: Answers) -> tuple[str, str]:
    if "image.name" in answers.given:
        return answers.of(Question("image.name", "the image's registry and name", "")), "--answer"
    names = _names(step, steps) if step else []
    ours = sorted(names, key=lambda name: not name.startswith("ghcr.io/"))
    if step and ours:
        return ours[0], step.path
    found = _whole(values) if "/" in values else ""
    return (found, "the chart's values") if found and IMAGE.holds(found) else ("", "")


def _context(step: Step | None, chosen: str, tree: Tree) -> str:
    """The folder that the build may copy from: as the workflow says, else the one that has what is copied."""
    if step:
        context = step.inputs.get("context", ".").removeprefix("./").strip("/") or "."
        return "." if "{{" in context else context
    copied = copied_paths(tree.text(chosen) or "")
    folders = dict.fromkeys((".", str(PurePosixPath(chosen).parent), tree.above or "."))
    return max(folders, key=lambda folder: sum((tree.root / folder / one).exists() for one in copied))


def copied_paths(text: str) -> tuple[str, ...]:
    """The paths that a Dockerfile copies from its context, as far as they are plain."""
    found = re.findall(r"(?im)^(?:COPY|ADD)\s+(?!--from)(?:--\S+\s+)*([^\s\[]\S*)\s", text)
    plain = (one for one in found if not re.search(r"[$*?:]", one) and one not in (".", "./"))
    return tuple(one.removeprefix("./").rstrip("/") for one in plain)
