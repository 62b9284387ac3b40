# Publish the artifacts of $DIST by hand, with every login already there. IMAGE and CHARTS are empty if this machine has no
# image or no chart to publish. Each command waits for the one before it.

# Publish.
git push --quiet origin "$COMMIT:refs/heads/release/v0.2.0"
git tag -a v0.2.0 -m "Release v0.2.0" "$COMMIT"
git push --quiet --atomic origin "$COMMIT:refs/heads/release/v0.2.0" refs/tags/v0.2.0
twine upload --non-interactive --disable-progress-bar --repository-url "$UPLOAD" "$DIST"/*.whl
twine upload --non-interactive --disable-progress-bar --repository-url "$UPLOAD" "$DIST"/*.tar.gz
if [ "$IMAGE" ]; then
    skopeo copy --quiet --all --dest-tls-verify=false "oci-archive:$DIST/$ARCHIVE" "docker://$IMAGE:0.2.0"
fi
if [ "$CHARTS" ]; then
    $HELM push --plain-http "$DIST/$NAME-0.2.0.tgz" "$CHARTS"
fi
github() { curl -fsS -H "Authorization: Bearer $GITHUB_TOKEN" -H "Accept: application/vnd.github+json" "$@"; }
draft=$(github -d '{"tag_name": "v0.2.0", "name": "v0.2.0", "draft": true}' "$API/releases")
id=$(echo "$draft" | sed -n 's|.*/releases/\([0-9]*\)/assets.*|\1|p' | head -n 1)
assets=$(find "$DIST" -type f ! -name "*-image.tar")
for file in $assets; do
    github -H "Content-Type: application/octet-stream" --data-binary "@$file" -o /dev/null \
        "$UPLOADS/releases/$id/assets?name=$(basename "$file")"
done

# Verify, as users get it.
python -m venv "$V/venv"
echo "$REQUIREMENT" > "$V/requirements.txt"
"$V/venv/bin/pip" --isolated --disable-pip-version-check install --quiet --no-deps --no-cache-dir \
    --require-hashes --index-url "$INDEX" --requirement "$V/requirements.txt"
"$V/venv/bin/python" -c "import importlib.metadata, $NAME; print(importlib.metadata.version('$NAME'))"
if [ "$IMAGE" ]; then
    skopeo inspect --tls-verify=false --raw "docker://$IMAGE:0.2.0" | sha256sum | grep "${DIGEST#sha256:}"
    for arch in amd64 arm64; do
        skopeo copy --quiet --src-tls-verify=false --override-arch "$arch" "docker://$IMAGE@$DIGEST" "oci:$V/$arch"
        skopeo inspect --config "oci:$V/$arch"
    done
fi
if [ "$CHARTS" ]; then
    $HELM pull --plain-http --version 0.2.0 --destination "$V" "$CHARTS/$NAME"
    cmp "$V/$NAME-0.2.0.tgz" "$DIST/$NAME-0.2.0.tgz"
    $HELM show chart "$V/$NAME-0.2.0.tgz"
    $HELM template release "$V/$NAME-0.2.0.tgz"
fi

# Promote.
github -X PATCH -d '{"draft": false, "make_latest": "true"}' -o /dev/null "$API/releases/$id"
mkdir "$V/files"
for file in $assets; do
    curl -fsS -o "$V/files/$(basename "$file")" "$FILES/$(basename "$file")"
done
(cd "$V/files" && sha256sum --check --ignore-missing SHA256SUMS)
if [ "$IMAGE" ]; then
    for tag in 0.2 0 latest; do
        skopeo copy --quiet --all --src-tls-verify=false --dest-tls-verify=false "docker://$IMAGE:0.2.0" \
            "docker://$IMAGE:$tag"
    done
fi
git push --quiet origin "$COMMIT:refs/heads/main"
