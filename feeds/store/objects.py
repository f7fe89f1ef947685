"""Objects of one bucket: the one place that knows obstore.

Its requests are made by threads of its own, so that a process that has used it must not fork. It
repeats what a store refuses for a while or does not answer, with growing pauses and jitter.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from feeds.errors import ConfigurationError
from feeds.store.kinds import (
    Attributes,
    Conflict,
    Denied,
    Fetched,
    NoPath,
    Stored,
    StoreFailed,
    TooLarge,
    Unchanged,
    reason_of,
)

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

_PATIENCE = timedelta(seconds=60)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(milliseconds=100), timedelta(seconds=5)
_LONGEST_ANSWER = timedelta(seconds=15)
_TRIES = 3
_WRONG = "0123456789abcdef0123456789abcdef"
_PREFIXES = {"s3": "AWS", "gs": "GOOGLE", "az": "AZURE"}
_OF_CONNECTIONS = (
    "allow_http",
    "allow_invalid_certificates",
    "proxy_url",
    "proxy_ca_certificate",
    "proxy_excludes",
)
_DELETED_AT_ONCE = 1_000


def open_store(address: str, patience: timedelta = _PATIENCE) -> "Store":
    """Give the objects below an address, such as `s3://bucket/prefix`; nothing is asked yet.

    Who we are to the store, and where it is, is said by the environment, as the store's own tools
    have it. What fails is repeated for as long as there is `patience`. Raises
    `ConfigurationError` where nothing is installed that knows stores, or the address is none.
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
            client_options=_client_options(address),
            retry_config={
                "max_retries": 8,
                "retry_timeout": patience,
                "backoff": {"init_backoff": _FIRST_PAUSE, "max_backoff": _LONGEST_PAUSE, "base": 2},
            },
        )
    except (BaseError, ValueError) as error:
        raise ConfigurationError((f"{address}: {reason_of(error)}",)) from None
    return Store(address, store)


def _client_options(address: str) -> Any:  # noqa: ANN401 - as obstore has them
    """Give how the store is connected to: what the environment says of that, and a time limit.

    Where any option is given, none is taken from the environment any more.
    """
    prefix = _PREFIXES[urlsplit(address).scheme]
    said = {name: os.environ.get(f"{prefix}_{name.upper()}") for name in _OF_CONNECTIONS}
    return {"timeout": _LONGEST_ANSWER, **{name: text for name, text in said.items() if text}}


class Store:
    """The objects below an address; keys are relative to it.

    May be used by several threads at once. Whatever it is asked raises `StoreFailed` where the
    store does not answer, or refuses. Where it `is_unquoted`, the store takes entity tags in
    conditions only without their quotation marks (RFC 9110, section 8.8.3, has them with these).
    """

    def __init__(self, address: str, store: "ObjectStore") -> None:
        self.address = address
        self._store = store
        # Google's store knows what it has by numbers of its own, all others by entity tags.
        self._knows_by = "version" if urlsplit(address).scheme == "gs" else "e_tag"
        self.is_unquoted = False

    @property
    def wrong_versions(self) -> tuple[str, ...]:
        """Versions that no object has, in each form in which they may be written."""
        if self._knows_by == "version":
            return ("1",)
        return (f'"{_WRONG}"', _WRONG)

    def objects(self, prefix: str = "", after: str = "") -> Iterator[Stored]:
        """Give what is below a prefix, which ends where a name does, in the order of keys.

        Where it is said `after` which key, none up to that; Azure's store lists all the same.
        """
        import obstore  # noqa: PLC0415 - need not be installed

        with _told(self.address):
            for some in obstore.list(self._store, prefix or None, offset=after or None):
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
        known = version.strip('"') if self.is_unquoted else version
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
            except (AlreadyExistsError, PreconditionError):
                break
            except FileNotFoundError as error:
                if condition != "create":
                    break
                raise StoreFailed(self.address, reason_of(error)) from None
            except GenericError as error:
                # What it may repeat by itself it has repeated, with pauses.
                if tried + 1 == _TRIES:
                    raise StoreFailed(self.address, reason_of(error)) from None
            except (BaseError, ValueError) as error:
                raise StoreFailed(self.address, reason_of(error)) from None
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
            raise NoPath(self._address, reason_of(error)) from None
        if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
            raise Denied(self._address, reason_of(error)) from None
        if isinstance(error, (BaseError, OSError)):
            raise StoreFailed(self._address, reason_of(error)) from None


def _stored(meta: "ObjectMeta") -> Stored:
    return Stored(meta["path"], meta["size"], meta["e_tag"] or "", meta["last_modified"])
