def run():
    """Run."""
