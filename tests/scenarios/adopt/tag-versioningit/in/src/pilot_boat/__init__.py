"""It shows the way in."""
