"""One pass over one closed window of one stream: pages into committed parts, and the count that proves that none was lost."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

from base.errors import FunnelcastError, SourceError
from base.faults import fault_point
from base.home import Home
from base.words import counted
from ingestion.extract.results import StreamLoad, StreamProgress
from ingestion.log import damage, parts
from ingestion.log.loads import COMPLETE, FAILED, PAUSED, REFUSED, Ledger, Load
from ingestion.log.readings import Reading
from ingestion.log.records import PATIENCE, Page, Row, SourceFile, broken_id
from ingestion.log.versions import Versions
from ingestion.protocol.connector import Connector, CursorExpired, Window

#: A part is committed at this many records or payload bytes, whichever comes first.
PART_RECORDS = 10_000
PART_BYTES = 16 * 1024 * 1024

#: How often a pass begins again because the vendor expired its cursor.
MAXIMUM_RESTARTS = 3


class Pass:
    """One pass over one closed window, in one thread."""

    def __init__(
        self,
        home: Home,
        ledger: Ledger,
        connector: Connector,
        load: Load,
        progress: StreamProgress,
        stop: Event,
    ) -> None:
        self._home, self._ledger, self._connector, self._load = home, ledger, connector, load
        self._progress, self._stop = progress, stop
        self._state = ledger.begin(load)
        self._cursor = self._state.next_cursor
        before = ledger.newest_complete(load.source, load.stream)
        self._since = before.next_cursor if before else None
        self._token: str | None = None
        self._part = self._state.parts
        self._rows: list[Row] = []
        self._origins: list[int | None] = []
        self._places: list[str | None] = []
        self._files: list[SourceFile] = []
        self._reading: Reading | None = None
        self._place_of: dict[int, str] = {}
        self._bytes = 0
        self._written_files: list[str] = []
        self._warnings: list[str] = []
        self._fetched = self._written = self._duplicates = 0
        self._versions = Versions(
            parts.stream_files(home.lake, load.source, load.stream),
            window_end=load.window_end,
            before_reading=lambda: self._require_whole_parts(deep=True),
        )

    def run(self) -> None:
        """Read to the last page, begin again when the cursor expires, then hold the counts against the files."""
        self._require_whole_parts(deep=False)
        restarts = 0
        while True:
            try:
                self._read()
                break
            except CursorExpired as error:
                restarts += 1
                if restarts > MAXIMUM_RESTARTS:
                    raise SourceError(
                        f"{self._load.source}: {self._load.stream}: the vendor expired the page cursor {restarts} times",
                        remedy="Run again at a less busy time.",
                    ) from error
                self._commit(None)
                self._ledger.restart(self._load)
                self._cursor = None
        self._check()
        self._warnings += self._disagreements()

    def _disagreements(self) -> list[str]:
        """The sentence about records of which several files of this load say different things."""
        found = [
            (count, self._place_of[before], self._place_of[origin])
            for (before, origin), count in self._versions.disagreements.items()
            if before in self._place_of and origin in self._place_of
        ]
        if not found:
            return []
        total, (_, before, after) = sum(count for count, _, _ in found), max(found)
        return [
            f"{counted(total, 'record')} in several files with different content, as in {before} and {after}; the newer updated_at holds,"
            " else the file that comes later by name (9 before 10)"
        ]

    def refused(self) -> StreamLoad:
        """An optional stream that the credential may not read: warned about, recorded, and retried on the next run."""
        notice = f"{self._load.stream} was skipped: the credential has no permission to read it (status 403), and it is optional"
        self._warnings.append(notice)
        return self.ended(REFUSED, notice)

    def ended(self, status: str, error: str | None = None, *, is_misconfigured: bool = False) -> StreamLoad:
        self._versions.close()
        load = self._load
        if self._state.status == COMPLETE and status in (FAILED, PAUSED):
            # A failed re-read does not invalidate a complete window.
            self._ledger.finish(load, COMPLETE, error, token=self._state.next_cursor)
        else:
            self._ledger.finish(load, status, error, token=self._token)
        return StreamLoad(
            load.source,
            load.stream,
            status,
            load.load_id,
            load.window_start,
            load.window_end,
            self._fetched,
            self._written,
            self._duplicates,
            tuple(self._written_files),
            tuple(self._warnings),
            error,
            is_misconfigured,
        )

    def _require_whole_parts(self, *, deep: bool) -> None:
        """What is new is known by comparing with the stream's parts: with one of them damaged, nothing can be said of what comes."""
        damage.require(self._home.lake, self._ledger.ops, self._load.source, self._load.stream, deep=deep)

    def _read(self) -> None:
        load = self._load
        known = self._ledger.files(load.source, load.stream)
        window = Window(load.window_start, load.window_end, self._since)
        try:
            for page in self._connector.pages(load.stream, window, self._cursor, known):
                self._add(page)
                fault_point("ingestion.after_page")
                if self._stop.is_set():
                    raise SourceError(f"{load.source}: {load.stream}: stopped", remedy="Run again; it continues from here.")
                if len(self._rows) >= PART_RECORDS or self._bytes >= PART_BYTES:
                    self._commit(page.cursor)
        except (FunnelcastError, CursorExpired):
            self._commit(self._cursor)
            raise
        else:
            self._read_on(None)
        finally:
            if self._reading:
                self._reading.discard()
                self._reading = None
        self._commit(None)

    def _add(self, page: Page) -> None:
        latest = self._load.window_end + PATIENCE
        if any(row.observed_at and row.observed_at > latest for row in page.rows):
            # It would stay the newest version of its record until that time has come.
            page = replace(page, rows=[_untimely(row) if row.observed_at and row.observed_at > latest else row for row in page.rows])
        self._read_on(page)
        if page.origin is not None and page.place is not None:
            self._place_of[page.origin] = page.place
        self._rows += page.rows
        self._origins += [page.origin] * len(page.rows)
        self._places += [page.place] * len(page.rows)
        self._files += page.files
        self._bytes += sum(len(row.payload) for row in page.rows)
        self._warnings += page.warnings
        self._cursor, self._token = page.cursor, page.token
        self._fetched += len(page.rows)
        self._progress.advanced(self._load.source, self._load.stream, self._fetched, self._written)

    def _read_on(self, page: Page | None) -> None:
        """Note the page's rows in the reading of their place; a reading ends with another place, and with the pass."""
        place = page.place if page and page.origin is not None else None
        if self._reading and self._reading.place != place:
            self._reading.finish()
            self._reading = None
        if page and place:
            self._reading = self._reading or Reading(self._home, self._load, place)
            self._reading.add(page.rows)

    def _commit(self, cursor: str | None) -> None:
        """File first, ledger second: a kill between them leaves a complete file, which recovery adopts."""
        if not self._rows and not self._files:
            return
        load = self._load
        before = self._versions.duplicates
        versions = self._versions.new(self._rows, part=self._part, origins=self._origins, places=self._places)
        duplicates = self._versions.duplicates - before
        part = parts.write_part(
            self._home.lake, load, self._part, versions, fetched=len(self._rows), duplicates=duplicates, cursor=cursor, files=self._files
        )
        fault_point("ingestion.between_file_and_ledger")
        self._ledger.commit_part(load, part, self._files)
        fault_point("ingestion.after_part")
        self._written += part.written
        self._duplicates += part.duplicates
        if part.file:
            self._written_files.append(part.file)
        self._part += 1
        self._rows, self._origins, self._places, self._files, self._bytes = [], [], [], [], 0
        self._progress.advanced(load.source, load.stream, self._fetched, self._written)

    def _check(self) -> None:
        """Fetched = written + duplicates, by three counts that do not know of each other: pages, ledger, and the files' own row counts."""
        state = self._ledger.state(self._load)
        assert state is not None
        in_files = parts.rows_in(self._home.lake, [part.file for part in self._ledger.parts_of(self._load) if part.file])
        if (
            self._fetched != self._written + self._duplicates
            or state.fetched != state.written + state.duplicates
            or in_files != state.written
        ):
            raise SourceError(
                f"{self._load.source}: {self._load.stream}: {state.fetched} records were fetched, but {in_files} are in the lake"
                f" and {state.duplicates} were duplicates",
                remedy="The load is marked as failed and nothing from it is published. This is a bug; please report it with the run's log.",
            )


def _untimely(row: Row) -> Row:
    return Row(broken_id("untimely", row.payload), row.payload, None, row.line)
