VERSION = (2, 2, 0)
__version__ = ".".join(map(str, VERSION))
