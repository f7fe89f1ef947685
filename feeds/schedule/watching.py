"""Eyes on directories; the only place that knows watchfiles, which need not be installed."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from watchfiles import watch

_log = logging.getLogger("feeds")

# Milliseconds of quiet that end a series of changes, in which whoever writes a document in place
# should have written more of it, and after which even a restless series ends.
_QUIET = 50
_LONGEST = 2_000
# Of more changes than this, a scan finds out faster what they come to.
_MANY = 1_000
# Milliseconds between looks at whether the directories are still the same.
_LOOK = 5_000
# Seconds until directories that cannot be watched are tried again.
_RETRY = 5.0


OnChange = Callable[[frozenset[Path] | None], None]
"""Takes the paths at which, or below, something has changed; None where that may be anywhere."""


class Watcher:
    """Tells in a thread of its own what below some directories has changed.

    What begins with a dot is not looked at, nor anything below `spared`. A directory that
    cannot be watched, or is another than it was, is watched again as soon as it can be. What is
    not seen meanwhile is left to the next scan.
    """

    def __init__(self, roots: Sequence[Path], spared: Path, on_change: OnChange) -> None:
        self._roots = roots
        self._spared = spared
        self._on_change = on_change
        self._stopping = threading.Event()
        self._complaint = ""
        self._thread = threading.Thread(target=self._work, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to watch in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Tell of nothing more."""
        self._stopping.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except OSError as error:
                self._complain(str(error))
                self._stopping.wait(_RETRY)

    def _watch(self) -> None:
        """Watch until it is over, or the directories are no longer the ones watched."""
        before = self._identities()
        for changes in watch(
            *self._roots,
            watch_filter=self._counts,
            debounce=_LONGEST,
            step=_QUIET,
            rust_timeout=_LOOK,
            yield_on_timeout=True,
            stop_event=self._stopping,
        ):
            self._complaint = ""
            is_another = self._identities() != before
            if (changes or is_another) and not self._stopping.is_set():
                is_anywhere = is_another or len(changes) > _MANY
                paths = frozenset(Path(path) for _, path in changes)
                self._on_change(None if is_anywhere else paths)
            if is_another:
                return

    def _identities(self) -> list[tuple[int, int]]:
        return [(status.st_dev, status.st_ino) for status in map(Path.stat, self._roots)]

    def _counts(self, _change: object, path: str) -> bool:
        changed = Path(path)
        for root in self._roots:
            if changed.is_relative_to(root):
                parts = changed.relative_to(root).parts
                is_seen = not any(part.startswith(".") for part in parts)
                return is_seen and not changed.is_relative_to(self._spared)
        return False

    def _complain(self, reason: str) -> None:
        """Log what hinders, but not again and again."""
        if reason != self._complaint:
            _log.warning("cannot watch the corpus, which is read as scheduled: %s", reason)
        self._complaint = reason
