"""R7, the offer-decline report: view.py (numbers), build.py (queries), layout.py (words)."""

from exports.editions.edition import Edition
from exports.editions.offer_declines.build import build
from exports.editions.offer_declines.layout import SECTIONS, TITLE, layout
from exports.editions.offer_declines.view import OfferDeclinesOptions

EDITION = Edition(TITLE, OfferDeclinesOptions, SECTIONS, build, layout)
