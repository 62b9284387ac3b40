"""
The whole adoption on one screen: what it finds, asks and would write.

Each subject has a module or a folder in `find/`, which only reads, and where something is written for it one in
`write/`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain

from contd_release.adopt import needs, settings
from contd_release.adopt.draft import Draft
from contd_release.adopt.find import chart, developers, image, package, places, tags, tasks, values, versions, workflows
from contd_release.adopt.find.changelog import changelog
from contd_release.adopt.find.places import Places
from contd_release.adopt.find.proof import proof
from contd_release.adopt.find.today import today
from contd_release.adopt.find.versions import Current
from contd_release.adopt.find.workflows import Step
from contd_release.adopt.found import Found
from contd_release.adopt.place import Place
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.templates import release_workflow, template
from contd_release.adopt.tree import Tree
from contd_release.adopt.write import changelog as write_changelog
from contd_release.adopt.write import developers as write_developers
from contd_release.adopt.write import settings as write_settings
from contd_release.adopt.write import superseded as write_superseded
from contd_release.adopt.write import tasks as write_tasks
from contd_release.adopt.write import versions as write_versions
from contd_release.errors import NotReady
from contd_release.project.defaults import github_repository
from contd_release.project.tables import refuse_bytes
from contd_release.tools import git


def look(tree: Tree, answers: Answers, steps: tuple[Step, ...] | None = None) -> Found:
    """
    Find what the working tree has, and ask a person for what no file says.

    Args:
        steps: what workflows do, where they are not in this tree.

    Raises:
        ReleaseError: the tree lacks something that every release needs.
    """
    refuse_bytes("pyproject.toml", tree.text("pyproject.toml"))
    repository = github_repository(git.known_url(tree.root, "origin") or "")
    found = package.find(tree, answers)
    name = found.name if found else repository.partition("/")[2] or tree.root.name
    tagged = tags.find(tree, name)
    current = versions.find(tree, found, tagged, answers)
    steps = workflows.steps(tree, repository) if steps is None else steps
    of_chart = chart.find(tree, name, current.version, steps, bool(repository), answers)
    in_values = values.find(tree, of_chart, name)
    of_image = image.find(
        tree, steps, in_values.name if in_values else "", _by_remote(repository, name if tree.above else ""), answers
    )
    channels = {
        "pypi": bool(found and found.metadata.is_built),
        "github": bool(repository),
        "image": bool(of_image and of_image.is_published),
        "chart": bool(of_chart and of_chart.is_published),
    }
    if not (found or channels["image"] or channels["chart"]):
        _require_tag_alone(tree, answers)
    releasing = today.find(tree, current.says, channels, answers)
    of_charts = [one.places(tree, has_image=channels["image"]) for one in (of_chart, in_values) if one]
    stating = tuple(chain.from_iterable(of_charts))
    followed = places.find(tree, found, current, tagged, stating).joined(releasing.places, releasing.gone)
    return Found(
        package=found,
        tags=tagged,
        current=current,
        chart=of_chart,
        values=in_values,
        image=of_image,
        places=_chosen(followed, current, answers),
        changelog=changelog.find(tree, current.version),
        proof=_proved(tree, found, steps, answers),
        today=releasing,
        tasks=tasks.find(tree, answers),
    )


def _proved(tree: Tree, found: package.Package | None, steps: tuple[Step, ...], answers: Answers) -> proof.Proof:
    """What proves a release, and where the tools for that are installed."""
    proved = proof.find(tree, found, steps, answers)
    installed = developers.find(tree, proved, _requires_python(found)).findings
    return replace(proved, findings=(*proved.findings, *installed))


def _require_tag_alone(tree: Tree, answers: Answers) -> None:
    """
    Refuse to prepare releases of nothing, unless a person wants tags.

    Raises:
        NotReady: nothing is there that is released.
    """
    question = Question(
        "only-tags",
        "there is nothing to build: is a release a tag alone",
        "no",
        "a package was not found",
        ("yes", "no"),
    )
    if answers.is_yes(question):
        return
    modules = re.findall(r"^[ \t]*path[ \t]*=[ \t]*(\S+)", tree.text(".gitmodules") or "", re.MULTILINE)
    others = f"; submodules are released from their own repositories: {', '.join(modules[:5])}" if modules else ""
    raise NotReady(
        f"there is no Python package, no image and no chart that can be published in {tree.root.name}{others}",
        expected="a pyproject.toml or setup.py that a build tool can use, a Dockerfile, a Chart.yaml",
        type_next="contd-release adopt --answer only-tags=yes   (if a release is a tag, and a GitHub Release)",
    )


def _requires_python(found: package.Package | None) -> str:
    return found.metadata.requires_python if found else ""


def draft(tree: Tree, found: Found, answers: Answers) -> Draft:
    """The files as adoption would write them."""
    made = Draft(tree)
    write_package(made, found, answers)
    write_settings.write(made, settings.of(found, answers))
    write_tasks.write(made, found.tasks)
    write_developers.write(made, developers.find(tree, found.proof, _requires_python(found.package)))
    project = needs.settings(tree, made.text)
    workflow = needs.workflow(project)
    if workflow and made.text(workflow) is None:
        made.write(workflow, release_workflow(project.tags))
    if project.settings.github and answers.is_yes(needs.PULL_REQUESTS) and tree.text(needs.NEWS_WORKFLOW) is None:
        made.write(needs.NEWS_WORKFLOW, template("news.yml"))
    return made


def _chosen(found: Places, current: Current, answers: Answers) -> Places:
    """The places, without those that a person says count for themselves."""
    kept = []
    for place in found.followed:
        is_far = (
            place.says != place.spelled(current.version) and place.path.endswith(".py") and place.path.count("/") > 1
        )
        question = Question(
            f"follow.{place.path}",
            f"{place.where} says {place.says}, the release is at {current.version}: does it follow",
            "yes",
            "it is a module of the package",
            ("yes", "no"),
        )
        if not is_far or answers.is_yes(question):
            kept.append(place)
    return replace(found, followed=tuple(kept))


def write_package(made: Draft, found: Found, answers: Answers) -> None:
    """Write what the tools of one package need, and nothing for the repository around it."""
    version = found.current.version
    followed = [*found.places.followed, *_stated_in_package(made, found, answers)]
    write_versions.agree(made, found.places.followed, version)
    write_changelog.write(made, found.changelog)
    write_superseded.remove(made, found.today)
    if followed or not (found.package and found.package.metadata.tag):
        # Where nothing states the version, bump-my-version's own file does.
        write_versions.list_all(made, followed, version, between=version.dev is not None)


def _stated_in_package(made: Draft, found: Found, answers: Answers) -> list[Place]:
    """The `__version__` that a package gets whose sub-packages state a version, and which states none itself."""
    modules = found.package.modules if found.package else ()
    path = f"{modules[0]}/__init__.py" if modules else ""
    text = made.text(path)
    inside = [one for one in found.places.followed if modules and one.path.startswith(f"{modules[0]}/")]
    if (
        text is None
        or "__version__" in text
        or not inside
        or any(one.path.count("/") == path.count("/") for one in inside)
    ):
        return []
    question = Question(
        "__version__", f"{path} states no version: shall it", "yes", f"{inside[0].where} states one", ("yes", "no")
    )
    if not answers.is_yes(question):
        return []
    version = str(found.current.version)
    line = write_versions.state_in_package(made, path, found.current.version)
    return [Place(path, line, '__version__ = "', version, '"', "the package's")]


def _by_remote(repository: str, package: str) -> str:
    """The name of the image after the GitHub repository; of one of several packages, after that and its owner."""
    whose = f"{repository.partition('/')[0]}/{package}" if package else repository
    return f"ghcr.io/{whose.lower()}" if repository else ""
