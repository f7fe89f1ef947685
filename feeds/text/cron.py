"""Cron expressions: what crontab(5) means by them, in a form that leaves no two readings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.text.clean import shown

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_SUNDAY = 7
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: Mapping[str, int] = field(default_factory=dict)

    def values(self, text: str) -> set[int]:
        """Give all values that a field's text names."""
        found: set[int] = set()
        for part in text.split(","):
            found.update(self._part(part))
        return found

    def _part(self, text: str) -> range:
        span, slash, step = text.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            low, high = self.low, self.high
        else:
            low = self._number(first)
            high = self._number(last) if dash else self.high if slash else low
        if dash and self.high == _SUNDAY and high == 0:
            high = _SUNDAY
        if low > high:
            raise ValueError(f"the {self.name} {shown(span)} goes backwards")
        if slash and not (_is_number(step) and int(step)):
            raise ValueError(f"the {self.name} {shown(text)} has no step of 1 or more")
        return range(low, high + 1, int(step) if slash else 1)

    def _number(self, text: str) -> int:
        number = int(text) if _is_number(text) else self.names.get(text.lower(), -1)
        if not self.low <= number <= self.high:
            names = f", or {', '.join(self.names)}" if self.names else ""
            wanted = f"from {self.low} to {self.high}{names}"
            raise ValueError(f"the {self.name} must be {wanted}, not {shown(text)}")
        return number


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    _Field("weekday", 0, _SUNDAY, {name: number for number, name in enumerate(_WEEKDAYS)}),
)


def crontabs(expression: str) -> tuple[str, ...]:
    """Give one or two expressions of plain lists, due when any of them is, with named weekdays.

    Weekdays are counted from Sunday, which is 0 and 7. Two come where days of the month and
    weekdays are both named: crontab(5) has a day be either then. Raises ValueError with a
    sentence about what is wrong, also for a day that no month has.
    """
    texts = expression.split()
    if len(texts) != len(_FIELDS):
        names = ", ".join(item.name for item in _FIELDS)
        raise ValueError(f"{shown(expression)} has not five fields: {names}")
    values = [item.values(text) for item, text in zip(_FIELDS, texts, strict=True)]
    minutes, hours, days, months, weekdays = values
    times = [_listed(minutes, _FIELDS[0]), _listed(hours, _FIELDS[1])]
    day, month = _listed(days, _FIELDS[2]), _listed(months, _FIELDS[3])
    weekday = _named({number % _SUNDAY for number in weekdays})
    if not (texts[2].startswith("*") or texts[4].startswith("*")):
        by_date = [" ".join([*times, day, month, "*"])] if _comes(days, months) else []
        return (*by_date, " ".join([*times, "*", month, weekday]))
    if not _comes(days, months):
        raise ValueError(f"{shown(expression)} names a day that never comes")
    return (" ".join([*times, day, month, weekday]),)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < len("100")


def _comes(days: set[int], months: set[int]) -> bool:
    return any(min(days) <= _LONGEST_MONTHS[month - 1] for month in months)


def _listed(values: set[int], of: _Field) -> str:
    is_all = len(values) == of.high - of.low + 1
    return "*" if is_all else ",".join(map(str, sorted(values)))


def _named(weekdays: set[int]) -> str:
    if len(weekdays) == len(_WEEKDAYS):
        return "*"
    return ",".join(_WEEKDAYS[number] for number in sorted(weekdays))
