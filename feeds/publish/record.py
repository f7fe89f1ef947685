"""What a publisher notes in a bucket beside what it publishes, as pure functions of bytes.

The record is the one object that commits a publication: it is written over the version that was
read, last of all. The register says of every object which version of it was published.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

FOLDER = ".feeds"
"""Where everything is that is not for readers; a CDN gives nothing of it."""

RECORD = f"{FOLDER}/publication.json"
REGISTERS = f"{FOLDER}/registers"
REPLACED = f"{FOLDER}/replaced"
INTENTS = f"{FOLDER}/publishing"
PROBES = f"{FOLDER}/probe"

_FORMAT = 1
_COMPRESSION = 1


class Begun(NamedTuple):
    """A publication: the SHA-256 of its manifest, and the instant at which it begins."""

    manifest: str
    begins: datetime


class Record(NamedTuple):
    """What is published in a bucket.

    `token` is that of the publisher, which those before it had a lower one of; `generation` counts
    publications. These are, in order, the one that had begun when the last was made, and those
    after it. `register` is the key of the register, `terms` a digest of what is said of objects
    besides their bytes. Objects that are `doubtful` may be written `until` an instant by a
    publisher that has lost its place. What no manifest names any more was last `swept` away then.
    """

    token: int
    generation: int
    publications: tuple[Begun, ...]
    register: str
    terms: str
    swept: datetime
    doubtful: tuple[str, ...] = ()
    until: datetime | None = None

    def shown(self, now: datetime) -> tuple[Begun, ...]:
        """Give the publication that has begun last, and those after it."""
        begun = [number for number, each in enumerate(self.publications) if each.begins <= now]
        return self.publications[max(begun, default=0) :]


class Kept(NamedTuple):
    """An object as it was published: its version, the SHA-256 of its bytes, and their number.

    What only `leads_on` from a former address is not among what a manifest lists.
    """

    version: str
    sha256: str
    size: int
    leads_on: bool = False


Register = Mapping[str, Kept]
"""Key → the object that was published there."""


def dump_record(record: Record) -> bytes:
    """Write a record as JSON."""
    values = record._asdict() | {
        "format": _FORMAT,
        "publications": [[each.manifest, each.begins.isoformat()] for each in record.publications],
        "swept": record.swept.isoformat(),
        "until": record.until and record.until.isoformat(),
    }
    return f"{json.dumps(values)}\n".encode()


def load_record(data: bytes) -> Record:
    """Read a record. Raises ValueError for what is none of this format."""
    try:
        values = json.loads(data)
        if values["format"] != _FORMAT:
            raise ValueError(f"it is of format {values['format']!r}, and not {_FORMAT}")
        return Record(
            token=int(values["token"]),
            generation=int(values["generation"]),
            publications=tuple(
                Begun(str(manifest), _instant(begins))
                for manifest, begins in values["publications"]
            ),
            register=str(values["register"]),
            terms=str(values["terms"]),
            swept=_instant(values["swept"]),
            doubtful=tuple(map(str, values["doubtful"])),
            until=values["until"] and _instant(values["until"]),
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"it is no record of a publication: {error}") from None


def dump_register(register: Register) -> bytes:
    """Write a register, compressed: a line for each object, in the order of their keys."""
    lines = sorted("\t".join((key, *map(str, kept))) for key, kept in register.items())
    return zlib.compress("\n".join(lines).encode(), _COMPRESSION)


def load_register(data: bytes) -> dict[str, Kept]:
    """Read a register. Raises ValueError for what is none."""
    try:
        text = zlib.decompress(data).decode()
    except zlib.error as error:
        raise ValueError(f"it is no register: {error}") from None
    found: dict[str, Kept] = {}
    for line in text.splitlines():
        key, version, sha256, size, leads_on = line.split("\t")
        found[key] = Kept(version, sha256, int(size), leads_on == str(True))
    return found


class Intent(NamedTuple):
    """What a publisher with a token is about to write or delete: keys."""

    token: int
    keys: tuple[str, ...]


def dump_intent(keys: Iterable[str]) -> bytes:
    """Write the keys of an intent: a line for each."""
    return "".join(f"{key}\n" for key in keys).encode()


def intent_key(token: int, name: str) -> str:
    """Give the key of an intent, which tells the token of whoever has it."""
    return f"{INTENTS}/{token}-{name}"


def load_intent(key: str, data: bytes) -> Intent:
    """Read an intent that has a key."""
    return Intent(token_of(key), tuple(data.decode().splitlines()))


def token_of(key: str) -> int:
    """Give the token of whoever has an intent with a key; 0 where that tells none."""
    digits = key.removeprefix(f"{INTENTS}/").partition("-")[0]
    return int(digits) if digits.isdecimal() else 0


def replaced_key(sha256: str) -> str:
    """Give where bytes are kept that are being replaced, or were."""
    return f"{REPLACED}/{sha256}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
