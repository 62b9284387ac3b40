# By hand, from main to the built artifacts; publish.sh continues.

# Prepare.
git fetch --quiet origin
git switch --quiet --create release/v0.2.0 origin/main
bump-my-version bump --new-version 0.2.0
towncrier build --version 0.2.0 --date 2026-01-01 --draft > changelog.d/0.2.0.md
towncrier build --version 0.2.0 --date 2026-01-01 --yes
git add --all
git commit --quiet --message "Release 0.2.0"
COMMIT=$(git rev-parse HEAD)

# Prove.
nox -s tests benchmarks docs examples

# Build, and try the wheel.
DIST=$PWD/dist
export SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)"
python -m build
twine check --strict "$DIST"/*
python -m venv "$V/trial"
"$V/trial/bin/pip" --disable-pip-version-check install --quiet "$DIST"/*.whl
"$V/trial/bin/python" -c "import importlib.metadata, $NAME; print(importlib.metadata.version('$NAME'))"
if [ "$IMAGE" ]; then
    ARCHIVE=$NAME-0.2.0-image.tar
    storage="buildah --root $V/storage/root --runroot $V/storage/run --storage-driver vfs"
    for arch in amd64 arm64; do
        $storage build --isolation chroot --format oci --timestamp "$SOURCE_DATE_EPOCH" --platform "linux/$arch" \
            --build-arg "BASE=$CONTD_RELEASE_BASE" --file docker/Dockerfile --manifest "$NAME:0.2.0" .
    done
    $storage manifest push --all "$NAME:0.2.0" "oci-archive:$DIST/$ARCHIVE"
    DIGEST=sha256:$(skopeo inspect --raw "oci-archive:$DIST/$ARCHIVE" | sha256sum | cut -d " " -f 1)
fi
if [ "$CHARTS" ]; then
    $HELM lint --strict "helm/$NAME"
    $HELM package --version 0.2.0 --app-version 0.2.0 --destination "$DIST" "helm/$NAME"
fi
(cd "$DIST" && sha256sum -- * > SHA256SUMS)
hashes=$(cd "$DIST" && sha256sum -- *.whl *.tar.gz | sed "s/ .*//; s/^/--hash=sha256:/" | tr "\n" " ")
REQUIREMENT="$NAME==0.2.0 $hashes"
