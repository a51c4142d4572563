"""The simulated company as `ashby` gives it."""

from sandbox.doubles.ashby.service import Ashby as ATS

__all__ = ["ATS"]
