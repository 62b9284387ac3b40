project = "rockpool"
version = "1.4"
release = "1.4.1"
needs_sphinx = "1.4.1"
