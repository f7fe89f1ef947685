"""One publication on its way into a bucket."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import NamedTuple

from feeds.errors import Superseded
from feeds.model import Redirect, Resource
from feeds.publish.destination import Clock
from feeds.publish.listing import former_in
from feeds.publish.manifest import MANIFEST_NAME
from feeds.publish.record import (
    INTENTS,
    RECORD,
    REGISTERS,
    REPLACED,
    Begun,
    Kept,
    Record,
    dump_intent,
    dump_record,
    dump_register,
    intent_key,
    load_intent,
    replaced_key,
    token_of,
)
from feeds.store import Conflict, Store, Stored

_AT_ONCE = 32
_TRIES = 4
_LASTS = timedelta(days=1)
_SWEEP = timedelta(hours=1)
# Stores refuse a request that was signed so long ago, so that no publisher writes any more that
# had begun to by then.
_DOUBT = timedelta(minutes=15)
_MANIFEST_TYPE = "application/json"
_PAGE_TYPE = "text/html; charset=utf-8"


class Here(NamedTuple):
    """What a publication begins with.

    The `record` that is there, its `version`, and the `register` of what is published; what was
    `listed`, if anything was; what other publishers have `left` undone. The publisher's `token`
    and a `name` of its own, and the `terms` of what is said of objects.
    """

    store: Store
    record: Record | None
    version: str
    register: dict[str, Kept]
    listed: Mapping[str, Stored]
    left: tuple[str, ...]
    token: int
    name: str
    terms: str
    clock: Clock
    takeover: timedelta


class _Staged(NamedTuple):
    file: Path
    sha256: str
    size: int
    media_type: str


class BucketStaging:
    """Resources that are in a directory, and not yet in the bucket; `said` is told of each."""

    def __init__(
        self, here: Here, folder: Path, said: Callable[[str, str], Mapping[str, str]]
    ) -> None:
        self._here = here
        self._folder = folder
        self._said = said
        self._staged: dict[str, _Staged] = {}
        self._attributes: dict[str, Mapping[str, str]] = {}
        self._record, self._version = here.record, here.version
        self._doubtful = set[str]()
        self._intents = list[str]()
        self._written = set[str]()
        self._count = 0

    @property
    def register(self) -> dict[str, Kept]:
        """What is published once all of this is."""
        return self._here.register

    def stage(self, resource: Resource, last_modified: datetime) -> None:  # noqa: ARG002 - stores have their own times
        """Have a resource written beside its place. Raises `OSError` where there is no room."""
        self._stage(resource.path, (resource.body,), resource.media_type)

    def stage_parts(self, path: str, parts: Sequence[bytes], last_modified: datetime) -> None:  # noqa: ARG002 - as above
        """Have the manifest written beside its place, and what leads on from former addresses."""
        self._stage(path, parts, _MANIFEST_TYPE)
        for redirect in former_in(b"".join(parts)).redirects:
            self._stage_redirect(redirect)

    def settle(self) -> None:
        """Do nothing: what is staged is written."""

    def publish(
        self,
        last: Sequence[str],
        deleted: Iterable[str],
        first: Sequence[str] = (),
        outdated: Sequence[str] = (),
    ) -> None:
        """Put what is staged into the bucket, and commit it.

        To what is new nothing leads that is there already, so it comes first, then what is to be
        `first`, and what is `last` in order. Raises `Superseded` where another publisher has our
        place.
        """
        going = [path for path in deleted if path in self.register]
        outdated = [path for path in outdated if path in self.register]
        self._tell([*self._staged, *going, *outdated])
        with ThreadPoolExecutor(_AT_ONCE, "store") as threads:
            known = [path for path in self._staged if path in self.register]
            _each(threads, self._keep, [*known, *going, *outdated])
            self._delete(outdated)
            new = [path for path in self._staged if path not in self.register]
            _each(threads, self._write, [path for path in new if path not in {*last}])
            _each(threads, self._write, [path for path in first if path in self._staged])
            rest = [path for path in self._staged if path not in {*last}]
            _each(threads, self._write, rest)
            for path in last:
                self._write(path)
        self._commit(without=going)
        self._delete(going)
        self._staged.clear()
        self._written.clear()

    def finish(self) -> None:
        """Have nothing be left undone, whoever left it, and sweep away what has had its time."""
        here, record = self._here, self._record
        if record is None:
            return
        if here.left and not self._intents:
            self._doubt()
            self._commit(without=())
        here.store.delete([key for key in self._doubtful if key not in self.register])
        self._sweep(record)
        here.store.delete([*here.left, *self._intents])

    # --- Staging ---------------------------------------------------------------------

    def _stage(self, path: str, parts: Sequence[bytes], media_type: str) -> None:
        file = self._folder / str(self._count)
        self._count += 1
        digest, size = sha256(), 0
        with file.open("xb") as stream:
            for part in parts:
                stream.write(part)
                digest.update(part)
                size += len(part)
        self._staged[path] = _Staged(file, digest.hexdigest(), size, media_type)

    def _stage_redirect(self, redirect: Redirect) -> None:
        """Have a page stand at a former address which leads on, and a store say where to."""
        path = f"{redirect.path}index.html" if redirect.path.endswith("/") else redirect.path
        if path.endswith("*"):
            # All that is below an address is led on by who stands before the bucket alone.
            return
        body = _leading_on(redirect.target)
        kept, record = self.register.get(path), self._record
        is_told = record is not None and record.terms == self._here.terms
        if kept is not None and kept.sha256 == sha256(body).hexdigest() and is_told:
            return
        self._stage(path, (body,), _PAGE_TYPE)
        self._attributes[path] = {
            "redirect-location": redirect.target,
            "redirect-status": str(redirect.status),
        }

    # --- Into the bucket -------------------------------------------------------------

    def _tell(self, keys: Sequence[str]) -> None:
        """Have it be known what is about to be written, for whoever has to go on with it."""
        key = intent_key(self._here.token, f"{self._here.name}-{len(self._intents)}")
        self._here.store.create(key, dump_intent(keys), {})
        self._intents.append(key)
        self._doubt()

    def _doubt(self) -> None:
        """Doubt what those have begun to write whose place this is now."""
        for key in self._here.left:
            data = self._here.store.get(key)
            self._doubtful.update(load_intent(key, data or b"").keys)

    def _keep(self, path: str) -> None:
        """Keep what is about to be written over, for those who know it by its manifest."""
        kept, listed = self.register[path], self._here.listed
        if path in self._doubtful and not (
            path in listed and self._here.store.tells(listed[path], kept.version)
        ):
            # Whoever has written over it has kept it before.
            return
        self._here.store.copy(path, replaced_key(kept.sha256))

    def _write(self, path: str) -> None:
        """Write what is staged for a path, if it is not written yet."""
        staged, kept = self._staged.get(path), self.register.get(path)
        if staged is None or path in self._written:
            return
        attributes = {**self._said(path, staged.media_type), "sha256": staged.sha256}
        attributes |= self._attributes.get(path, {})
        version = self._put(path, staged.file.read_bytes(), attributes, kept and kept.version)
        self.register[path] = Kept(version, staged.sha256, staged.size)
        self._written.add(path)

    def _put(
        self, path: str, body: bytes, attributes: Mapping[str, str], version: str | None
    ) -> str:
        """Write an object over the version that is known, or that of one who lost its place."""
        store = self._here.store
        for _ in range(_TRIES):
            try:
                if version is None:
                    return store.create(path, body, attributes)
                return store.replace(path, body, attributes, version)
            except Conflict:
                self._check_place()
                found = store.fetch(path)
                version = None if found is None else found.version
        raise Superseded(store.address)

    def _check_place(self) -> None:
        """Raise `Superseded` where another publisher has our place."""
        store = self._here.store
        found = store.fetch(RECORD)
        is_ours = found is None if self._record is None else bool(found)
        if not is_ours or (found is not None and found.version != self._version):
            raise Superseded(store.address)
        if any(token_of(each.key) > self._here.token for each in store.objects(INTENTS)):
            raise Superseded(store.address)

    def _commit(self, without: Iterable[str]) -> None:
        """Have what is written be what is published."""
        here, before, now = self._here, self._record, self._here.clock()
        for path in without:
            del self.register[path]
        generation = before.generation + 1 if before else 1
        key = f"{REGISTERS}/{generation}-{here.name}"
        here.store.create(key, dump_register(self.register), {})
        doubtful = set(self._doubtful)
        if before is not None and before.until is not None and now < before.until:
            doubtful.update(before.doubtful)
        record = Record(
            here.token,
            generation,
            self._publications(before.shown(now) if before else (), now),
            key,
            here.terms,
            before.swept if before else now,
            tuple(sorted(doubtful)),
            now + _DOUBT if self._doubtful else before.until if before else None,
        )
        body = dump_record(record)
        try:
            if before is None:
                self._version = here.store.create(RECORD, body, {})
            else:
                self._version = here.store.replace(RECORD, body, {}, self._version)
        except Conflict:
            raise Superseded(here.store.address) from None
        if before is not None:
            here.store.delete([before.register])
        self._record = record

    def _publications(self, earlier: tuple[Begun, ...], now: datetime) -> tuple[Begun, ...]:
        """Give what is shown, and when it begins: all servers are to have it by then."""
        manifest = self.register[MANIFEST_NAME].sha256
        if not earlier:
            return (Begun(manifest, now),)
        if earlier[-1].manifest == manifest:
            return earlier
        begins = max(now + self._here.takeover, earlier[-1].begins)
        return (*earlier, Begun(manifest, begins))

    def _delete(self, paths: Sequence[str]) -> None:
        if paths:
            self._here.store.delete(paths)
            for path in paths:
                self.register.pop(path, None)

    def _sweep(self, record: Record) -> None:
        """Delete what no manifest has named for a day."""
        now = self._here.clock()
        if now - record.swept < _SWEEP or self._here.left:
            return
        kept = {replaced_key(each.manifest) for each in record.publications}
        self._here.store.delete(
            each.key
            for each in self._here.store.objects(REPLACED)
            if each.modified < now - _LASTS and each.key not in kept
        )


def _each(threads: ThreadPoolExecutor, work: Callable[[str], None], paths: Sequence[str]) -> None:
    """Have work be done for each path, many at once; where it fails for one, no more is begun."""
    waiting = [threads.submit(work, path) for path in paths]
    try:
        for each in waiting:
            each.result()
    finally:
        for each in waiting:
            each.cancel()


def _leading_on(target: str) -> bytes:
    """Write a page that leads on to a URL, for stores that redirect nobody."""
    url = escape(target)
    return (
        "<!doctype html>\n"
        f'<html lang="en"><meta charset="utf-8"><title>Moved</title>\n'
        f'<link rel="canonical" href="{url}"><meta http-equiv="refresh" content="0; url={url}">\n'
        f'<p>This is now at <a href="{url}">{url}</a>.</p></html>\n'
    ).encode()
