"""Objects in a bucket, by keys, read whole and written under conditions."""

from feeds.store.objects import (
    Conflict,
    Fetched,
    Store,
    Stored,
    StoreFailed,
    TooLarge,
    Unchanged,
    Unconditional,
    open_store,
)

__all__ = [
    "Conflict",
    "Fetched",
    "Store",
    "StoreFailed",
    "Stored",
    "TooLarge",
    "Unchanged",
    "Unconditional",
    "open_store",
]
