"""Amounts as people read them."""

_KILO = 1024
_MINUTE = 60
_HOUR = 3600


def size_in_words(number: int) -> str:
    """Write a number of bytes: `512 bytes`, `1.5 KiB`, `2.0 GiB`."""
    size = float(number)
    for unit in ("bytes", "KiB", "MiB"):
        if size < _KILO:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= _KILO
    return f"{size:.1f} GiB"


def share_in_words(share: float) -> str:
    """Write a part of a whole: `93 %`."""
    return f"{100 * share:.0f} %"


def interval_in_words(seconds: int) -> str:
    """Write how long something takes: `45 s`, `30 min`, `6.0 h`."""
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"
