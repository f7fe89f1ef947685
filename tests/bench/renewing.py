"""Edits documents and refreshes as a server does, after each of them, for who measures that.

Usage: python tests/bench/renewing.py CONFIG DOCUMENT...

Prints, as each refresh begins, the mark that the edit has left and the time in nanoseconds.
"""

import sys
import time
from pathlib import Path

from editing import edit
from measuring import NOW

from feeds.cli.options import Settings
from feeds.cli.renewal import Renewal
from feeds.cli.settings import load_settings
from feeds.schedule import Run

# Seconds; whoever measures waits for less until no more is published.
PAUSE = 2.0

if __name__ == "__main__":
    config, *documents = map(Path, sys.argv[1:])
    settings = Settings(config=config, now=NOW)
    renewal = Renewal(load_settings(settings), settings)
    renewal.refresh(Run.SCAN)
    for nth, document in enumerate(documents):
        mark = f"R{nth:05}"
        edit(document, mark)
        sys.stdout.write(f"{mark} {time.time_ns()}\n")
        sys.stdout.flush()
        renewal.note_changes(frozenset([document]))
        renewal.refresh(Run.LOOK)
        time.sleep(PAUSE)
