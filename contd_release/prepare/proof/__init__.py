"""The proof: tests, benchmarks, docs and examples pass on the very tree that is released."""

from contd_release.prepare.proof.passed import access, passed

__all__ = ["access", "passed"]
