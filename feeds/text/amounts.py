"""Amounts as people read them."""

_KILO = 1024
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


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


def interval_in_words(seconds: float) -> str:
    """Write a time between two polls: `30 s`, `15 min`, `1.5 h`, `2.0 d`."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h" if seconds < _DAY else f"{seconds / _DAY:.1f} d"


def range_in_words(low: int, high: int) -> str:
    """Write what is known of a number: `12`, or from where to where, `2-102`."""
    return f"{low}" if low == high else f"{low}-{high}"
