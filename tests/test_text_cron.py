"""Cron expressions as crontab(5) reads them."""

import pytest

from feeds.text.cron import crontabs


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("* * * * *", ["* * * * *"]),
        ("*/15 6-9 * * mon-fri", ["0,15,30,45 6,7,8,9 * * mon,tue,wed,thu,fri"]),
        ("0 0 * * 0", ["0 0 * * sun"]),
        ("0 0 * * 7", ["0 0 * * sun"]),
        ("0 0 * * 1", ["0 0 * * mon"]),
        ("0 0 * * FRI-sun", ["0 0 * * sun,fri,sat"]),
        ("0 0 * * 5-0", ["0 0 * * sun,fri,sat"]),
        ("0 0 * * 0-7", ["0 0 * * *"]),
        ("5/20 0 1,15 jan,Dec *", ["5,25,45 0 1,15 1,12 *"]),
        ("0 0 */2 * mon", [f"0 0 {','.join(map(str, range(1, 32, 2)))} * mon"]),
        ("0 0 13 * fri", ["0 0 13 * *", "0 0 * * fri"]),
        ("0 0 31 2 fri", ["0 0 * 2 fri"]),
        ("0 0 29 2 *", ["0 0 29 2 *"]),
        ("0-0 0 * * *", ["0 0 * * *"]),
    ],
)
def test_expressions_become_plain_lists(expression: str, meant: list[str]) -> None:
    """Steps, ranges and numbers of weekdays leave no two readings."""
    assert list(crontabs(expression)) == meant


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "has not five fields: minute, hour, day of the month, month, weekday"),
        ("@hourly", "has not five fields"),
        ("0 * * * * *", "has not five fields"),
        ("60 * * * *", 'the minute must be from 0 to 59, not "60"'),
        ("* 24 * * *", 'the hour must be from 0 to 23, not "24"'),
        ("* * 0 * *", 'the day of the month must be from 1 to 31, not "0"'),
        ("* * * 13 *", "the month must be from 1 to 12, or jan, feb, mar, apr, may, jun, "),
        ("* * * * 8", "the weekday must be from 0 to 7, or sun, mon, "),
        ("* * * * monday", 'not "monday"'),
        ("30-10 * * * *", 'the minute "30-10" goes backwards'),
        ("*/0 * * * *", 'the minute "\\*/0" has no step of 1 or more'),
        ("*/x * * * *", "has no step"),
        ("*/ * * * *", "has no step"),
        ("1, * * * *", "the minute must be from 0 to 59"),
        ("-1 * * * *", "the minute must be from 0 to 59"),
        ("٣ * * * *", "the minute must be from 0 to 59"),
        ("L * * * *", "the minute must be from 0 to 59"),
        ("99999999999999999999 * * * *", "the minute must be from 0 to 59"),
        ("0 0 30 feb *", "names a day that never comes"),
        ("0 0 31 2,4,6,9,11 *", "names a day that never comes"),
    ],
)
def test_other_texts_are_no_expressions(expression: str, message: str) -> None:
    """What crontab(5) does not allow, or no day ever is, is told in a sentence."""
    with pytest.raises(ValueError, match=message):
        crontabs(expression)
