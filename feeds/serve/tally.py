"""What is noted of answers while they are given: next to nothing, since many are waited for."""

from typing import NamedTuple

# More claims than these are not noted in one round; honest readers make a few in a minute.
_MOST_CLAIMS = 10_000


class Poll(NamedTuple):
    """An answer to a poll: of which feed, with which status, the bytes `sent` and those `saved`."""

    path: str
    status: int
    sent: int
    saved: int


class Round(NamedTuple):
    """What was noted for a while: how often each answer was given, and who claimed subscribers.

    A claim is the path of a feed and a User-Agent field.
    """

    answers: dict[Poll, int]
    claims: set[tuple[str, bytes]]


class Tally:
    """Notes answers in one thread, and has another one take them, without a lock.

    What is taken is the round before the last: nobody is at it any more.
    """

    __slots__ = ("_answers", "_before", "_claims")

    def __init__(self) -> None:
        self._before = Round({}, set())
        self._answers: dict[Poll, int] = {}
        self._claims: set[tuple[str, bytes]] = set()

    def note(self, poll: Poll) -> None:
        """Note that an answer is given."""
        answers = self._answers
        answers[poll] = answers.get(poll, 0) + 1

    def note_claim(self, poll: Poll, agent: bytes) -> None:
        """Note who claims subscribers and is given an answer."""
        claims = self._claims
        if len(claims) < _MOST_CLAIMS:
            claims.add((poll.path, agent))

    def take(self) -> Round:
        """Begin another round, and give what was noted in the one before the last."""
        taken, self._before = self._before, Round(self._answers, self._claims)
        self._answers, self._claims = {}, set()
        return taken
