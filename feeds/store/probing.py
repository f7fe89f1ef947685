"""Finding out whether a store can be trusted to heed conditions."""

from uuid import uuid4

from feeds.store.kinds import Conflict, Unconditional
from feeds.store.objects import Store


def probe(store: Store, folder: str) -> None:
    """Find out how a store heeds conditions, by an object in a folder that is gone after.

    Raises `Unconditional` where it writes what it must not.
    """
    key = f"{folder}/{uuid4().hex}"
    store.is_unquoted = False
    try:
        version = store.create(key, b"created", {})
        _refuses(store, key, None)
        for wrong in store.wrong_versions:
            _refuses(store, key, wrong)
        try:
            store.replace(key, b"replaced", {}, version)
        except Conflict:
            store.is_unquoted = True
            store.replace(key, b"replaced", {}, version)
    finally:
        store.delete([key])


def _refuses(store: Store, key: str, version: str | None) -> None:
    """Raise `Unconditional` where an object is created twice, or over a version that is not it."""
    try:
        if version is None:
            store.create(key, b"must not be", {})
        else:
            store.replace(key, b"must not be", {}, version)
    except Conflict:
        return
    message = "the store ignores If-Match and If-None-Match, so that publishers would overwrite"
    raise Unconditional(store.address, f"{message} each other; use one that heeds them")
