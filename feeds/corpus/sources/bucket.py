"""Documents in a bucket: told by one listing of it, and fetched ahead of who reads them.

Objects change as a whole, and a store knows each version by its entity tag: that is what tells
one that has changed. Where there is a tag, a stamp has no time, so that the same bytes which are
sent anew are not read anew.
"""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from hashlib import blake2b
from itertools import chain, islice
from typing import NamedTuple, Self

from feeds.corpus.source import ENDINGS, CorpusUnreachable, Gone, Seen, found_of, is_left_out
from feeds.model import FileStamp, Finding
from feeds.processes import forked
from feeds.store import Denied, NoPath, Store, Stored, StoreFailed, open_store
from feeds.text.addresses import is_sound

# How many documents are fetched at once, and how many bytes they may have in all: what is read
# takes about as long as a store takes to answer so many.
_AT_ONCE = 32
_BYTES_AT_ONCE = 64 * 1024 * 1024
# Two requests to a store.
_LISTED_AT_ONCE = 2_000
# Positive numbers of the size that a catalog keeps.
_MOST = 2**63 - 1

_store = cache(open_store)
"""The store of an address, whose connections are kept for as long as this process lasts."""


@dataclass(frozen=True, slots=True)
class BucketSource:
    """The documents below a prefix in a bucket, by an address such as `s3://bucket/prefix`."""

    address: str

    def __str__(self) -> str:
        """Give the address."""
        return self.address

    @property
    def directory(self) -> None:
        """None: it is on no disk of this machine."""
        return None

    def scan(self, prefix: str = "") -> Iterator[Seen]:
        """List all objects, in the order of their keys. See `Source.scan`.

        Another process does where this one may fork: it may no more once it has used a store.
        """
        try:
            with forked(_list_some, 1) as submit:
                yield from _parts(submit or _here, self.address, prefix)
        except StoreFailed as error:
            raise CorpusUnreachable(self, error.reason) from None

    def look(self, paths: Iterable[str], prefix: str = "") -> Iterator[Seen]:
        """Ask for each of some paths, and for what is below. See `Source.look`."""
        wanted = [path for path in paths if is_sound(path) and not is_left_out(path)]
        try:
            for path in wanted:
                yield from _seen(self._at(path), prefix)
        except StoreFailed as error:
            raise CorpusUnreachable(self, error.reason) from None

    def _at(self, path: str) -> Iterator[Stored | Finding]:
        store = _store(self.address)
        if path.endswith(ENDINGS) and (stored := store.stat(path)):
            yield stored
        yield from _listed_in(store, path)

    def open(self, prefix: str, limit: int, coming: Sequence[str] = ()) -> "_Files":
        """Fetch documents ahead. See `Source.open`."""
        return _Files(self, prefix, limit, coming)

    def place(self, path: str) -> str:
        """Give the address of an object."""
        return f"{self.address}/{path}" if path else self.address

    def below(self, place: str) -> str | None:
        """Give the key of an object by its address."""
        if place == self.address:
            return ""
        path = place.removeprefix(f"{self.address}/")
        return None if path == place else path

    def has_folder(self, name: str) -> bool:  # noqa: ARG002 - a store that is asked costs something
        """Know of none."""
        return False


class _Files:
    """Fetches documents ahead, several at once, as long as all of them may be held in memory."""

    def __init__(
        self, source: BucketSource, prefix: str, limit: int, coming: Sequence[str]
    ) -> None:
        self._source = source
        self._store = _store(source.address)
        self._prefix = prefix
        self._limit = limit
        self._coming = iter(coming)
        self._most = max(1, min(_AT_ONCE, _BYTES_AT_ONCE // limit, len(coming)))
        self._fetched: dict[str, Future[tuple[bytes, FileStamp]]] = {}
        self._threads: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self._most > 1:
            self._threads = ThreadPoolExecutor(self._most, "fetch")
            self._fetch_more()
        return self

    def __exit__(self, *_: object) -> None:
        if self._threads:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def read(self, path: str) -> tuple[bytes, FileStamp]:
        """Give a document that was fetched, or fetch it. See `Files.read`."""
        fetched = self._fetched.pop(path, None)
        if fetched is None:
            return self._fetch(path)
        try:
            return fetched.result()
        finally:
            self._fetch_more()

    def _fetch_more(self) -> None:
        if self._threads:
            for path in islice(self._coming, self._most - len(self._fetched)):
                self._fetched[path] = self._threads.submit(self._fetch, path)

    def _fetch(self, path: str) -> tuple[bytes, FileStamp]:
        try:
            found = self._store.read(path.removeprefix(self._prefix), self._limit)
        except Denied:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None
        except StoreFailed as error:
            raise CorpusUnreachable(self._source, error.reason) from None
        if found is None:
            raise Gone("there is no such object")
        body, stored = found
        return body, _stamp(path, stored)


class _Order(NamedTuple):
    """What is to be listed: what is at an address, with a prefix before paths, after a key."""

    address: str
    prefix: str
    after: str


_Part = tuple[list[Seen], str]


def _here(order: _Order) -> Callable[[], _Part]:
    return partial(_list_some, order)


def _parts(
    submit: Callable[[_Order], Callable[[], _Part]], address: str, prefix: str
) -> Iterator[Seen]:
    """Give what is listed part by part, the next of which is asked for before one is given."""
    coming: Callable[[], _Part] | None = submit(_Order(address, prefix, ""))
    while coming:
        found, after = coming()
        coming = submit(_Order(address, prefix, after)) if after else None
        yield from found


def _list_some(order: _Order) -> _Part:
    """List some objects, and give the key after which to go on; none where these are the last."""
    store = _store(order.address)
    # A store that cannot begin in the middle would list all of it for each part.
    most = None if order.address.startswith("az:") else _LISTED_AT_ONCE
    listed: list[Stored | Finding] = []
    last = order.after
    try:
        for stored in islice(store.objects("", order.after), most):
            listed.append(stored)
            last = stored.key
    except NoPath:
        listed += _by_folders(store, "", last)
        last = ""
    is_more = last and len(listed) == most
    return list(_seen(listed, order.prefix)), last if is_more else ""


def _seen(listed: Iterable[Stored | Finding], prefix: str) -> Iterator[Seen]:
    """Give stamps of what are documents, and what hinders, with their paths."""
    for each in listed:
        if isinstance(each, Finding):
            yield found_of(prefix + each.path, each.code, each.message, each.severity)
        elif each.key.endswith(ENDINGS) and not is_left_out(each.key):
            yield _stamp(prefix + each.key, each)


def _listed(store: Store, folder: str) -> Iterator[Stored | Finding]:
    """List what is below a folder; where a key is no path, folder by folder."""
    last = ""
    try:
        for stored in store.objects(folder):
            last = stored.key
            yield stored
    except NoPath:
        yield from _by_folders(store, folder, last)


def _by_folders(store: Store, folder: str, last: str) -> Iterator[Stored | Finding]:
    """List what is in a folder, and in those below each for itself, but nothing up to a last key.

    Raises `NoPath` where the folder itself cannot be listed.
    """
    objects, folders = store.level(folder)
    for each in chain(objects, *(_listed_in(store, inner) for inner in folders)):
        if isinstance(each, Finding) or each.key > last:
            yield each


def _listed_in(store: Store, folder: str) -> Iterator[Stored | Finding]:
    """List what is below a folder; one that cannot be listed costs itself, and is a finding."""
    try:
        yield from _listed(store, folder)
    except NoPath as error:
        yield found_of(folder, "file-unreadable", f"{error.reason}; left out", "error")


def _stamp(path: str, stored: Stored) -> FileStamp:
    if not stored.etag:
        return FileStamp(path, stored.size, int(stored.modified.timestamp() * 1e9), 0)
    tag = int.from_bytes(blake2b(stored.etag.encode(), digest_size=8).digest(), "big")
    return FileStamp(path, stored.size, 0, tag & _MOST)
