"""Marina."""
