"""R1, the weekly funnel and traction report to the business: view.py (numbers), build.py (queries), layout.py (words)."""

from exports.editions.weekly_funnel.build import build
from exports.editions.weekly_funnel.layout import TITLE, layout
from exports.editions.weekly_funnel.view import WeeklyFunnel, WeeklyFunnelOptions

__all__ = ["TITLE", "WeeklyFunnel", "WeeklyFunnelOptions", "build", "layout"]
