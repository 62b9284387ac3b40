project = "gridwalk"
release = "2.1.0"
version = "2.1"
