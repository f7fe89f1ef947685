"""How long a server's own refresh takes to publish an edit, in milliseconds.

Usage: python tests/bench/renewing.py CONFIG DOCUMENT OUTPUT EDITS

Prints the median.
"""

import statistics
import sys
import time
from pathlib import Path

from editing import edit, told_in
from measuring import NOW
from resident import milliseconds

from feeds.cli.options import Settings
from feeds.cli.renewal import Renewal
from feeds.cli.settings import load_settings
from feeds.schedule import Run


def refreshed(renewal: Renewal, document: Path, output: Path, mark: str) -> float:
    """Edit a document, refresh as if watching, and give how long it was until that was there."""
    edit(document, mark)
    begin = time.time_ns()
    renewal.note_changes(frozenset([document]))
    renewal.refresh(Run.LOOK)
    return milliseconds(output, told_in(document), mark, begin)


if __name__ == "__main__":
    config, document, output = map(Path, sys.argv[1:4])
    settings = Settings(config=config, now=NOW)
    renewal = Renewal(load_settings(settings), settings)
    renewal.refresh(Run.SCAN)
    times = [refreshed(renewal, document, output, f"R{nth:05}") for nth in range(int(sys.argv[4]))]
    sys.stdout.write(str(statistics.median(times)))
