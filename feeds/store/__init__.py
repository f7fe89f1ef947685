"""Objects in a bucket, by keys, read whole and written under conditions."""

from feeds.store.kinds import (
    Conflict,
    Denied,
    Fetched,
    NoPath,
    Stored,
    StoreFailed,
    TooLarge,
    Unchanged,
    Unconditional,
)
from feeds.store.objects import Store, open_store
from feeds.store.probing import probe

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
    "probe",
]
