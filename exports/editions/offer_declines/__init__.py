"""R7, the offer-decline report: view.py (numbers), build.py (queries), layout.py (words)."""

from exports.editions.offer_declines.build import build
from exports.editions.offer_declines.layout import TITLE, layout
from exports.editions.offer_declines.view import OfferDeclines, OfferDeclinesOptions

__all__ = ["TITLE", "OfferDeclines", "OfferDeclinesOptions", "build", "layout"]
