"""Objects of one bucket: the one place that knows obstore.

Its requests are made by threads of its own, so that a process that has used it must not fork. It
repeats what a store refuses for a while or does not answer, with growing pauses and jitter.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from feeds.errors import ConfigurationError, FeedsError

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

_PATIENCE = timedelta(seconds=60)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(milliseconds=100), timedelta(seconds=5)
_TRIES = 3
_DELETED_AT_ONCE = 1_000
_MOST_SAID = 300
_CODE = re.compile(r"<Code>([^<]*)</Code>")
_QUERY = re.compile(r"(?<=\S)\?\S*")

Attributes = Mapping[str, str]
"""What a store says of an object besides its bytes: `Content-Type`, `Cache-Control`,
`Content-Encoding`; any other name is of metadata of ours, in lower case."""


class StoreFailed(FeedsError):
    """The store could not be reached, or has refused; nothing is known of what it would say."""

    exit_code = 4

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address, reason)
        self.reason = reason

    def __str__(self) -> str:
        """Say what has failed in one line."""
        return ": ".join(self.args)


class Conflict(StoreFailed):
    """An object is not what it was to be, so that it was not written."""


class Denied(StoreFailed):
    """The store knows who asks, or nobody, and does not give them this."""


class NoPath(StoreFailed):
    """The key of an object is no path, so that nothing which is beside it can be listed."""


class Unconditional(StoreFailed):
    """The store writes whatever is asked for and does not heed conditions."""

    exit_code = 2


class Unchanged(Exception):
    """An object is still the one that is known."""


class TooLarge(Exception):
    """An object has more bytes than it may."""


class Stored(NamedTuple):
    """An object as a listing has it: its key, bytes, entity tag of the store, and when it came."""

    key: str
    size: int
    etag: str
    modified: datetime


class Fetched(NamedTuple):
    """An object that was read; its `version` is what a condition to write over it names."""

    body: bytes
    version: str
    etag: str


def open_store(address: str) -> "Store":
    """Give the objects below an address, such as `s3://bucket/prefix`; nothing is asked yet.

    Who we are to the store, and where it is, is said by the environment, as the store's own tools
    have it. Raises `ConfigurationError` where nothing is installed that knows stores, or the
    address is none.
    """
    try:
        from obstore.exceptions import BaseError  # noqa: PLC0415 - need not be installed
        from obstore.store import from_url  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        message = f"{address}: needs obstore: pip install 'feeds[scale]'"
        raise ConfigurationError((message,)) from None
    try:
        store = from_url(
            address,
            retry_config={
                "max_retries": 8,
                "retry_timeout": _PATIENCE,
                "backoff": {"init_backoff": _FIRST_PAUSE, "max_backoff": _LONGEST_PAUSE, "base": 2},
            },
        )
    except (BaseError, ValueError) as error:
        raise ConfigurationError((f"{address}: {_said(error)}",)) from None
    return Store(address, store)


class Store:
    """The objects below an address; keys are relative to it.

    May be used by several threads at once. Whatever it is asked raises `StoreFailed` where the
    store does not answer, or refuses.
    """

    def __init__(self, address: str, store: "ObjectStore") -> None:
        self.address = address
        self._store = store
        # Google's store knows what it has by numbers of its own, all others by entity tags.
        self._knows_by = "version" if urlsplit(address).scheme == "gs" else "e_tag"
        self._is_unquoted = False

    def objects(self, prefix: str = "") -> Iterator[Stored]:
        """Give what is below a prefix, which ends where a name does, in the order of keys."""
        import obstore  # noqa: PLC0415 - need not be installed

        with _told(self.address):
            for some in obstore.list(self._store, prefix or None):
                yield from map(_stored, some)

    def level(self, prefix: str = "") -> tuple[list[Stored], list[str]]:
        """Give what is at a prefix itself, and the prefixes one further down."""
        import obstore  # noqa: PLC0415 - need not be installed

        with _told(self.address):
            found = obstore.list_with_delimiter(self._store, prefix or None)
            return [*map(_stored, found["objects"])], [*found["common_prefixes"]]

    def stat(self, key: str) -> Stored | None:
        """Give what a listing says of one object; None where there is none."""
        import obstore  # noqa: PLC0415 - need not be installed

        with _told(self.address):
            try:
                return _stored(obstore.head(self._store, key))
            except FileNotFoundError:
                return None

    def read(self, key: str, most: int) -> tuple[bytes, Stored] | None:
        """Read no more than so many bytes of an object, with what a listing says of it.

        None where there is none.
        """
        import obstore  # noqa: PLC0415 - need not be installed

        with _told(self.address):
            try:
                result = obstore.get(self._store, key)
            except FileNotFoundError:
                return None
            stored = _stored(result.meta)
            if stored.size <= most:
                return bytes(result.bytes()), stored
            body = bytearray()
            for part in result.stream():
                body += part
                if len(body) >= most:
                    break
            return bytes(body[:most]), stored

    def get(self, key: str, limit: int | None = None) -> bytes | None:
        """Read an object; None where there is none.

        Raises `TooLarge` for one of more bytes than a `limit`, of which none is read.
        """
        found = self.fetch(key, limit=limit)
        return None if found is None else found.body

    def fetch(
        self, key: str, *, limit: int | None = None, unless: str | None = None
    ) -> Fetched | None:
        """Read an object with what tells it from others; None where there is none.

        Raises `Unchanged` where its entity tag is the one that is given, and `TooLarge` as `get`.
        """
        import obstore  # noqa: PLC0415 - need not be installed
        from obstore.exceptions import NotModifiedError  # noqa: PLC0415 - as above

        with _told(self.address):
            try:
                options: Any = {"if_none_match": unless} if unless else {}
                result = obstore.get(self._store, key, options=options)
            except FileNotFoundError:
                return None
            except NotModifiedError:
                raise Unchanged from None
            if limit is not None and result.meta["size"] > limit:
                raise TooLarge
            meta: Any = result.meta
            return Fetched(bytes(result.bytes()), self._version(meta), result.meta["e_tag"] or "")

    def create(self, key: str, body: bytes, attributes: Attributes) -> str:
        """Write an object where none is, and give its version.

        Raises `Conflict` where there is one with other bytes.
        """
        return self._write(key, body, attributes, "create")

    def replace(self, key: str, body: bytes, attributes: Attributes, version: str) -> str:
        """Write an object over a version of it, and give the new one.

        Raises `Conflict` where another one, with other bytes, is there, or none.
        """
        known = version.strip('"') if self._is_unquoted else version
        return self._write(key, body, attributes, {self._knows_by: known})

    def copy(self, key: str, to: str) -> bool:
        """Have the store copy an object over whatever is there; False where there is none."""
        import obstore  # noqa: PLC0415 - need not be installed

        with _told(self.address):
            try:
                obstore.copy(self._store, key, to)
            except FileNotFoundError:
                return False
        return True

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects, of which none need be there."""
        import obstore  # noqa: PLC0415 - need not be installed

        some = list(keys)
        for place in range(0, len(some), _DELETED_AT_ONCE):
            with _told(self.address):
                try:
                    obstore.delete(self._store, some[place : place + _DELETED_AT_ONCE])
                except FileNotFoundError:
                    continue

    def tells(self, stored: Stored, version: str) -> bool:
        """Whether a listing shows a version of an object, as far as it can tell."""
        # Some listings have entity tags without their quotation marks.
        is_same = stored.etag.strip('"') == version.strip('"')
        return is_same or self._knows_by == "version"

    def probe(self, folder: str) -> None:
        """Find out how the store heeds conditions, by an object in a folder that is gone after.

        Some take entity tags only without their quotation marks (RFC 9110, section 8.8.3, has
        them with these). Raises `Unconditional` where a store writes what it must not.
        """
        key = f"{folder}/{uuid4().hex}"
        try:
            version = self._create_once(key)
            for wrong in ('"0123456789abcdef0123456789abcdef"', "0123456789abcdef0123456789abcdef"):
                self._refuses({self._knows_by: wrong}, key)
            self._is_unquoted = False
            try:
                self.replace(key, b"replaced", {}, version)
            except Conflict:
                self._is_unquoted = True
                self.replace(key, b"replaced", {}, version)
        finally:
            self.delete([key])

    def _create_once(self, key: str) -> str:
        version = self.create(key, b"created", {})
        self._refuses("create", key)
        return version

    def _refuses(self, condition: object, key: str) -> None:
        """Raise `Unconditional` where an object is written against a condition."""
        # Google's numbers are no texts of letters.
        if self._knows_by == "version" and isinstance(condition, dict):
            condition = {"version": "1"}
        try:
            self._write(key, b"must not be", {}, condition)
        except Conflict:
            return
        message = "the store ignores If-Match and If-None-Match, so that publishers would overwrite"
        raise Unconditional(self.address, f"{message} each other; use one that heeds them")

    def _write(self, key: str, body: bytes, attributes: Attributes, condition: object) -> str:
        """Write an object where a condition holds; where it does not, look if we have before.

        A request that was not answered may have been heeded, and is then refused when repeated.
        """
        import obstore  # noqa: PLC0415 - need not be installed
        from obstore.exceptions import (  # noqa: PLC0415 - as above
            AlreadyExistsError,
            BaseError,
            GenericError,
            PreconditionError,
        )

        said: Any = dict(attributes)
        mode: Any = condition
        for tried in range(_TRIES):
            try:
                written: Any = obstore.put(
                    self._store, key, body, attributes=said, mode=mode, use_multipart=False
                )
                return self._version(written)
            except (AlreadyExistsError, PreconditionError, FileNotFoundError):
                break
            except GenericError as error:
                # What it may repeat by itself it has repeated, with pauses.
                if tried + 1 == _TRIES:
                    raise StoreFailed(self.address, _said(error)) from None
            except (BaseError, ValueError) as error:
                raise StoreFailed(self.address, _said(error)) from None
        found = self.fetch(key)
        if found is not None and found.body == body:
            return found.version
        raise Conflict(self.address, f"{key} is not as it was when it was last published")

    def _version(self, meta: Mapping[str, Any]) -> str:
        return str(meta[self._knows_by] or "")


class _told:  # noqa: N801 - it is used as a function
    """Has what goes wrong in a block be a `StoreFailed` of ours."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        from obstore.exceptions import (  # noqa: PLC0415 - need not be installed
            BaseError,
            InvalidPathError,
            PermissionDeniedError,
            UnauthenticatedError,
        )

        if isinstance(error, InvalidPathError):
            raise NoPath(self._address, _said(error)) from None
        if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
            raise Denied(self._address, _said(error)) from None
        if isinstance(error, (BaseError, OSError)):
            raise StoreFailed(self._address, _said(error)) from None


def _stored(meta: "ObjectMeta") -> Stored:
    return Stored(meta["path"], meta["size"], meta["e_tag"] or "", meta["last_modified"])


def _said(error: BaseException) -> str:
    """Give what an error says in one line, without what it knows of the program that tells it.

    Of what the store has answered the code is enough: besides, there may be who asks in it, as
    there may be in the query of an address.
    """
    text, _, answer = str(error).partition("Debug source")[0].partition("<")
    code = _CODE.search(answer)
    line = " ".join(_QUERY.sub("", text).split())
    line = f"{line.removesuffix(':')}: {code[1]}" if code else line
    return line if len(line) <= _MOST_SAID else f"{line[:_MOST_SAID]}…"
