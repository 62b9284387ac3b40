#!/usr/bin/env python3
"""
Make a stand-in for the image's base, for every platform, where no public registry can be reached.

    python3 tests/support/base_image.py build/base.tar
    CONTD_RELEASE_BASE=oci-archive:$PWD/build/base.tar invoke rehearse

It is an OCI archive with Debian's own Python, from the mirror that apt uses here. Packages are unpacked and not
configured: nothing of another platform runs, so there is no emulation. Unlike the real base it has no git. Needs
mmdebstrap and nothing else.

https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

SUITE = "bookworm"
PACKAGES = ("busybox-static", "ca-certificates", "libpython3-stdlib", "python3", "python3-minimal")
# Scripts that are not run would make such links; busybox is what they lead to.
LINKS = (
    'cd "$1"; for tool in cat id ls mkdir mv rm sh; do [ -e bin/$tool ] || ln -s busybox bin/$tool; done; '
    "ln -s ../../bin/busybox usr/bin/env"
)
EPOCH = 1_700_000_000
KIND = "application/vnd.oci.image"


def rootfs(to: Path, architecture: str) -> None:
    """Unpack the packages of one architecture into a tar file: equal packages give equal bytes."""
    argv = ("mmdebstrap", "--quiet", "--variant=extract", f"--include={','.join(PACKAGES)}")
    options = (f"--architectures={architecture}", f"--extract-hook={LINKS}", SUITE, str(to))
    try:
        done = subprocess.run(
            (*argv, *options),
            env=os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH)},
            check=False,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        sys.exit("mmdebstrap is not here\n  type: apt-get install mmdebstrap")
    if done.returncode:
        sys.exit(f"mmdebstrap ended with {done.returncode}:\n{done.stderr}")


class Layout:
    """An OCI layout that grows in a folder."""

    def __init__(self, folder: Path) -> None:
        self.blobs = folder / "blobs" / "sha256"
        self.blobs.mkdir(parents=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def add(self, kind: str, content: object) -> dict[str, object]:
        """Keep some JSON; how another one names it."""
        text = json.dumps(content, sort_keys=True).encode()
        digest = hashlib.sha256(text).hexdigest()
        (self.blobs / digest).write_bytes(text)
        return {"mediaType": f"{KIND}.{kind}", "digest": f"sha256:{digest}", "size": len(text)}

    def layer(self, tar: Path) -> tuple[dict[str, object], str]:
        """Pack a tar file as a layer; how a manifest names it, and the digest of what is in it."""
        half = self.blobs / tar.name
        with (
            open(tar, "rb") as source,
            open(half, "wb") as out,
            gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=out, mtime=EPOCH) as packed,
        ):
            shutil.copyfileobj(source, packed, 1 << 20)
        digest = digest_of(half)
        size = half.rename(self.blobs / digest).stat().st_size
        kind = f"{KIND}.layer.v1.tar+gzip"
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": size}, f"sha256:{digest_of(tar)}"

    def image(self, tar: Path, architecture: str) -> dict[str, object]:
        """An image of one layer; how an index names it."""
        layer, diff = self.layer(tar)
        platform = {"architecture": architecture, "os": "linux"}
        root = {"type": "layers", "diff_ids": [diff]}
        config = {"config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]}, "rootfs": root, "history": [{}], **platform}
        manifest: dict[str, object] = {"config": self.add("config.v1+json", config), "layers": [layer]}
        return {**self.add("manifest.v1+json", typed("manifest", manifest)), "platform": platform}


def typed(kind: str, content: dict[str, object]) -> dict[str, object]:
    """A manifest or an index, as it says what it is."""
    return {"schemaVersion": 2, "mediaType": f"{KIND}.{kind}.v1+json", **content}


def digest_of(path: Path) -> str:
    """The sha256 of a file."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def archive(room: Path, architectures: list[str], to: Path) -> None:
    """One index with an image for each platform, as one file; builders choose from it by platform."""
    layout = Layout(room / "layout")
    with ThreadPoolExecutor() as pool:
        images = list(pool.map(lambda one: layout.image(room / f"{one}.tar", one), architectures))
    index = layout.add("index.v1+json", typed("index", {"manifests": images}))
    # Without a name buildah calls the base after its own platform's image, and refuses the other platform's.
    index["annotations"] = {"org.opencontainers.image.ref.name": "localhost/contd-release-base:stand-in"}
    (room / "layout" / "index.json").write_text(json.dumps(typed("index", {"manifests": [index]})))
    half = to.with_name(f".{to.name}.half")
    with tarfile.open(half, "w") as out:
        for path in sorted((room / "layout").rglob("*")):
            if path.is_file():
                member = tarfile.TarInfo(str(path.relative_to(room / "layout")))
                member.size, member.mtime = path.stat().st_size, EPOCH
                with open(path, "rb") as stream:
                    out.addfile(member, stream)
    half.rename(to)


def main() -> None:
    """Make the archive, unless it is there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("to", type=Path)
    parser.add_argument("--platform", action="append", help="such as linux/arm64; amd64 and arm64 without it")
    words = parser.parse_args()
    if words.to.exists():
        return
    words.to.parent.mkdir(parents=True, exist_ok=True)
    architectures = [one.removeprefix("linux/") for one in words.platform or ["linux/amd64", "linux/arm64"]]
    with TemporaryDirectory(prefix="base-image-", dir=words.to.parent) as room:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda one: rootfs(Path(room) / f"{one}.tar", one), architectures))
        archive(Path(room), architectures, words.to)


if __name__ == "__main__":
    main()
