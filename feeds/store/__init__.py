"""Objects in a bucket, by keys, read whole and written under conditions."""

from feeds.store.objects import (
    Conflict,
    Denied,
    Fetched,
    NoPath,
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
    "Denied",
    "Fetched",
    "NoPath",
    "Store",
    "StoreFailed",
    "Stored",
    "TooLarge",
    "Unchanged",
    "Unconditional",
    "open_store",
]
