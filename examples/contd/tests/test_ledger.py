"""
What is done stays done.
"""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from contd import Ledger


class TestLedger(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "done.txt"

    def test_a_new_ledger_is_empty(self) -> None:
        """
        A ledger whose file is not there remembers nothing, and reading it writes nothing.
        """
        self.assertEqual([], list(Ledger(self.path)))
        self.assertFalse(self.path.exists())

    def test_what_is_added_is_remembered(self) -> None:
        """
        Another process sees what this one added, whatever characters are in it.
        """
        for item in ("a", "two\nlines", "übung", ""):
            Ledger(self.path).add(item)
        self.assertEqual(["", "a", "two\nlines", "übung"], list(Ledger(self.path)))

    def test_adding_twice_is_adding_once(self) -> None:
        """
        A second `add` of the same item leaves the file as it was.
        """
        ledger = Ledger(self.path)
        ledger.add("a")
        before = self.path.read_bytes()
        ledger.add("a")
        self.assertEqual(before, self.path.read_bytes())

    def test_remaining_keeps_the_order(self) -> None:
        """
        What is left comes in the order of the work, each item once.
        """
        ledger = Ledger(self.path)
        ledger.add("b")
        self.assertEqual(["c", "a"], list(ledger.remaining(["c", "b", "a", "c"])))

    def test_remaining_notices_what_is_done_meanwhile(self) -> None:
        """
        An item that is finished while the list is walked is not told again.
        """
        ledger = Ledger(self.path)
        left = ledger.remaining(["a", "b", "c"])
        self.assertEqual("a", next(left))
        ledger.add("b")
        self.assertEqual(["c"], list(left))

    def test_a_cut_line_does_not_count(self) -> None:
        """
        Cut anywhere, the file gives the whole lines before the cut, and takes the next one.
        """
        ledger = Ledger(self.path)
        ledger.add("first")
        whole = len(self.path.read_bytes())
        ledger.add("second")
        text = self.path.read_bytes()
        for cut in range(whole, len(text)):
            self.path.write_bytes(text[:cut])
            again = Ledger(self.path)
            self.assertEqual(["first"], list(again))
            again.add("third")
            self.assertEqual(["first", "third"], [item for item in Ledger(self.path) if item != "second"])
