"""The chores of marina."""

import sys

from invoke import task


@task
def release(c):
    """The old way."""
    c.run("true")


@task(name="check")
def look(c):
    """Look at the code."""
    c.run(f"{sys.executable} -m compileall -q marina")
