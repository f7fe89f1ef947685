"""What is noted of answers while they are given: next to nothing, since many are waited for."""

from typing import NamedTuple

MOST_NOTED = 4_096
"""How many answers that differ, in what they are or in who has them, are told apart in a round.

Honest clients are fewer by far, and each costs some microseconds when the round is over; of more,
it is noted what they are, and not whose.
"""

_LONGEST_AGENT = 400
_LONGEST_CLIENT = 200


class Poll(NamedTuple):
    """As what an answer counts: the `path` of the feed, its status, bytes `sent` and those `saved`.

    `kind` is one of few words that say what was answered with. What is no feed has no path, so
    that nobody who asks for this or that has more of them noted.
    """

    path: str
    status: int
    sent: int
    saved: int
    kind: str = "feed"


class Noted(NamedTuple):
    """An answer, and who has it: a User-Agent field, and the address of a client as it was told.

    Both are empty where it is not to be known whose it is.
    """

    poll: Poll
    agent: bytes = b""
    client: str = ""


class Round(NamedTuple):
    """What was noted for a while: how often each answer was given."""

    answers: dict[Noted, int]


class Tally:
    """Notes answers in one thread, and has another one take them, without a lock.

    What is taken is the round before the last: nobody is at it any more.
    """

    __slots__ = ("_answers", "_before")

    def __init__(self) -> None:
        self._before = Round({})
        self._answers: dict[Noted, int] = {}

    def note(self, poll: Poll, agent: bytes = b"", client: str = "") -> None:
        """Note that an answer is given, and to whom."""
        answers = self._answers
        if poll.path and len(answers) < MOST_NOTED:
            noted = Noted(poll, agent[:_LONGEST_AGENT], client[:_LONGEST_CLIENT])
        else:
            noted = Noted(poll)
        answers[noted] = answers.get(noted, 0) + 1

    def take(self) -> Round:
        """Begin another round, and give what was noted in the one before the last."""
        taken, self._before = self._before, Round(self._answers)
        self._answers = {}
        return taken
