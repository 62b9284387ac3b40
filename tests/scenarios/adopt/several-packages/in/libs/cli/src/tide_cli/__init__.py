"""The cli of the tide."""
