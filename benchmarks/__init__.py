"""What this project costs, measured against the same commands typed by hand."""
