"""What is said between a builder and its workers: orders as JSON, readings as MessagePack."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from msgspec import MsgspecError, convert, to_builtins
from msgspec.msgpack import Decoder, Encoder

from feeds.corpus.packing import PackedReading
from feeds.corpus.reading import Corpus, timeless_rules
from feeds.corpus.records import Unreadable


class Order(NamedTuple):
    """Files to be read for a run: those of the corpus that has the prefix, with known digests.

    The horizon of dates is the builder's, so that readings do not depend on who read.
    """

    run: int
    prefix: str
    horizon: datetime
    files: list[tuple[str, str]]


_encode = Encoder().encode
_readings = Decoder(list[PackedReading])


def queue_name(revision: str, corpora: Sequence[Corpus]) -> str:
    """Give the name of the queue for all who make the same of the same documents.

    It depends on the program's revision and on the rules of all corpora, and not on where these
    are: hosts may see them under other paths.
    """
    parts = repr((revision, timeless_rules(corpora)))
    return f"feeds-{sha256(parts.encode()).hexdigest()[:20]}"


def pack_order(order: Order) -> dict[str, Any]:
    """Write an order as the arguments of a job."""
    packed: dict[str, Any] = to_builtins(order._asdict())
    return packed


def unpack_order(arguments: dict[str, Any]) -> Order:
    """Read an order that `pack_order` wrote."""
    fields = Order.__annotations__
    return Order(**{name: convert(arguments[name], kind) for name, kind in fields.items()})


def pack_readings(readings: Sequence[PackedReading]) -> bytes:
    """Write what was read."""
    return _encode(readings)


def unpack_readings(content: bytes) -> list[PackedReading]:
    """Read what `pack_readings` wrote; raises `Unreadable`."""
    try:
        return _readings.decode(content)
    except MsgspecError as error:
        raise Unreadable(f"no readings: {error}") from None
