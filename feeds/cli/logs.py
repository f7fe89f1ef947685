"""`feeds stats FILE…`: who reads which feed, from access logs."""

import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from feeds.access import LONGEST, Counts, FeedOf, Lines, feeds_of, tell
from feeds.cli.machines import write_json
from feeds.cli.options import Settings
from feeds.cli.readership import Reading, json_of, lines_of
from feeds.cli.settings import load_settings
from feeds.cli.talk import ProgressBar, complain, escaped, exit_code, write
from feeds.errors import ConfigurationError
from feeds.formats import feed_suffixes
from feeds.http.compression import BROKEN, DECOMPRESS, MOST_FIRST_BYTES, Source, coding_of

_STANDARD_INPUT = "-"
_BLOCK = 1 << 18
_SALT_BYTES = 16
_INTERRUPTED = 130


class Wishes(NamedTuple):
    """How to tell it: of one feed if `feed` names it, and so many rows of each table."""

    feed: str = ""
    top: int = 10
    as_json: bool = False


def logs(settings: Settings, files: Sequence[Path], wishes: Wishes) -> None:
    """Read logs once, in their order, and tell who reads which feed.

    What was read until it is interrupted is told, too, and then it ends with 130. Where a file
    could not be read to its end, it ends with 1.
    """
    with exit_code():
        counts = Counts(_feed_of(settings, wishes.feed), partial(secrets.token_bytes, _SALT_BYTES))
        reading, is_interrupted = Reading(), False
        try:
            with ProgressBar() as progress:
                _read_all(files, counts, reading, progress)
        except KeyboardInterrupt:
            reading.is_whole, is_interrupted = False, True
        told = tell(counts)
        if wishes.as_json:
            write_json(json_of(told, reading))
        else:
            for line in lines_of(told, reading, wishes.top, wishes.feed):
                write(line)
    if is_interrupted:
        complain("feeds: interrupted; this is what was read until then")
        sys.exit(_INTERRUPTED)
    if not reading.is_whole:
        sys.exit(1)


def _feed_of(settings: Settings, only: str) -> FeedOf:
    """Tell feeds as they are configured, where that is said, and else by their names alone."""
    is_known = settings.config_file() is not None or settings.base_url is not None
    base_path = None
    if is_known:
        base_path = urlsplit(load_settings(settings, corpus_needed=False).site.base_url).path
    return feeds_of(feed_suffixes(), base_path, only)


def _read_all(
    files: Sequence[Path],
    counts: Counts,
    reading: Reading,
    progress: Callable[[str, int, int], None],
) -> None:
    total = sum(file.stat().st_size for file in files if file.is_file())
    for file in files:
        name = "standard input" if str(file) == _STANDARD_INPUT else str(file)
        reading.files += 1
        with _opened(file) as opened:
            show = partial(_show, progress, total)
            lines = Lines()
            try:
                for line in _lines(_decoded(opened, reading, show)):
                    if (visit := lines.read(line)) is not None:
                        counts.add(visit)
            except BROKEN as error:
                reading.is_whole = False
                complain(f"{escaped(name)}: cannot be read further: {escaped(str(error))}")
            finally:
                reading.note(escaped(name), lines)


def _show(progress: Callable[[str, int, int], None], total: int, done: int) -> None:
    progress("reading logs", done, total)


@contextmanager
def _opened(file: Path) -> Iterator[BufferedReader]:
    """Open a file, or standard input, which stays open."""
    if str(file) == _STANDARD_INPUT:
        yield cast("BufferedReader", sys.stdin.buffer)
        return
    with file.open("rb") as opened:
        yield opened


class _Tapped:
    """A file of which it is noted how much is read; nothing of it is read twice."""

    def __init__(self, file: BufferedReader, reading: Reading, show: Callable[[int], None]) -> None:
        self._file = file
        self._reading = reading
        self._show = show
        self._first = b""

    def read(self, size: int = -1, /) -> bytes:
        """Give the next bytes."""
        if self._first:
            first, self._first = self._first[:size], self._first[size:]
            return first
        # What there is, so that an interrupt is heard also while a pipe has no more to give.
        data = self._file.read1(min(size, _BLOCK) if size >= 0 else _BLOCK)
        self._reading.bytes += len(data)
        self._show(self._reading.bytes)
        return data

    def first(self) -> bytes:
        """Look at the first bytes, which are read all the same."""
        self._first = self.read(MOST_FIRST_BYTES)
        return self._first


def _decoded(file: BufferedReader, reading: Reading, show: Callable[[int], None]) -> Source:
    """Take away the coding in which a file is, as its first bytes tell, whatever its name is."""
    source = _Tapped(file, reading, show)
    coding = coding_of(source.first())
    if coding not in DECOMPRESS:
        raise ConfigurationError((f"a log is in {coding}, for which no library is installed",))
    return DECOMPRESS[coding](source)


def _lines(source: Source) -> Iterator[bytes]:
    """Give lines without their ends; of one that is too long, the beginning."""
    rest = b""
    while block := source.read(_BLOCK):
        lines = (rest + block).split(b"\n")
        # One byte more than a line may have tells that it has too many.
        rest = lines.pop()[: LONGEST + 1]
        yield from lines
    if rest:
        yield rest
