"""What must be so before an image is built: something builds images, and the registry lets us in."""

from __future__ import annotations

from contd_release.channels.image.build import builder
from contd_release.channels.image.names import repository, sealed, settings, storage, told
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady
from contd_release.project.release import Release
from contd_release.project.rules import is_loopback
from contd_release.tools.oci import login as oci_login
from contd_release.tools.oci.repository import Push


def buildable(release: Release) -> Step:
    """Something that builds images is here."""

    def observe() -> Found:
        if sealed(release):
            return Found(State.DONE, "the image is built")
        try:
            return Found(State.DONE, str(builder(settings(release), storage(release))))
        except NotReady as error:
            return Found(State.ABSENT, error.what_is, error.type_next)

    return Step("docker buildx or buildah is here", observe)


def pushable(release: Release) -> Step:
    """The registry lets us push, as far as it tells beforehand; nothing is put there to find out."""
    name = settings(release).name

    def observe() -> Found:
        there, ours = repository(release), sealed(release)
        if ours and there.digest(release.semver) == ours.digest:
            return Found(State.DONE, f"{told(release)} is there")
        who = f"{there.login.username or 'our token'}" if there.login else "anybody"
        return {
            Push.ALLOWED: Found(State.DONE, f"{there.registry} lets {who} push"),
            Push.REFUSED: Found(
                State.ABSENT,
                f"{there.registry} does not let {who} push to {there.path}",
                f"export {oci_login.USERNAME}=… {oci_login.PASSWORD}=…   (or docker login {there.registry})",
            ),
            Push.READ_ONLY: Found(
                State.ABSENT, f"{there.registry} is read-only: it answers 405", "invoke release   (when it is not)"
            ),
            Push.UNKNOWN: Found(
                State.DONE, f"{there.registry} answers; that {who} may push cannot be checked before publishing"
            ),
        }[there.push()]

    return Step(f"{name} can be pushed to", observe)


def original(release: Release) -> Step:
    """A stand-in for the base image, made for rehearsals, goes to no registry but one on this machine."""

    def observe() -> Found:
        base, host = settings(release).base, repository(release).registry.rpartition(":")[0]
        if base and not is_loopback(host or repository(release).registry):
            return Found(
                State.ABSENT,
                f"the base image is the stand-in {base}, and {settings(release).name} is not on this machine",
                "remove `base` from [tool.contd-release.image]",
            )
        return Found(State.DONE, f"the base image is the stand-in {base}" if base else "as the Dockerfile says")

    return Step("the base image is what users should get", observe)
