"""
Convert photos; stop at any moment, start again, and no photo is converted twice.
"""

import tempfile
from pathlib import Path

from contd import Ledger

with tempfile.TemporaryDirectory() as folder:
    photos = ["beach.raw", "hill.raw", "town.raw"]
    converted = []

    # The first run is killed after one photo.
    done = Ledger(Path(folder) / "done.txt")
    for photo in done.remaining(photos):
        converted.append(photo)
        done.add(photo)
        break

    # The second run carries on.
    done = Ledger(Path(folder) / "done.txt")
    for photo in done.remaining(photos):
        converted.append(photo)
        done.add(photo)

    assert converted == photos, converted
    print(f"{len(converted)} photos converted, each once")
