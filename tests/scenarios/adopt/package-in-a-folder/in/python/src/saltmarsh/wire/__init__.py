"""What clients say."""
