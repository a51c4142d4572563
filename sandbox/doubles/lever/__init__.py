"""The simulated company as `lever` gives it."""

from sandbox.doubles.lever.service import Lever as ATS

__all__ = ["ATS"]
