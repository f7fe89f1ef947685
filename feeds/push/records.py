"""What is kept of telling: beside the catalog, so that who tells next goes on where this ended."""

from pathlib import Path

from feeds.catalog import read_note, write_note
from feeds.config.state import State
from feeds.publish.listing import Listing, load_listing
from feeds.push.queue import Queue, dump_queue, load_queue

_FOLDER = "push"
_QUEUE = f"{_FOLDER}/queue.json"
_SEEN = f"{_FOLDER}/manifest.json"


def push_folder(folder: Path) -> Path:
    """Give where all of it is kept where the state is a directory, below that."""
    return folder / _FOLDER


def read_queue(state: State) -> Queue:
    """Read the queue; one that is not there, or is none, is empty."""
    try:
        return load_queue(read_note(state, _QUEUE) or b"")
    except ValueError:
        return Queue()


def write_queue(state: State, queue: Queue) -> None:
    """Keep a queue. Raises OSError or `DatabaseFailed` where it cannot be."""
    write_note(state, _QUEUE, dump_queue(queue), lasts=True)


def read_seen(state: State) -> Listing | None:
    """Read the publication as it was last looked at; None where that is not known."""
    try:
        return load_listing(read_note(state, _SEEN) or b"")
    except ValueError:
        return None


def write_seen(state: State, listing: Listing) -> None:
    """Keep a publication as it was looked at. Raises OSError or `DatabaseFailed`."""
    write_note(state, _SEEN, listing.data, lasts=True)
