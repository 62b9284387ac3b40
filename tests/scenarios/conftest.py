"""The folders below are repositories of their own: nothing in them is a test of ours."""

collect_ignore_glob = ["*"]
