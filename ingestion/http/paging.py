"""Lists that never end: a cursor that comes again, pages that hold nothing or the same for ever. The list ends at once, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingestion.http.client import HttpError

#: Pages without a record, one after another, before which a list is not believed to go on.
MOST_EMPTY_PAGES = 100
#: How often a page with the same records may come: once more is a vendor's hiccup.
MOST_REPEATS = 3


class PageWatch:
    """Sees every page of one list. `what` names the list in messages."""

    def __init__(self, name: str, what: str, first: object = None) -> None:
        self._place = f"{name}: {what}"
        self._cursors: set[object] = {first} if first else set()
        self._pages: Counter[int] = Counter()
        self._empty = 0

    def see(self, records: Sequence[object], following: object) -> None:
        """A page and the cursor of the next one (None: there is none). Raises HttpError when the list does not advance."""
        if following is None:
            return
        if following in self._cursors:
            raise self._endless("the vendor's cursors of the next page repeat")
        self._cursors.add(following)
        self._empty = 0 if records else self._empty + 1
        if self._empty > MOST_EMPTY_PAGES:
            raise self._endless(f"{MOST_EMPTY_PAGES} pages in a row were empty, and each named a next one")
        if records:
            page = hash((len(records), repr(records[0]), repr(records[-1])))
            self._pages[page] += 1
            if self._pages[page] > MOST_REPEATS:
                raise self._endless("the same records come again on page after page")

    def _endless(self, what: str) -> HttpError:
        return HttpError(
            f"{self._place}: {what}", status=200, remedy="What was fetched is saved. Run again later, and report it to the vendor."
        )
