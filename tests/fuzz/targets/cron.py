"""Any text as a cron expression."""

from collections.abc import Iterable

import test_text_cron
from apscheduler.triggers.cron import CronTrigger
from fuzz.kept import text_of, tried_in

from feeds.text.cron import crontabs

LONGEST = 80
WORDS = ["*", "*/", "-", ",", "mon", "sun", "jan", "feb", "31", "29", "7", " "]


def seeds() -> Iterable[bytes]:
    """Give expressions of all kinds."""
    yield from tried_in(test_text_cron)
    yield b"*/15 6-9 * * mon-fri"
    yield b"0 0 13 feb,mar FRI-sun"
    yield b"5/20 0 29-31/2 2 *"


def check(data: bytes) -> None:
    """See that what comes of an expression is all it says, and a scheduler takes it."""
    try:
        meant = crontabs(text_of(data))
    except ValueError as problem:
        assert str(problem).isprintable()
        return
    assert 1 <= len(meant) <= 2
    for expression in meant:
        CronTrigger.from_crontab(expression)
        _, _, day, _, weekday = expression.split()
        # Of both, crontab(5) means either, and the scheduler both, as what began with `*` means.
        if "*" in (day, weekday):
            assert crontabs(expression) == (expression,)
