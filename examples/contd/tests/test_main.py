"""
The command says what is left.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from contd import __version__


class TestMain(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.ledger = str(Path(folder.name) / "done.txt")

    def contd(self, *words: str, stdin: str = "") -> tuple[int, str]:
        argv = [sys.executable, "-m", "contd", *words]
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    def test_version(self) -> None:
        """
        `--version` names the version of the package.
        """
        self.assertEqual((0, f"contd {__version__}\n"), self.contd("--version"))

    def test_what_is_left(self) -> None:
        """
        The exit code is 1 while something is left, and 0 when nothing is.
        """
        self.assertEqual((1, "a\nb\n"), self.contd(self.ledger, stdin="a\nb\n"))
        self.assertEqual((0, ""), self.contd(self.ledger, "--done", "a", "--done", "b"))
        self.assertEqual((0, ""), self.contd(self.ledger, stdin="a\nb\n"))
