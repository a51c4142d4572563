"""The simulated company as `greenhouse` gives it."""

from sandbox.doubles.greenhouse.service import Greenhouse as ATS

__all__ = ["ATS"]
