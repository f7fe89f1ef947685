"""What came of telling somebody something."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from feeds.text.clean import shown

# Request Timeout, Too Early and Too Many Requests: the same may be wanted later.
_LATER = frozenset({408, 425, 429})
_NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, and a `problem` in one line, which is empty where all is well.

    The status is 0 where there was no answer. `retry_after` are the seconds for which to wait.
    """

    status: int = 200
    problem: str = ""
    retry_after: float = 0.0

    @property
    def is_refusal(self) -> bool:
        """Whether the same need not be tried much longer (RFC 9110, section 15.5)."""
        return 400 <= self.status < 500 and self.status not in _LATER  # noqa: PLR2004 - as there


def no_answer(problem: str) -> Reply:
    """Make a reply of what went wrong before there was one."""
    return Reply(_NO_ANSWER, problem)


def reply_of(status: int, retry_after: str, said: bytes, now: datetime) -> Reply:
    """Make a reply of an answer, its field Retry-After and the beginning of its body.

    Only 2xx is well: a redirect is not followed, since whoever answers does not choose whom we
    ask.
    """
    if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110, section 15.3
        return Reply(status)
    text = " ".join(said.decode(errors="replace").split())
    told = f": {shown(text)}" if text else ""
    return Reply(status, f"answered {status}{told}", _seconds(retry_after, now))


def _seconds(retry_after: str, now: datetime) -> float:
    """Read for how long to wait (RFC 9110, section 10.2.3); 0 where that is not said."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return 0.0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
