# The tasks with every tool they call but an image builder. Nothing runs while it is built: the wheels of each platform
# are fetched beforehand (python -m contd_release.tools.wheelhouse), so arm64 needs no emulation.
#
# Any base with Python 3.11, git and sh will do.
ARG BASE=docker.io/library/python:3.11-bookworm
FROM ${BASE}
ARG TARGETARCH

COPY build/image/${TARGETARCH}/ /opt/contd-release/
# A .pth file instead of PYTHONPATH: programs that the tasks start get no such variable. Debian's Python and python.org's
# look in different places.
COPY build/image/${TARGETARCH}/image.pth /usr/local/lib/python3.11/site-packages/
COPY build/image/${TARGETARCH}/image.pth /usr/local/lib/python3.11/dist-packages/

ENV PATH=/opt/contd-release/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["contd-release"]
