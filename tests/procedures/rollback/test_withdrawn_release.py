"""A withdrawn release as its users see it: on the website, and in helm."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from withdrawals import news, released, rolled_back

from contd_release.errors import NotReady
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.tools.helm import helm
from contd_release.tools.helm.copy import read
from contd_release.tools.oci.repository import OciRepository

# Each releases twice, and withdraws.
pytestmark = pytest.mark.slow

pytest.importorskip("feedgen", reason="the extra `website` is not installed")

if TYPE_CHECKING:
    from pathlib import Path

    from rollback_bench import Yanking

    from tests.conftest import Place

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def shown(everywhere: Place, world: World) -> Place:
    """The place of `everywhere`, with a website and a chart."""
    try:
        helm.here()
    except NotReady as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
    account, overlay = world.accounts.publisher, everywhere.directory / "overlay.toml"
    website = f'[website]\nrepository = "{site(world)}"\nurl = "https://example.org/contd"\n'
    chart = f'[chart]\npath = "helm/contd"\nregistry = "oci://{world.registry}/contd/charts"\n'
    overlay.write_text(overlay.read_text(encoding="utf-8") + website + chart, encoding="utf-8")
    login = {"CONTD_REGISTRY_USERNAME": account.user, "CONTD_REGISTRY_PASSWORD": account.password.reveal()}
    everywhere.env.update(login)
    return everywhere


def site(world: World) -> Path:
    """The repository of the website."""
    return remotes.make(world.directory / "git", "website")


def text(place: Place, world: World, path: str) -> str:
    """A file of the website."""
    return place.git("show", f"gh-pages:{path}", where=site(world))


def loaded(place: Place, world: World, path: str) -> Any:
    """A JSON file of the website."""
    return json.loads(text(place, world, path))


def test_the_website_and_the_chart(shown: Place, world: World, yanking: Yanking) -> None:
    """Page, list and feed say that it is withdrawn, and why; the latest is the one before; helm warns of the chart."""
    released(shown)
    news(shown, "bad")
    released(shown)
    assert loaded(shown, world, "latest.json")["version"] == "0.3.0"
    charts = OciRepository.named(f"{world.registry}/contd/charts/contd", anonymous=True)
    original = charts.digest("0.3.0")

    said = rolled_back(shown, yanking, "0.3.0", "--deprecate-chart")
    assert "a copy takes its place that helm warns of" in said.out

    assert loaded(shown, world, "latest.json")["version"] == "0.2.0"
    records = {one["version"]: one for one in loaded(shown, world, "releases.json")["releases"]}
    assert {name: one["withdrawn"] for name, one in records.items()} == {"0.3.0": "it loses lines", "0.2.0": ""}
    page = text(shown, world, "0.3.0/index.html")
    assert page.index("Withdrawn.") < page.index("it loses lines") < page.index("There is bad")
    assert "Withdrawn." not in text(shown, world, "0.2.0/index.html")
    entries = ET.fromstring(text(shown, world, "feed.xml")).iter(f"{ATOM}entry")  # noqa: S314
    titles = [one.findtext(f"{ATOM}title") for one in entries]
    assert titles == ["contd 0.3.0 (withdrawn)", "contd 0.2.0"]

    deprecated = {tag: read(charts, charts.digest(tag) or "").is_deprecated for tag in ("0.2.0", "0.3.0")}
    assert deprecated == {"0.2.0": False, "0.3.0": True}
    assert original == charts.digest("withdrawn-0.3.0")
    status = shown.run("status", "--version", "0.3.0")
    assert "withdrawn: helm warns of it; as it was released it is withdrawn-0.3.0" in status.out

    commits, asked = shown.git("rev-list", "--count", "gh-pages", where=site(world)), len(world.ledger.mutating())
    again = shown.run("rollback", "--version", "0.3.0")
    assert again.code == 0, again.text
    assert commits == shown.git("rev-list", "--count", "gh-pages", where=site(world))
    assert asked == len(world.ledger.mutating())
    assert {1} == set(world.ledger.effects().values())


def test_not_the_newest_on_the_website(shown: Place, world: World, yanking: Yanking) -> None:
    """The latest stays; the withdrawn one says so; a chart that nobody asked to mark is as it was."""
    released(shown)
    news(shown, "good")
    released(shown)
    charts = OciRepository.named(f"{world.registry}/contd/charts/contd", anonymous=True)
    before = {tag: charts.digest(tag) for tag in charts.tags()}
    said = rolled_back(shown, yanking, "0.2.0")
    assert (
        "so: helm upgrade with --version 0.3.0; or invoke rollback with --deprecate-chart or --delete-chart" in said.out
    )
    assert loaded(shown, world, "latest.json")["version"] == "0.3.0"
    records = {one["version"]: one["withdrawn"] for one in loaded(shown, world, "releases.json")["releases"]}
    assert records == {"0.3.0": "", "0.2.0": "it loses lines"}
    assert before == {tag: charts.digest(tag) for tag in charts.tags()}
