"""Charts in a registry in memory, and a model of what has become of each that is as small as can be."""

from __future__ import annotations

from dataclasses import dataclass, field

from packaging.version import Version
from packed_chart import packed

from contd_release.errors import Conflict
from contd_release.project.version import semver
from contd_release.tools.helm.copy import read
from contd_release.tools.oci.manifest import Manifest
from contd_release.tools.oci.repository import Push
from contd_release.tools.oci.upload import Bytes


@dataclass
class Charts:
    """
    The registry of one chart.

    Args:
        deletes: whether it deletes anything.
        stands: whether a tag that is there names the same for ever.
    """

    deletes: bool = True
    stands: bool = False
    registry: str = "example.com"
    named: dict[str, str] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def digest(self, reference: str) -> str | None:
        """What a tag names; a digest that is there names itself."""
        return reference if reference in self.manifests else self.named.get(reference)

    def manifest(self, digest: str) -> Manifest | None:
        """The manifest with this digest."""
        return self.manifests.get(digest)

    def blob(self, digest: str, _: int) -> bytes:
        """The bytes with this digest."""
        return self.blobs[digest]

    def keep(self, blob: Bytes) -> None:
        """Take a blob in."""
        self.blobs[blob.digest] = blob.content

    def put(self, tag: str, manifest: Manifest) -> None:
        """Let a tag name a manifest, where that is allowed."""
        if self.stands and self.named.get(tag, manifest.digest) != manifest.digest:
            raise Conflict(f"{tag} stands")
        self.manifests[manifest.digest] = manifest
        self.named[tag] = manifest.digest

    def push(self) -> Push:
        """Our login is a good one."""
        return Push.ALLOWED

    def untag(self, tag: str) -> bool:
        """Forget a tag, where that is allowed."""
        if self.deletes:
            self.named.pop(tag, None)
        return self.deletes

    def delete(self, digest: str) -> bool:
        """Forget a manifest and every tag that names it, where that is allowed."""
        if self.deletes:
            self.manifests.pop(digest, None)
            self.named = {tag: named for tag, named in self.named.items() if named != digest}
        return self.deletes


@dataclass
class ChartModel:
    """What has to be: each version's chart is `there`, `marked` or `gone`."""

    registry: Charts
    became: dict[Version, str] = field(default_factory=dict)

    def publish(self, version: Version) -> None:
        """A chart is pushed."""
        chart = packed(semver(version))
        for blob in (chart.archive, chart.config):
            self.registry.keep(blob)
        self.registry.put(semver(version), chart.manifest)
        self.became[version] = "there"

    def withdrawn(self, version: Version, wishes: frozenset[str]) -> None:
        """A rollback with these wishes is over."""
        if "delete-chart" in wishes and self.registry.deletes:
            self.became[version] = "gone"
        elif "deprecate-chart" in wishes and self.became[version] == "there" and not self.registry.stands:
            self.became[version] = "marked"

    def agrees(self) -> bool:
        """Whether the registry is what the model says: nothing else under any name, and nothing lost."""
        found = {version: self._found(version) for version in self.became}
        return found == self.became

    def _found(self, version: Version) -> str:
        original, there = packed(semver(version)).manifest.digest, self.registry
        named, kept = there.digest(semver(version)), there.digest(f"withdrawn-{semver(version)}")
        if named == original:
            # A registry that deletes no tags may keep the second name of a chart that could not be marked.
            return "there" if kept is None or (kept == original and not there.deletes) else f"also {kept}"
        if named is None:
            return "gone" if kept is None else f"only {kept}"
        is_marked = read(there, named).is_deprecated and kept == original  # type: ignore[arg-type]
        return "marked" if is_marked else f"{named}, beside {kept}"
