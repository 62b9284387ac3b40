"""
One line of the ledger: a check value, a space, the item as JSON. Half a line never reads as a whole one.
"""

from __future__ import annotations

import json
import zlib


def encoded(item: str) -> bytes:
    """
    The line of an item, whatever characters are in it.
    """
    text = json.dumps(item).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def decoded(line: bytes) -> str | None:
    """
    The item of a line, or nothing where the line is not whole.
    """
    check, _, text = line.partition(b" ")
    if check != b"%08x" % zlib.crc32(text):
        return None
    item = json.loads(text)
    return item if isinstance(item, str) else None
