"""What is kept of telling, in files that are replaced in one step."""

import os
from contextlib import suppress
from pathlib import Path

from feeds.catalog import make_folder
from feeds.publish.listing import Listing, load_listing
from feeds.publish.syncing import sync_each
from feeds.push.queue import Queue, dump_queue, load_queue

_FOLDER = "push"
_QUEUE = "queue.json"
_SEEN = "manifest.json"


def push_folder(state: Path) -> Path:
    """Give where all of it is kept, below the state directory."""
    return state / _FOLDER


def read_queue(state: Path) -> Queue:
    """Read the queue; one that is not there, or is none, is empty."""
    try:
        return load_queue((push_folder(state) / _QUEUE).read_bytes())
    except (OSError, ValueError):
        return Queue()


def write_queue(state: Path, queue: Queue) -> None:
    """Keep a queue. Raises OSError where the disk refuses it."""
    _replace(push_folder(state) / _QUEUE, dump_queue(queue))


def read_seen(state: Path) -> Listing | None:
    """Read the publication as it was last looked at; None where that is not known."""
    try:
        return load_listing((push_folder(state) / _SEEN).read_bytes())
    except (OSError, ValueError):
        return None


def write_seen(state: Path, listing: Listing) -> None:
    """Keep a publication as it was looked at. Raises OSError where the disk refuses it."""
    _replace(push_folder(state) / _SEEN, listing.data)


def _replace(file: Path, data: bytes) -> None:
    """Put bytes in a file's place, old or new whatever happens, a loss of power included."""
    make_folder(file.parent)
    undone = file.with_name(f"{file.name}.part")
    try:
        undone.write_bytes(data)
        sync_each([os.fspath(undone)])
        undone.replace(file)
    except OSError:
        with suppress(OSError):
            undone.unlink()
        raise
    sync_each([os.fspath(file.parent)])
