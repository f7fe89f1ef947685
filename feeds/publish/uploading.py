"""One publication on its way into a bucket."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import NamedTuple

from feeds.errors import Superseded
from feeds.model import Redirect, Resource
from feeds.publish.committing import Committing, Here
from feeds.publish.listing import former_in
from feeds.publish.record import Kept, replaced_key
from feeds.store import Conflict

_AT_ONCE = 32
_TRIES = 4
_MANIFEST_TYPE = "application/json"
_PAGE_TYPE = "text/html; charset=utf-8"


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
        self._committing = Committing(here)
        self.register = here.register
        self._written = set[str]()
        self._former = set[str]()
        self._count = 0

    def stage(self, resource: Resource, last_modified: datetime) -> None:  # noqa: ARG002 - stores have their own times
        """Have a resource written beside its place. Raises `OSError` where there is no room."""
        self._stage(resource.path, (resource.body,), resource.media_type)

    def stage_parts(self, path: str, parts: Sequence[bytes], last_modified: datetime) -> None:  # noqa: ARG002 - as above
        """Have the manifest written beside its place, and what leads on from former addresses."""
        self._stage(path, parts, _MANIFEST_TYPE)
        self._former.clear()
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
        going = [*self._going(deleted)]
        outdated = [path for path in outdated if path in self.register]
        self._committing.tell([*self._staged, *going, *outdated])
        at_the_end = {*last}
        with ThreadPoolExecutor(_AT_ONCE, "store") as threads:
            known = [path for path in self._staged if path in self.register]
            _each(threads, self._keep, [*known, *going, *outdated])
            self._delete(outdated)
            early = [path for path in self._staged if path not in at_the_end]
            new = [path for path in early if path not in self.register]
            for wave in new, first, early:
                _each(threads, self._write, wave)
        for path in last:
            self._write(path)
        self._committing.commit(without=going)
        self._delete(going)
        self._staged.clear()
        self._written.clear()

    def finish(self) -> None:
        """Have nothing be left undone, whoever left it, and sweep away what has had its time."""
        self._committing.finish()

    def _going(self, deleted: Iterable[str]) -> Iterator[str]:
        """Give what is to be deleted: where nothing is now, and nothing leads on any more."""
        for path in deleted:
            if path in self.register and path not in self._staged and path not in self._former:
                yield path
        for path, kept in self.register.items():
            if kept.leads_on and path not in self._staged and path not in self._former:
                yield path

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
        self._former.add(path)
        body = _leading_on(redirect.target)
        kept, is_same = self.register.get(path), self._committing.has_said_all
        if is_same and kept is not None and kept.sha256 == sha256(body).hexdigest():
            return
        self._stage(path, (body,), _PAGE_TYPE)
        self._attributes[path] = {
            "redirect-location": redirect.target,
            "redirect-status": str(redirect.status),
        }

    # --- Into the bucket -------------------------------------------------------------

    def _keep(self, path: str) -> None:
        """Keep what is about to be written over, for those who know it by its manifest."""
        kept, listed = self.register[path], self._here.listed
        if path in self._committing.doubtful and not (
            path in listed and self._here.store.tells(listed[path], kept.version)
        ):
            # Whoever has written over it has kept it before that.
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
        leads_on = path in self._former
        self.register[path] = Kept(version, staged.sha256, staged.size, leads_on)
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
                self._committing.check_place()
                found = store.fetch(path)
                version = None if found is None else found.version
        raise Superseded(store.address)

    def _delete(self, paths: Sequence[str]) -> None:
        if paths:
            self._here.store.delete(paths)
            for path in paths:
                self.register.pop(path, None)


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
