"""The core of the tide."""
