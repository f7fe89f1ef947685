"""Edits a document and refreshes as a server does, again and again, for who measures that.

Usage: python tests/bench/renewing.py CONFIG DOCUMENT EDITS

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
    config, document = map(Path, sys.argv[1:3])
    settings = Settings(config=config, now=NOW)
    renewal = Renewal(load_settings(settings), settings)
    renewal.refresh(Run.SCAN)
    for nth in range(int(sys.argv[3])):
        mark = f"R{nth:05}"
        edit(document, mark)
        sys.stdout.write(f"{mark} {time.time_ns()}\n")
        sys.stdout.flush()
        renewal.note_changes(frozenset([document]))
        renewal.refresh(Run.LOOK)
        time.sleep(PAUSE)
