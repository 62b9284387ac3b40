"""Python itself: the interpreters of this machine, environments of them, and the packages in those."""
