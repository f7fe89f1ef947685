from datetime import UTC, datetime, timedelta

import pytest

from feeds.publish.record import (
    Begun,
    Intent,
    Kept,
    Record,
    dump_intent,
    dump_record,
    dump_register,
    intent_key,
    load_intent,
    load_record,
    load_register,
    token_of,
)

NOW = datetime(2026, 11, 1, 12, 0, 0, 250_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RECORD = Record(
    token=7,
    generation=3,
    publications=(Begun("a" * 64, NOW), Begun("b" * 64, NOW + 4 * SECOND)),
    register=".feeds/registers/3-x",
    terms="c" * 64,
    swept=NOW,
    doubtful=("all.atom", "topics/ü.atom"),
    until=NOW + 900 * SECOND,
)


@pytest.mark.parametrize("record", [RECORD, RECORD._replace(doubtful=(), until=None)])
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    """A record comes back with its instants, to a part of a second."""
    assert load_record(dump_record(record)) == record


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format": 2}',
        dump_record(RECORD).replace(b'"format": 1', b'"format": 2'),
        dump_record(RECORD).replace(b'"swept"', b'"swept_"'),
        dump_record(RECORD).replace(b"2026-11-01", b"2026-13-01"),
    ],
)
def test_what_is_no_record_is_refused(data: bytes) -> None:
    """What another version or nobody of ours has written is not taken for a record."""
    with pytest.raises(ValueError, match=r".+"):
        load_record(data)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, "ab"), (0, "ab"), (3, "ab"), (4, "b"), (100, "b")]
)
def test_what_is_shown_is_what_has_begun_and_what_comes(seconds: int, expected: str) -> None:
    """The first publication is the last that has begun, or the first of all; others come."""
    shown = RECORD.shown(NOW + seconds * SECOND)
    assert "".join(each.manifest[0] for each in shown) == expected


def test_a_register_is_read_as_it_was_written() -> None:
    """Keys come back with versions, digests and sizes, whatever script they are in."""
    register = {
        "all.atom": Kept('"5d41402a"', "a" * 64, 5),
        "topics/ü.atom": Kept("1234", "b" * 64, 0),
        "gone.atom": Kept('"x"', "c" * 64, 10, leads_on=True),
    }
    assert load_register(dump_register(register)) == register
    assert load_register(dump_register({})) == {}


def test_the_same_register_is_the_same_bytes() -> None:
    """In whatever order objects were written, their register is written in one."""
    kept = Kept('"x"', "a" * 64, 1)
    assert dump_register({"a": kept, "b": kept}) == dump_register({"b": kept, "a": kept})


@pytest.mark.parametrize("data", [b"", b"no register", dump_register({})[:-1]])
def test_what_is_no_register_is_refused(data: bytes) -> None:
    """What was cut off, or is something else, is not taken for a register."""
    with pytest.raises(ValueError, match="no register"):
        load_register(data)


def test_an_intent_tells_who_has_it() -> None:
    """The key of an intent tells its publisher's token, and its bytes what that writes."""
    key = intent_key(41, "0f0f-0")
    assert token_of(key) == 41
    assert load_intent(key, dump_intent(["all.atom", "all.rss"])) == Intent(
        41, ("all.atom", "all.rss")
    )
    assert token_of(".feeds/publishing/by-hand") == 0
