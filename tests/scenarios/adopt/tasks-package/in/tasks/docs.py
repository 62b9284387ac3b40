from invoke import task


@task
def serve(c):
    """Serve them."""
