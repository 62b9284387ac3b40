project = "keel"
