"""R1, the weekly funnel and traction report to the business: view.py (numbers), build.py (queries), layout.py (words)."""

from exports.editions.edition import Edition
from exports.editions.weekly_funnel.build import build
from exports.editions.weekly_funnel.layout import SECTIONS, TITLE, layout
from exports.editions.weekly_funnel.view import WeeklyFunnelOptions

EDITION = Edition(TITLE, WeeklyFunnelOptions, SECTIONS, build, layout)
