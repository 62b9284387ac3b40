USER_AGENT = "salt-marsh/2.0.3"
